//! The header of a PNG, and the rules that follow from its colour type.

use super::colour::Palette;
use std::ops::RangeInclusive;

pub(super) struct ImageHeader {
    pub(super) width: u32,
    pub(super) height: u32,
    colour: ColourType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColourType {
    Grey,
    Rgb,
    Indexed,
    GreyAlpha,
    Rgba,
}

impl ImageHeader {
    pub(super) fn parse(data: &[u8]) -> Result<Self, &'static str> {
        let (dimensions, format) = data.split_first_chunk::<8>().ok_or("the header has a wrong length")?;
        let &[depth, colour, compression, filter, interlace] = format else {
            return Err("the header has a wrong length");
        };
        let colour = match (colour, depth) {
            (0, 1 | 2 | 4 | 8 | 16) => ColourType::Grey,
            (2, 8 | 16) => ColourType::Rgb,
            (3, 1 | 2 | 4 | 8) => ColourType::Indexed,
            (4, 8 | 16) => ColourType::GreyAlpha,
            (6, 8 | 16) => ColourType::Rgba,
            _ => return Err("the header names a colour type that does not exist"),
        };
        if (compression, filter) != (0, 0) || interlace > 1 {
            return Err("the header names a method that does not exist");
        }
        let [w3, w2, w1, w0, h3, h2, h1, h0] = *dimensions;
        let (width, height) = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
        const LARGEST: u32 = i32::MAX as u32;
        if !(1..=LARGEST).contains(&width) || !(1..=LARGEST).contains(&height) {
            return Err("the picture's width or height is 0 or impossible");
        }
        Ok(Self { width, height, colour })
    }

    pub(super) fn needs_palette(&self) -> bool {
        self.colour == ColourType::Indexed
    }

    /// True colour may come with a suggested palette; for grey there is none.
    pub(super) fn may_have_palette(&self) -> bool {
        !matches!(self.colour, ColourType::Grey | ColourType::GreyAlpha)
    }

    /// How long a tRNS chunk may be; nothing if the picture has an alpha channel instead.
    pub(super) fn transparency_lengths(&self, palette: Option<Palette>) -> Option<RangeInclusive<u64>> {
        match self.colour {
            ColourType::Grey => Some(2..=2),
            ColourType::Rgb => Some(6..=6),
            ColourType::Indexed => Some(1..=palette.map_or(0, |palette| palette.entries)),
            ColourType::GreyAlpha | ColourType::Rgba => None,
        }
    }

    /// How long an sBIT chunk is: one byte for each channel, of the palette's colours if there is one.
    pub(super) fn significant_bits_length(&self) -> u64 {
        match self.colour {
            ColourType::Grey => 1,
            ColourType::GreyAlpha => 2,
            ColourType::Rgb | ColourType::Indexed => 3,
            ColourType::Rgba => 4,
        }
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
    fn the_fifteen_colour_formats_of_the_standard_are_known_and_no_other() {
        let accepted = (0..=255_u8)
            .flat_map(|colour| (0..=255_u8).map(move |depth| [depth, colour, 0, 0, 0]))
            .filter(|format| header(1, 1, format).is_ok());
        assert_eq!(accepted.count(), 15);
    }

    #[test]
    fn dimensions_are_positive() {
        assert_eq!(header(3, i32::MAX as u32, &[8, 2, 0, 0, 1]), Ok((3, i32::MAX as u32)));
        for (width, height) in [(0, 1), (1, 0), (1 << 31, 1), (1, u32::MAX)] {
            assert!(header(width, height, &[8, 2, 0, 0, 0]).is_err());
        }
    }

    #[test]
    fn a_header_has_thirteen_bytes_and_known_methods() {
        for format in
            [&[8, 2, 0, 0][..], &[8, 2, 0, 0, 0, 0], &[8, 2, 1, 0, 0], &[8, 2, 0, 1, 0], &[8, 2, 0, 0, 2]]
        {
            assert!(header(1, 1, format).is_err(), "{format:?}");
        }
    }
}
