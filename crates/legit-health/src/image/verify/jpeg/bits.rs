//! The bits of entropy-coded data: escapes resolved, up to the next marker.

use super::Fault;
use crate::image::verify::reader::Reader;

/// Bits of one restart interval.
pub(super) struct Bits<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// The next bits, the first one highest; zeros after them.
    held: u64,
    count: u32,
    /// Where the last eight bytes that were loaded begin, and how many were loaded.
    places: [u64; 8],
    loaded: usize,
    is_at_marker: bool,
}

impl<'r, 'a> Bits<'r, 'a> {
    pub(super) fn new(reader: &'r mut Reader<'a>) -> Self {
        Self { reader, held: 0, count: 0, places: [0; 8], loaded: 0, is_at_marker: false }
    }

    /// Returns the next 16 bits, with zeros for those that do not exist.
    #[inline]
    pub(super) fn peek(&mut self) -> u16 {
        if self.count < 32 {
            self.load();
        }
        (self.held >> 48) as u16
    }

    /// How many bits are loaded: fewer than 32 only at the end.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Skips at most 32 bits that were peeked at, with those that belong to them.
    #[inline]
    pub(super) fn skip(&mut self, count: u32) -> Result<(), Fault> {
        if self.count < count {
            return Err(Fault::Ended);
        }
        self.held <<= count;
        self.count -= count;
        Ok(())
    }

    /// Reads up to 15 bits.
    #[inline]
    pub(super) fn read(&mut self, count: u32) -> Result<u32, Fault> {
        let value = u32::from(self.peek()) >> (16 - count);
        self.skip(count).map(|()| value)
    }

    /// Ends the interval, and moves the reader to the first byte that no code has used.
    pub(super) fn finish(self) {
        let unused = (self.count / 8) as usize;
        if unused > 0 {
            self.reader.seek(self.places[(self.loaded - unused) % 8]);
        }
    }

    fn load(&mut self) {
        while self.count <= 56 && !self.is_at_marker {
            let place = self.reader.position();
            let Some(next) = self.reader.window().first_chunk().filter(|next| !next.contains(&0xFF)) else {
                self.load_slowly();
                continue;
            };
            // Bits beyond the last whole byte are written again, with the same value, by the next load.
            self.held |= u64::from_be_bytes(*next) >> self.count;
            let bytes = (64 - self.count) / 8;
            self.count += 8 * bytes;
            for byte in 0..bytes as usize {
                self.places[(self.loaded + byte) % 8] = place + byte as u64;
            }
            self.loaded += bytes as usize;
            self.reader.advance(bytes as usize);
        }
    }

    /// Loads a byte that may be an escaped 0xFF, or the first of a window.
    fn load_slowly(&mut self) {
        let place = self.reader.position();
        let byte = match self.reader.byte() {
            Some(0xFF) => {
                let code = loop {
                    match self.reader.byte() {
                        Some(0xFF) => {}
                        code => break code,
                    }
                };
                (code == Some(0)).then_some(0xFF)
            }
            byte => byte,
        };
        let Some(byte) = byte else {
            self.reader.seek(place);
            self.is_at_marker = true;
            return;
        };
        self.held |= u64::from(byte) << (56 - self.count);
        self.count += 8;
        self.places[self.loaded % 8] = place;
        self.loaded += 1;
    }
}
