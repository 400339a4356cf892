//! Reads the bytes of an image front to back, from memory or through a sliding window on its file.

use super::ImageError;
use super::file::{Digest, ImageFile, NewFile, digest};
use super::segments::{Segment, Segments, SegmentsBuilder};
use bytes::Bytes;
use std::ops::Range;

/// Reads an image. Bytes that do not exist and bytes that cannot be read are both `None`; [`finish`](Self::finish)
/// distinguishes them, so it must be called after every walk, whatever its result.
pub(super) struct SourceReader {
    source: Source,
    length: u64,
    position: u64,
    /// Where reading ends: the end of the file, or of the part that is being read.
    end: u64,
}

enum Source {
    Memory(Bytes),
    File(Window),
}

impl SourceReader {
    /// Bytes read from a file at once.
    pub(super) const WINDOW: usize = ImageFile::BLOCK;

    pub(super) fn in_memory(bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        Self { source: Source::Memory(bytes), length, position: 0, end: length }
    }

    /// Reads `window` bytes of the file at once.
    pub(super) fn in_file(file: NewFile, window: usize) -> Self {
        let length = file.length();
        Self { source: Source::File(Window::new(file, window)), length, position: 0, end: length }
    }

    /// Length of the whole image in bytes, even within a part.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.position == self.end
    }

    /// Returns the first read error, or `Changed` if the file is no longer the one that was opened.
    pub(super) fn finish(&mut self) -> Result<(), ImageError> {
        match &mut self.source {
            Source::Memory(_) => Ok(()),
            Source::File(window) => window.finish(),
        }
    }

    /// Returns the file, to read the same bytes again. What was not read so far is read now. `None` for an image in memory.
    ///
    /// # Errors
    ///
    /// `Unreadable` if the disk or the network fails, `Changed` if the file is no longer the one that was opened.
    pub(super) fn into_file(self) -> Result<Option<ImageFile>, ImageError> {
        match self.source {
            Source::Memory(_) => Ok(None),
            Source::File(window) => window.into_file().map(Some),
        }
    }

    /// Continues at `position`, or at the end if that is beyond it.
    pub(super) fn seek(&mut self, position: u64) {
        self.position = position.min(self.end);
    }

    /// Calls `read` with a view of this part alone, then continues where it was.
    pub(super) fn part<T>(&mut self, part: Range<u64>, read: impl FnOnce(&mut Self) -> T) -> T {
        let (position, end) = (self.position, self.end);
        self.end = part.end.min(end);
        self.seek(part.start);
        let value = read(self);
        (self.position, self.end) = (position, end);
        value
    }

    /// The next bytes that are available at once: all of them in memory, some of them in a file. Empty at the end.
    pub(super) fn window(&mut self) -> &[u8] {
        match &mut self.source {
            Source::Memory(bytes) => &bytes[self.position as usize..self.end as usize],
            Source::File(window) => window.bytes(self.position..self.end),
        }
    }

    /// Skips the next `count` bytes without reading them. `None`, and no movement, if fewer are left.
    pub(super) fn skip(&mut self, count: u64) -> Option<Range<u64>> {
        let start = self.position;
        self.position = start.checked_add(count).filter(|end| *end <= self.end)?;
        Some(start..self.position)
    }

    /// Calls `visit` with the next `count` bytes, window by window; not at all if fewer are left.
    pub(super) fn visit(&mut self, count: u64, mut visit: impl FnMut(&[u8])) -> Option<Range<u64>> {
        let start = self.position;
        let range = start..start.checked_add(count).filter(|end| *end <= self.end)?;
        self.part(range.clone(), |part| {
            while !part.is_at_end() {
                let window = part.window();
                let length = window.len() as u64;
                if length == 0 {
                    return None;
                }
                visit(window);
                part.position += length;
            }
            Some(())
        })?;
        self.position = range.end;
        Some(range)
    }

    /// Takes the next `count` bytes into memory. For short data only.
    pub(super) fn take(&mut self, count: usize) -> Option<Bytes> {
        let range = self.position..self.position.checked_add(count as u64).filter(|end| *end <= self.end)?;
        if let Source::Memory(bytes) = &self.source {
            self.position = range.end;
            return Some(bytes.slice(range.start as usize..range.end as usize));
        }
        let mut taken = vec![0; count];
        self.fill(&mut taken).map(|()| taken.into())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        if let Some(bytes) = self.window().first_chunk() {
            array = *bytes;
            self.position += N as u64;
        } else {
            self.fill(&mut array)?;
        }
        Some(array)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.window().first()?;
        self.position += 1;
        Some(byte)
    }

    /// Builds the segments that `builder` has collected of this image.
    pub(super) fn segments(&self, builder: SegmentsBuilder) -> Segments {
        builder.build(|range| match &self.source {
            Source::Memory(bytes) => Segment::Bytes(bytes.slice(range.start as usize..range.end as usize)),
            Source::File(_) => Segment::File(range),
        })
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Option<()> {
        let mut unfilled = buffer;
        self.visit(unfilled.len() as u64, |bytes| {
            let (filled, rest) = std::mem::take(&mut unfilled).split_at_mut(bytes.len());
            filled.copy_from_slice(bytes);
            unfilled = rest;
        })
        .map(drop)
    }
}

/// The part of an open file that is in memory: one block.
struct Window {
    file: NewFile,
    buffer: Vec<u8>,
    size: usize,
    /// The range of the file that is in the buffer.
    held: Range<u64>,
    /// Of the blocks that were read so far.
    digests: Vec<Option<Digest>>,
    failure: Option<ImageError>,
}

impl Window {
    fn new(file: NewFile, size: usize) -> Self {
        let blocks = file.length().div_ceil(size as u64) as usize;
        Self { file, buffer: Vec::new(), size, held: 0..0, digests: vec![None; blocks], failure: None }
    }

    /// The first bytes of a range. Empty if the range is, or if the file cannot be read, which `finish` reports.
    fn bytes(&mut self, range: Range<u64>) -> &[u8] {
        if range.is_empty() {
            return &[];
        }
        if !self.held.contains(&range.start)
            && let Err(error) = self.hold(range.start / self.size as u64)
        {
            self.held = range.start..range.start;
            self.failure.get_or_insert(error);
        }
        let available = range.start..range.end.min(self.held.end);
        let start = self.held.start;
        let indices = (available.start - start) as usize..(available.end - start) as usize;
        self.buffer.get(indices).unwrap_or_default()
    }

    fn finish(&mut self) -> Result<(), ImageError> {
        self.failure.take().map_or(Ok(()), Err)?;
        self.file.check_identity()
    }

    fn into_file(mut self) -> Result<ImageFile, ImageError> {
        for number in 0..self.digests.len() {
            if self.digests[number].is_none() {
                self.hold(number as u64)?;
            }
        }
        self.finish()?;
        let digests = self.digests.into_iter().flatten().collect();
        Ok(self.file.remember(self.size, digests))
    }

    fn hold(&mut self, number: u64) -> Result<(), ImageError> {
        let start = number * self.size as u64;
        let length = (self.file.length() - start).min(self.size as u64);
        self.file.read_into(start, length as usize, &mut self.buffer)?;
        self.held = start..start + length;
        let digest = digest(&self.buffer);
        // A block that is read again must be the same one.
        let known = *self.digests[number as usize].get_or_insert(digest);
        if known == digest { Ok(()) } else { Err(self.file.changed()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::ImageErrorKind;
    use std::io::Write;
    use tempfile::NamedTempFile;

    fn in_file(bytes: &[u8], window: usize) -> (NamedTempFile, SourceReader) {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let reader = SourceReader::in_file(NewFile::open(file.path()).unwrap(), window);
        (file, reader)
    }

    /// Checks the same bytes in memory and through windows of several sizes.
    fn each(bytes: &'static [u8], check: impl Fn(SourceReader)) {
        check(SourceReader::in_memory(Bytes::from_static(bytes)));
        for size in [1, 2, 3, 5, 100] {
            let (_file, reader) = in_file(bytes, size);
            check(reader);
        }
    }

    #[test]
    fn missing_bytes_are_not_taken() {
        each(b"abcd", |mut reader| {
            reader.seek(1);
            assert_eq!(reader.take(4), None);
            assert_eq!(reader.array::<4>(), None);
            assert_eq!(reader.skip(4), None);
            assert_eq!(reader.visit(4, |_| panic!("called with too few bytes")), None);
            assert_eq!(reader.array(), Some(*b"bc"));
            assert_eq!(reader.skip(1), Some(3..4));
            assert_eq!((reader.byte(), reader.is_at_end()), (None, true));
            assert_eq!((reader.take(usize::MAX), reader.skip(u64::MAX)), (None, None));
            reader.seek(u64::MAX);
            assert_eq!((reader.position(), reader.window()), (4, &b""[..]));
            assert!(reader.finish().is_ok());
        });
    }

    #[test]
    fn all_bytes_are_read_whatever_the_window() {
        each(b"0123456789", |mut reader| {
            assert_eq!(reader.take(7).as_deref(), Some(&b"0123456"[..]));
            reader.seek(1);
            let mut visited = Vec::new();
            assert_eq!(reader.visit(8, |window| visited.extend_from_slice(window)), Some(1..9));
            assert_eq!((&visited[..], reader.position()), (&b"12345678"[..], 9));
            reader.seek(0);
            assert_eq!(std::iter::from_fn(|| reader.byte()).collect::<Vec<u8>>(), b"0123456789");
        });
    }

    #[test]
    fn a_part_has_its_own_end_and_keeps_the_position() {
        each(b"0123456789", |mut reader| {
            reader.seek(8);
            let read = reader.part(2..5, |part| {
                assert_eq!(part.take(4), None);
                (part.take(3), part.byte(), part.length())
            });
            assert_eq!(read, (Some(Bytes::from_static(b"234")), None, 10));
            assert_eq!((reader.array(), reader.byte()), (Some(*b"89"), None));
        });
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_read_has_changed() {
        let (file, mut reader) = in_file(&[7; 1000], 100);
        assert_eq!(reader.take(150).map(|taken| taken.len()), Some(150));
        file.as_file().set_len(999).unwrap();
        assert_eq!(reader.take(850), None);
        let error = reader.finish().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ImageErrorKind::Changed, Some(file.path())));
    }
}
