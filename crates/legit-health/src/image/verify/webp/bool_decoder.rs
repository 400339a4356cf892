//! The arithmetic decoder of VP8 (RFC 6386, 7.3). It loads a byte only when a decision depends on it.

use super::Ended;
use crate::image::verify::reader::{Bytewise, Reader};

pub(super) struct BoolDecoder<'a> {
    bytes: Bytewise<'a>,
    value: u32,
    /// 128 to 255.
    range: u32,
    /// Number of bits loaded beyond the eight that the next decision needs; negative if some are missing.
    bits: i32,
}

impl<'a> BoolDecoder<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Self { bytes: Bytewise::new(reader), value: 0, range: 255, bits: -8 }
    }

    /// Decodes a decision that is false with `probability` / 256.
    #[inline]
    pub(super) fn bool(&mut self, probability: u8) -> Result<bool, Ended> {
        if self.bits < 0 {
            self.value = self.value << 8 | u32::from(self.bytes.next().ok_or(Ended)?);
            self.bits += 8;
        }
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        let is_true = self.value >> self.bits >= split;
        if is_true {
            self.range -= split;
            self.value -= split << self.bits;
        } else {
            self.range = split;
        }
        let shift = (self.range as u8).leading_zeros();
        self.range <<= shift;
        self.bits -= shift as i32;
        Ok(is_true)
    }

    pub(super) fn flag(&mut self) -> Result<bool, Ended> {
        self.bool(128)
    }

    pub(super) fn number(&mut self, bits: u32) -> Result<u32, Ended> {
        (0..bits).try_fold(0, |number, _| Ok(number << 1 | u32::from(self.flag()?)))
    }

    /// Skips a number that is there if a flag says so.
    pub(super) fn skip_optional(&mut self, bits: u32) -> Result<(), Ended> {
        if self.flag()? {
            self.number(bits)?;
        }
        Ok(())
    }

    /// The first byte that no decision has depended on.
    pub(super) fn position(&self) -> u64 {
        self.bytes.position()
    }
}
