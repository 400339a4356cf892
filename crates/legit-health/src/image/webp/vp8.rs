//! The header of a lossy image (VP8), and the partitions of its data (RFC 6386, 9).

mod bool_decoder;

use super::Dimensions;
use std::ops::Range;

pub(in crate::image) use bool_decoder::{BoolDecoder, Ended};

pub(in crate::image) struct Frame {
    pub(super) dimensions: Dimensions,
    /// Length of the partition that holds the prediction modes.
    pub(super) first_partition: u32,
    /// Number of the partitions after it, which hold the coefficients.
    coefficient_partitions: u64,
}

/// Where the partitions of a frame are.
pub(in crate::image) struct Partitions {
    /// The rest of the header, and the prediction modes.
    pub(in crate::image) modes: Range<u64>,
    pub(in crate::image) coefficients: Vec<Range<u64>>,
}

impl Frame {
    /// So many bytes hold all of the header that is read here.
    pub(in crate::image) const START: usize = 64;
    const UNCOMPRESSED: usize = 10;

    /// Reads a key frame that is shown from the first bytes of its data.
    pub(in crate::image) fn parse(start: &[u8]) -> Option<Self> {
        let ([tag0, tag1, tag2, 0x9D, 0x01, 0x2A, w0, w1, h0, h1], rest) =
            start.split_first_chunk::<{ Self::UNCOMPRESSED }>()?
        else {
            return None;
        };
        let tag = u32::from_le_bytes([*tag0, *tag1, *tag2, 0]);
        let (is_key_frame, version, is_shown, first_partition) =
            (tag & 1 == 0, tag >> 1 & 7, tag >> 4 & 1 == 1, tag >> 5);
        // The two highest bits of each side say how to scale it.
        let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
        let dimensions = Dimensions { width: side(*w0, *w1), height: side(*h0, *h1) };
        if !is_key_frame || version > 3 || !is_shown || dimensions.width == 0 || dimensions.height == 0 {
            return None;
        }
        let modes = rest.iter().take(first_partition as usize).copied();
        let header = Header::read(&mut BoolDecoder::new(modes)).ok()?;
        Some(Self { dimensions, first_partition, coefficient_partitions: header.coefficient_partitions })
    }

    /// Whether the first partition has room for the modes of each 16 × 16 pixels.
    pub(super) fn can_hold_its_macroblocks(&self) -> bool {
        /// The most probable modes take 3.4 bits in a key frame, whose probabilities are fixed.
        const FEWEST_BITS: u64 = 2;
        let Dimensions { width, height } = self.dimensions;
        let macroblocks = u64::from(width.div_ceil(16)) * u64::from(height.div_ceil(16));
        macroblocks * FEWEST_BITS <= u64::from(self.first_partition) * 8
    }

    /// Finds the partitions of a frame that takes up `data`; `length_at` reads there. The last has no length of its own: it
    /// is the rest, and not empty. `None` if one does not fit into the data.
    pub(in crate::image) fn partitions(
        &self,
        data: Range<u64>,
        mut length_at: impl FnMut(u64) -> Option<[u8; 3]>,
    ) -> Option<Partitions> {
        let modes = data.start + Self::UNCOMPRESSED as u64;
        let modes = modes..modes + u64::from(self.first_partition);
        let lengths = self.coefficient_partitions - 1;
        let mut start = modes.end + 3 * lengths;
        let mut coefficients = Vec::new();
        for number in 0..lengths {
            let [l0, l1, l2] = length_at(modes.end + 3 * number)?;
            let end = start + u64::from(u32::from_le_bytes([l0, l1, l2, 0]));
            coefficients.push(start..end);
            start = end;
        }
        coefficients.push(start..data.end);
        (start < data.end).then_some(Partitions { modes, coefficients })
    }
}

/// The first fields of the header in the first partition (9.3 to 9.5, 19.2).
pub(in crate::image) struct Header {
    /// The probabilities of the tree of segments, if each macroblock names its own.
    pub(in crate::image) segments: Option<[u8; 3]>,
    coefficient_partitions: u64,
}

impl Header {
    pub(in crate::image) fn read<I: Iterator<Item = u8>>(bits: &mut BoolDecoder<I>) -> Result<Self, Ended> {
        let _colour_space_and_clamping = bits.number(2)?;
        let segments = if bits.flag()? { segments(bits)? } else { None };
        let _loop_filter = bits.number(1 + 6 + 3)?;
        if bits.flag()? && bits.flag()? {
            (0..8).try_for_each(|_| bits.skip_optional(6 + 1))?;
        }
        Ok(Self { segments, coefficient_partitions: 1 << bits.number(2)? })
    }
}

fn segments<I: Iterator<Item = u8>>(bits: &mut BoolDecoder<I>) -> Result<Option<[u8; 3]>, Ended> {
    let (updates_map, updates_data) = (bits.flag()?, bits.flag()?);
    if updates_data {
        let _are_absolute = bits.flag()?;
        // Quantizer and filter level of each segment.
        (0..4).try_for_each(|_| bits.skip_optional(7 + 1))?;
        (0..4).try_for_each(|_| bits.skip_optional(6 + 1))?;
    }
    if !updates_map {
        return Ok(None);
    }
    let mut probabilities = [255; 3];
    for probability in &mut probabilities {
        if bits.flag()? {
            *probability = bits.number(8)? as u8;
        }
    }
    Ok(Some(probabilities))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 5 × 7 pixels, a first partition of three bytes, and one byte of coefficients.
    const FRAME: [u8; 14] = [0x70, 0, 0, 0x9D, 0x01, 0x2A, 0x05, 0x40, 0x07, 0x80, 0, 0, 0, 0];

    fn dimensions(data: &[u8]) -> Option<(u32, u32)> {
        Frame::parse(data).map(|frame| (frame.dimensions.width, frame.dimensions.height))
    }

    fn is_whole(data: &[u8]) -> bool {
        partitions(data).is_some()
    }

    fn partitions(data: &[u8]) -> Option<Partitions> {
        let length_at = |at: u64| data[at as usize..].first_chunk().copied();
        Frame::parse(data)?.partitions(0..data.len() as u64, length_at)
    }

    #[test]
    fn dimensions_are_read_without_the_bits_of_the_scale() {
        assert_eq!(dimensions(&FRAME), Some((5, 7)));
        // The rest of the header takes sixteen bits or more.
        assert!((0..12).all(|length| dimensions(&FRAME[..length]).is_none()));
    }

    #[test]
    fn a_frame_that_a_decoder_would_not_start_is_rejected() {
        // An inter frame, an unknown version, a hidden frame, a wrong start code, and no width.
        for (at, value) in [(0, 0x71), (0, 0x78), (0, 0x60), (4, 0x02), (6, 0)] {
            let mut changed = FRAME;
            changed[at] = value;
            assert_eq!(dimensions(&changed), None, "byte {at}");
        }
    }

    #[test]
    fn partitions_that_do_not_fit_are_found() {
        assert!(is_whole(&FRAME));
        assert!(!is_whole(&FRAME[..13]));
        // Fourteen bits of 0, then the logarithm of the number: 0 and 1.
        let modes = [0, 0x01, 0, 0];
        let with = |first: u8, second: &[u8]| {
            let mut start = FRAME[..10].to_vec();
            start[0] = 0x10 | 4 << 5;
            [&start, &modes[..], &[first, 0, 0], second].concat()
        };
        let whole = partitions(&with(3, b"abcd")).expect("two partitions");
        assert_eq!((whole.modes, &whole.coefficients[..]), (10..14, &[17..20, 20..21][..]));
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
        assert!(frame(4, 64).can_hold_its_macroblocks());
        assert!(!frame(4, 65).can_hold_its_macroblocks());
        assert!(frame(262_144, 16_383).can_hold_its_macroblocks());
        assert!(!frame(262_143, 16_383).can_hold_its_macroblocks());
    }
}
