//! The fields of IHDR, and what follows from them for other chunks and for the length of the image data.

use std::ops::RangeInclusive;

pub(super) struct ImageHeader {
    pub(super) width: u32,
    pub(super) height: u32,
    depth: u8,
    colour: ColourType,
    is_interlaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColourType {
    Grey,
    Rgb,
    Indexed,
    GreyAlpha,
    Rgba,
}

/// The passes of an interlaced image: the first column and row of each, and the steps to the next.
const PASSES: [[u32; 4]; 7] =
    [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

impl ImageHeader {
    pub(super) fn parse(data: &[u8]) -> Result<Self, &'static str> {
        let (dimensions, format) = data.split_first_chunk::<8>().ok_or("wrong IHDR length")?;
        let &[depth, colour, compression, filter, interlace] = format else {
            return Err("wrong IHDR length");
        };
        let colour = match (colour, depth) {
            (0, 1 | 2 | 4 | 8 | 16) => ColourType::Grey,
            (2, 8 | 16) => ColourType::Rgb,
            (3, 1 | 2 | 4 | 8) => ColourType::Indexed,
            (4, 8 | 16) => ColourType::GreyAlpha,
            (6, 8 | 16) => ColourType::Rgba,
            _ => return Err("invalid combination of colour type and bit depth"),
        };
        if (compression, filter) != (0, 0) || interlace > 1 {
            return Err("unknown compression, filter or interlace method");
        }
        let [w3, w2, w1, w0, h3, h2, h1, h0] = *dimensions;
        let (width, height) = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
        const LARGEST: u32 = i32::MAX as u32;
        if !(1..=LARGEST).contains(&width) || !(1..=LARGEST).contains(&height) {
            return Err("width or height not in 1 to 2147483647");
        }
        Ok(Self { width, height, depth, colour, is_interlaced: interlace == 1 })
    }

    pub(super) fn needs_palette(&self) -> bool {
        self.colour == ColourType::Indexed
    }

    /// The number of colours that a pixel of an indexed image can choose from.
    pub(super) fn most_colours(&self) -> u64 {
        1 << self.depth
    }

    /// Channels of a pixel: one if it chooses from a palette.
    fn channels(&self) -> u8 {
        match self.colour {
            ColourType::Grey | ColourType::Indexed => 1,
            ColourType::GreyAlpha => 2,
            ColourType::Rgb => 3,
            ColourType::Rgba => 4,
        }
    }

    /// Returns the valid lengths of a chunk that describes the image; `None` if it does not belong to such an image.
    pub(super) fn lengths(&self, kind: [u8; 4], palette: Option<u64>) -> Option<RangeInclusive<u64>> {
        let exactly = |length| Some(length..=length);
        match &kind {
            b"gAMA" | b"cICP" => exactly(4),
            b"cHRM" => exactly(32),
            b"sRGB" => exactly(1),
            // The names in drafts of the standard differ in their last letter.
            b"mDCV" | b"mDCv" => exactly(24),
            b"cLLI" | b"cLLi" => exactly(8),
            b"pHYs" => exactly(9),
            // One byte for each channel, of the palette's colours if there is one.
            b"sBIT" if self.colour == ColourType::Indexed => exactly(3),
            b"sBIT" => exactly(self.channels().into()),
            b"tRNS" => match self.colour {
                ColourType::Grey => exactly(2),
                ColourType::Rgb => exactly(6),
                ColourType::Indexed => Some(1..=palette?),
                // The pixels have an alpha channel instead.
                ColourType::GreyAlpha | ColourType::Rgba => None,
            },
            _ => None,
        }
    }

    /// Length of the image data before compression: the rows, each after the byte of its filter.
    pub(super) fn unpacked_length(&self) -> u64 {
        let bits_per_pixel = u64::from(self.channels() * self.depth);
        let rows = |width: u32, height: u32| match width {
            0 => 0,
            _ => u64::from(height).saturating_mul(1 + (u64::from(width) * bits_per_pixel).div_ceil(8)),
        };
        if !self.is_interlaced {
            return rows(self.width, self.height);
        }
        let pass = |[x, y, step_x, step_y]: [u32; 4]| {
            rows(
                self.width.saturating_sub(x).div_ceil(step_x),
                self.height.saturating_sub(y).div_ceil(step_y),
            )
        };
        PASSES.into_iter().map(pass).fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(width: u32, height: u32, format: &[u8]) -> Result<(u32, u32), &'static str> {
        let data = [&width.to_be_bytes(), &height.to_be_bytes(), format].concat();
        ImageHeader::parse(&data).map(|header| (header.width, header.height))
    }

    #[test]
    fn exactly_the_fifteen_colour_formats_of_the_standard_are_accepted() {
        let accepted = (0..=255_u8)
            .flat_map(|colour| (0..=255_u8).map(move |depth| [depth, colour, 0, 0, 0]))
            .filter(|format| header(1, 1, format).is_ok());
        assert_eq!(accepted.count(), 15);
    }

    #[test]
    fn dimensions_are_1_to_2147483647() {
        assert_eq!(header(3, i32::MAX as u32, &[8, 2, 0, 0, 1]), Ok((3, i32::MAX as u32)));
        for (width, height) in [(0, 1), (1, 0), (1 << 31, 1), (1, u32::MAX)] {
            assert!(header(width, height, &[8, 2, 0, 0, 0]).is_err());
        }
    }

    #[test]
    fn a_header_with_a_wrong_length_or_unknown_methods_is_rejected() {
        for format in
            [&[8, 2, 0, 0][..], &[8, 2, 0, 0, 0, 0], &[8, 2, 1, 0, 0], &[8, 2, 0, 1, 0], &[8, 2, 0, 0, 2]]
        {
            assert!(header(1, 1, format).is_err(), "{format:?}");
        }
    }

    fn unpacked_length(width: u32, height: u32, format: [u8; 2], interlace: u8) -> u64 {
        let [depth, colour] = format;
        let data =
            [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, interlace]].concat();
        ImageHeader::parse(&data).unwrap().unpacked_length()
    }

    #[test]
    fn each_row_has_whole_bytes_and_a_filter() {
        assert_eq!(unpacked_length(9, 5, [1, 0], 0), 5 * (1 + 2));
        assert_eq!(unpacked_length(9, 5, [4, 3], 0), 5 * (1 + 5));
        assert_eq!(unpacked_length(9, 5, [8, 2], 0), 5 * (1 + 27));
        assert_eq!(unpacked_length(9, 5, [16, 6], 0), 5 * (1 + 72));
        assert_eq!(unpacked_length(i32::MAX as u32, i32::MAX as u32, [16, 6], 0), u64::MAX);
    }

    /// Worked out by hand from the pattern in the standard.
    #[test]
    fn an_interlaced_image_has_the_rows_of_its_passes() {
        assert_eq!(unpacked_length(1, 1, [8, 0], 1), 2);
        // Passes of 1×1, none, none, 1×1, 2×1, 1×2 and 3×1 pixels.
        assert_eq!(unpacked_length(3, 3, [8, 0], 1), 2 + 2 + 3 + 2 * 2 + 4);
        assert_eq!(unpacked_length(8, 8, [8, 0], 1), 64 + 1 + 1 + 1 + 2 + 2 + 4 + 4);
    }
}
