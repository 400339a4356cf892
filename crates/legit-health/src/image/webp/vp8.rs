//! The header of a lossy image (VP8), and the partitions of its data (RFC 6386, 9).

use super::Dimensions;
use crate::image::source::SourceReader;

pub(super) struct Frame {
    pub(super) dimensions: Dimensions,
    /// Length of the partition that holds the prediction modes.
    pub(super) first_partition: u32,
    /// Number of the partitions after it, which hold the coefficients.
    coefficient_partitions: u64,
}

impl Frame {
    const HEADER: usize = 10;

    /// Reads a key frame that is shown from the first bytes of its data.
    pub(super) fn parse(start: &[u8]) -> Option<Self> {
        let ([tag0, tag1, tag2, 0x9D, 0x01, 0x2A, w0, w1, h0, h1], rest) =
            start.split_first_chunk::<{ Self::HEADER }>()?
        else {
            return None;
        };
        let tag = u32::from_le_bytes([*tag0, *tag1, *tag2, 0]);
        let (is_key_frame, version, is_shown, first_partition) =
            (tag & 1 == 0, tag >> 1 & 7, tag >> 4 & 1 == 1, tag >> 5);
        // The two highest bits of each side say how to scale it.
        let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
        let dimensions = Dimensions { width: side(*w0, *w1), height: side(*h0, *h1) };
        let modes = &rest[..rest.len().min(first_partition as usize)];
        let is_valid =
            is_key_frame && version <= 3 && is_shown && dimensions.width > 0 && dimensions.height > 0;
        is_valid.then(|| Self {
            dimensions,
            first_partition,
            coefficient_partitions: coefficient_partitions(modes),
        })
    }

    /// Whether the first partition has room for the modes of each 16 × 16 pixels.
    pub(super) fn can_hold_its_macroblocks(&self) -> bool {
        /// The most probable modes take 3.4 bits in a key frame, whose probabilities are fixed.
        const FEWEST_BITS: u64 = 2;
        /// Decoders read zeros behind the end.
        const SLACK: u64 = 32;
        let Dimensions { width, height } = self.dimensions;
        let macroblocks = u64::from(width.div_ceil(16)) * u64::from(height.div_ceil(16));
        macroblocks * FEWEST_BITS <= u64::from(self.first_partition) * 8 + SLACK
    }

    /// Whether each partition fits into the data. The last has no length of its own: it is the rest, and not empty.
    pub(super) fn has_whole_partitions(&self, data: &mut SourceReader) -> bool {
        let mut walk = || {
            data.skip(Self::HEADER as u64 + u64::from(self.first_partition))?;
            let lengths: Vec<[u8; 3]> =
                (1..self.coefficient_partitions).map(|_| data.array()).collect::<Option<_>>()?;
            for [l0, l1, l2] in lengths {
                data.skip(u32::from_le_bytes([l0, l1, l2, 0]).into())?;
            }
            data.byte()
        };
        walk().is_some()
    }
}

/// Reads the header in the first partition up to the number of partitions (9.3 to 9.5, 19.2).
fn coefficient_partitions(modes: &[u8]) -> u64 {
    let mut bits = Bits::new(modes);
    let _colour_space_and_clamping = bits.number(2);
    if bits.flag() {
        let (updates_map, updates_data) = (bits.flag(), bits.flag());
        if updates_data {
            let _mode = bits.flag();
            (0..4).for_each(|_| bits.skip_optional(7 + 1));
            (0..4).for_each(|_| bits.skip_optional(6 + 1));
        }
        if updates_map {
            (0..3).for_each(|_| bits.skip_optional(8));
        }
    }
    let _loop_filter = bits.number(1 + 6 + 3);
    if bits.flag() && bits.flag() {
        (0..8).for_each(|_| bits.skip_optional(6 + 1));
    }
    1 << bits.number(2)
}

/// The boolean decoder (RFC 6386, 7.3) for bits that are as likely 0 as 1. Behind the end it reads zeros.
struct Bits<'a> {
    bytes: std::slice::Iter<'a, u8>,
    value: u32,
    range: u32,
    shifted: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut bits = Self { bytes: bytes.iter(), value: 0, range: 255, shifted: 0 };
        bits.value = bits.byte() << 8 | bits.byte();
        bits
    }

    fn byte(&mut self) -> u32 {
        self.bytes.next().copied().unwrap_or(0).into()
    }

    fn flag(&mut self) -> bool {
        let split = 1 + (self.range - 1) / 2;
        let is_set = self.value >= split << 8;
        if is_set {
            self.range -= split;
            self.value -= split << 8;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.value <<= 1;
            self.range <<= 1;
            self.shifted += 1;
            if self.shifted.is_multiple_of(8) {
                self.value |= self.byte();
            }
        }
        is_set
    }

    fn number(&mut self, bits: u32) -> u32 {
        (0..bits).fold(0, |number, _| number << 1 | u32::from(self.flag()))
    }

    /// Skips a value that is there if the flag before it is set.
    fn skip_optional(&mut self, bits: u32) {
        if self.flag() {
            self.number(bits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    /// 5 × 7 pixels, a first partition of one byte, and one byte of coefficients.
    const FRAME: [u8; 12] = [0x30, 0, 0, 0x9D, 0x01, 0x2A, 0x05, 0x40, 0x07, 0x80, 0, 0];

    fn dimensions(data: &[u8]) -> Option<(u32, u32)> {
        Frame::parse(data).map(|frame| (frame.dimensions.width, frame.dimensions.height))
    }

    fn is_whole(data: &[u8]) -> bool {
        let mut source = SourceReader::in_memory(Bytes::copy_from_slice(data));
        Frame::parse(data).is_some_and(|frame| frame.has_whole_partitions(&mut source))
    }

    #[test]
    fn dimensions_are_read_without_the_bits_of_the_scale() {
        assert_eq!(dimensions(&FRAME), Some((5, 7)));
        assert!((0..10).all(|length| dimensions(&FRAME[..length]).is_none()));
    }

    #[test]
    fn a_frame_that_a_decoder_would_not_start_is_rejected() {
        // An inter frame, an unknown version, a hidden frame, a wrong start code, and no width.
        for (at, value) in [(0, 0x31), (0, 0x38), (0, 0x20), (4, 0x02), (6, 0)] {
            let mut changed = FRAME;
            changed[at] = value;
            assert_eq!(dimensions(&changed), None, "byte {at}");
        }
    }

    #[test]
    fn partitions_that_do_not_fit_are_found() {
        assert!(is_whole(&FRAME));
        assert!(!is_whole(&FRAME[..11]));
        // Fourteen bits of 0, then the logarithm of the number: 0 and 1.
        let modes = [0, 0x01, 0, 0];
        assert_eq!(coefficient_partitions(&modes), 2);
        let with = |first: u8, second: &[u8]| {
            let mut start = FRAME[..10].to_vec();
            start[0] = 0x10 | 4 << 5;
            [&start, &modes[..], &[first, 0, 0], second].concat()
        };
        assert!(is_whole(&with(3, b"abcd")));
        assert!(!is_whole(&with(3, b"abc")));
        assert!(!is_whole(&with(3, b"ab")));
        assert!(is_whole(&with(0, b"a")));
        assert!(!is_whole(&with(0, b"")));
    }

    #[test]
    fn too_few_bytes_for_the_macroblocks_are_found() {
        let frame = |first_partition, side| Frame {
            dimensions: Dimensions { width: side, height: side },
            first_partition,
            coefficient_partitions: 1,
        };
        assert!(frame(0, 64).can_hold_its_macroblocks());
        assert!(!frame(0, 65).can_hold_its_macroblocks());
        assert!(frame(262_140, 16_383).can_hold_its_macroblocks());
        assert!(!frame(262_139, 16_383).can_hold_its_macroblocks());
    }
}
