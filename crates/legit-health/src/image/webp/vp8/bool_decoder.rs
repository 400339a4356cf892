//! The arithmetic decoder of VP8 (RFC 6386, 7.3). It loads a byte only when a decision depends on it.

pub(in crate::image) struct BoolDecoder<I> {
    bytes: I,
    value: u32,
    /// 128 to 255.
    range: u32,
    /// Number of bits loaded beyond the eight that the next decision needs; negative if some are missing.
    bits: i32,
}

/// Data that end where a code is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::image) struct Ended;

impl<I: Iterator<Item = u8>> BoolDecoder<I> {
    pub(in crate::image) fn new(bytes: I) -> Self {
        Self { bytes, value: 0, range: 255, bits: -8 }
    }

    /// Decodes a decision that is false with `probability` / 256.
    #[inline]
    pub(in crate::image) fn bool(&mut self, probability: u8) -> Result<bool, Ended> {
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

    pub(in crate::image) fn flag(&mut self) -> Result<bool, Ended> {
        self.bool(128)
    }

    pub(in crate::image) fn number(&mut self, bits: u32) -> Result<u32, Ended> {
        (0..bits).try_fold(0, |number, _| Ok(number << 1 | u32::from(self.flag()?)))
    }

    /// Skips a number that is there if a flag says so.
    pub(in crate::image) fn skip_optional(&mut self, bits: u32) -> Result<(), Ended> {
        if self.flag()? {
            self.number(bits)?;
        }
        Ok(())
    }

    /// The bytes that no decision has depended on.
    pub(in crate::image) fn unread(&self) -> &I {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Encodes decisions, each with its probability (RFC 6386, 7.3).
    fn encoded(decisions: &[(u8, bool)]) -> Vec<u8> {
        let (mut low, mut range) = (0_u128, 255_u128);
        let mut bits = 0;
        for (probability, is_true) in decisions {
            let split = 1 + (((range - 1) * u128::from(*probability)) >> 8);
            if *is_true {
                (low, range) = (low + split, range - split);
            } else {
                range = split;
            }
            while range < 128 {
                (low, range, bits) = (low << 1, range << 1, bits + 1);
            }
        }
        // The last eight bits decide, too. Whole bytes, from the first bit on.
        let length = (bits + 8_usize).div_ceil(8);
        (low << (8 * length - bits - 8)).to_be_bytes()[16 - length..].to_vec()
    }

    const DECISIONS: [(u8, bool); 14] = [
        (128, true),
        (1, false),
        (255, false),
        (255, true),
        (128, false),
        (1, true),
        (17, true),
        (200, false),
        (200, true),
        (254, false),
        (128, true),
        (3, false),
        (90, true),
        (90, false),
    ];

    #[test]
    fn decisions_are_decoded_as_they_were_encoded() {
        let bytes = encoded(&DECISIONS);
        let mut decoder = BoolDecoder::new(bytes.iter().copied());
        for (probability, is_true) in DECISIONS {
            assert_eq!(decoder.bool(probability), Ok(is_true));
        }
    }

    #[test]
    fn a_decision_without_a_byte_is_none() {
        let bytes = encoded(&DECISIONS);
        for length in 0..bytes.len() {
            let mut decoder = BoolDecoder::new(bytes[..length].iter().copied());
            let read = DECISIONS.iter().try_for_each(|(probability, _)| decoder.bool(*probability).map(drop));
            assert_eq!(read, Err(Ended), "{length} bytes");
        }
    }

    #[test]
    fn numbers_have_their_highest_bit_first_and_may_be_left_out() {
        let bits = [true, false, true, true, false, true, true, false, false, true].map(|bit| (128, bit));
        let mut decoder = BoolDecoder::new(encoded(&bits).into_iter());
        assert_eq!(decoder.number(3), Ok(0b101));
        // A number of two bits, then none.
        assert_eq!((decoder.skip_optional(2), decoder.flag()), (Ok(()), Ok(true)));
        assert_eq!((decoder.skip_optional(2), decoder.number(2)), (Ok(()), Ok(0b01)));
    }

    #[test]
    fn a_byte_is_taken_only_when_a_decision_depends_on_it() {
        let mut decoder = BoolDecoder::new([0_u8; 3].into_iter());
        // The first flag takes less than a bit.
        for (flags, unread) in [(0, 3), (2, 2), (1, 1), (7, 1), (1, 0)] {
            assert_eq!(decoder.number(flags), Ok(0));
            assert_eq!(decoder.unread().len(), unread);
        }
    }
}
