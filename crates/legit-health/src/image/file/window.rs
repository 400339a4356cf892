//! The part of an open file that is in memory.

use super::OpenFile;
use crate::image::ImageError;
use std::ops::Range;

pub(in crate::image) struct Window {
    file: OpenFile,
    buffer: Vec<u8>,
    size: usize,
    /// What of the file is in the buffer, from its start.
    held: Range<u64>,
    failure: Option<ImageError>,
}

impl Window {
    /// How much is read at once.
    pub(in crate::image) const SIZE: usize = 64 * 1024;

    pub(in crate::image) fn new(file: OpenFile, size: usize) -> Self {
        Self { file, buffer: Vec::new(), size, held: 0..0, failure: None }
    }

    pub(in crate::image) fn file_length(&self) -> u64 {
        self.file.length()
    }

    /// The first bytes of a range. Nothing if it is empty or the file cannot be read, which is then the failure.
    pub(in crate::image) fn onto(&mut self, range: Range<u64>) -> &[u8] {
        if range.is_empty() {
            return &[];
        }
        if !self.held.contains(&range.start) {
            self.read_from(range.start);
        }
        let seen = range.start..range.end.min(self.held.end);
        let start = self.held.start;
        self.buffer.get((seen.start - start) as usize..(seen.end - start) as usize).unwrap_or_default()
    }

    /// Whether all could be read, and from the file that was opened.
    pub(in crate::image) fn conclude(&mut self) -> Result<(), ImageError> {
        self.failure.take().map_or(Ok(()), Err)?;
        self.file.still_identical()
    }

    fn read_from(&mut self, start: u64) {
        let length = (self.file.length() - start).min(self.size as u64);
        self.held = start..start + length;
        if let Err(error) = self.file.read_into(start, length as usize, &mut self.buffer) {
            self.held = start..start;
            self.failure.get_or_insert(error);
        }
    }
}
