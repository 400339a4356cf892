//! Reads what is sent for an image, segment by segment, from memory or from its file block by block.

use crate::image::{ImageError, ImageFile, OpenFile, Segment, Segments};
use std::cell::OnceCell;
use std::ops::Range;

/// The bytes that are sent.
pub(super) struct Sent<'a> {
    segments: &'a Segments,
    file: Option<&'a OpenFile>,
    failure: OnceCell<ImageError>,
}

impl<'a> Sent<'a> {
    pub(super) fn new(segments: &'a Segments, file: Option<&'a OpenFile>) -> Self {
        Self { segments, file, failure: OnceCell::new() }
    }

    /// Returns the first failure to read, which readers show as the end of what is sent.
    pub(super) fn finish(self) -> Result<(), ImageError> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }
}

/// A place in the bytes that are sent, and the part of them that can be read from there.
pub(super) struct Reader<'a> {
    sent: &'a Sent<'a>,
    position: u64,
    /// Where reading ends.
    end: u64,
    /// The segment that holds the position, and where it begins.
    segment: usize,
    segment_start: u64,
    /// A block of the file, and its range there.
    block: Vec<u8>,
    held: Range<u64>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sent: &'a Sent<'a>) -> Self {
        Self {
            sent,
            position: 0,
            end: sent.segments.len(),
            segment: 0,
            segment_start: 0,
            block: Vec::new(),
            held: 0..0,
        }
    }

    /// Another reader, which reads this range only.
    pub(super) fn part(&self, range: Range<u64>) -> Self {
        let mut part = Self::new(self.sent);
        part.end = range.end.min(self.end);
        part.seek(range.start);
        part
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Continues at `position`, or at the end if that is beyond it.
    pub(super) fn seek(&mut self, position: u64) {
        self.position = position.min(self.end);
        if self.position < self.segment_start {
            (self.segment, self.segment_start) = (0, 0);
        }
    }

    pub(super) fn advance(&mut self, count: usize) {
        self.seek(self.position + count as u64);
    }

    /// The next bytes that are available at once. Empty at the end.
    pub(super) fn window(&mut self) -> &[u8] {
        if self.position >= self.end {
            return &[];
        }
        let segments = self.sent.segments.as_slice();
        while self.position >= self.segment_start + segments[self.segment].len() {
            self.segment_start += segments[self.segment].len();
            self.segment += 1;
        }
        let segment = &segments[self.segment];
        let at = self.position - self.segment_start;
        let left = (self.end - self.position).min(segment.len() - at);
        match segment {
            Segment::Bytes(bytes) => &bytes[at as usize..(at + left) as usize],
            Segment::File(range) => self.block(range.start + at, left),
        }
    }

    /// Returns bytes at `place` of the file, at most `most`.
    fn block(&mut self, place: u64, most: u64) -> &[u8] {
        if !self.held.contains(&place) {
            let file = self.sent.file.expect("only an image with a file has ranges of one");
            self.block.resize(ImageFile::BLOCK, 0);
            match file.read_block(place, &mut self.block) {
                Ok(held) => self.held = held,
                Err(error) => {
                    self.sent.failure.get_or_init(|| error);
                    self.end = self.position;
                    return &[];
                }
            }
        }
        let end = self.held.end.min(place + most);
        &self.block[(place - self.held.start) as usize..(end - self.held.start) as usize]
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.window().first()?;
        self.position += 1;
        Some(byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        for byte in &mut array {
            *byte = self.byte()?;
        }
        Some(array)
    }

    /// Takes the next `count` bytes into memory. For short data only.
    pub(super) fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// Reads to `end`, window by window.
    pub(super) fn visit(&mut self, end: u64, mut visit: impl FnMut(&[u8])) {
        while self.position < end {
            let left = end - self.position;
            let window = self.window();
            let window = &window[..window.len().min(left as usize)];
            if window.is_empty() {
                break;
            }
            visit(window);
            let length = window.len();
            self.advance(length);
        }
    }
}

/// A reader for single bytes.
pub(super) struct Bytewise<'a> {
    reader: Reader<'a>,
    held: [u8; 256],
    at: usize,
    length: usize,
}

impl<'a> Bytewise<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Self { reader, held: [0; 256], at: 0, length: 0 }
    }

    pub(super) fn position(&self) -> u64 {
        self.reader.position() - (self.length - self.at) as u64
    }

    fn load(&mut self) {
        let window = self.reader.window();
        let window = &window[..window.len().min(self.held.len())];
        self.held[..window.len()].copy_from_slice(window);
        (self.at, self.length) = (0, window.len());
        self.reader.advance(self.length);
    }
}

impl Iterator for Bytewise<'_> {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        if self.at == self.length {
            self.load();
        }
        let byte = self.held[..self.length].get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }
}
