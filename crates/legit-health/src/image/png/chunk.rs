//! The chunks of a PNG, read with their checksums checked and written, and the fields of its header chunk.

use crate::image::ImageError;
use crate::image::ImageFormat::Png;
use crate::image::segments::SegmentsBuilder;
use crate::image::source::SourceReader;
use bytes::Bytes;
use std::ops::{Range, RangeInclusive};

pub(super) struct Chunk {
    pub(super) kind: [u8; 4],
    /// The first bytes of the data: all of any chunk that is parsed here, and the longest name of a colour prosource.
    pub(super) start: Bytes,
    /// The data in the source.
    pub(super) data: Range<u64>,
    /// The whole chunk in the file, from its length to its checksum.
    pub(super) place: Range<u64>,
}

impl Chunk {
    pub(super) fn read(source: &mut SourceReader) -> Result<Self, ImageError> {
        let start = source.position();
        let damaged = |what| Err(ImageError::damaged(Png, start, what));
        let length = source.array().map(u32::from_be_bytes);
        if length.is_some_and(|length| length > i32::MAX as u32) {
            return damaged("chunk length above 2147483647");
        }
        let read = length.and_then(|length| Self::read_whole(source, start, length));
        match read {
            None => Err(ImageError::truncated(Png, source.length())),
            Some((_, false)) => damaged("checksum mismatch"),
            Some((chunk, true)) if !chunk.kind.iter().all(u8::is_ascii_alphabetic) => {
                damaged("chunk type is not four letters")
            }
            Some((chunk, true)) => Ok(chunk),
        }
    }

    /// Reads everything after the length, and returns whether the checksum matches.
    fn read_whole(source: &mut SourceReader, place: u64, length: u32) -> Option<(Self, bool)> {
        const START: u32 = 96;
        let kind = source.array()?;
        let data = source.position();
        let start = source.take(length.min(START) as usize)?;
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&kind);
        checksum.update(&start);
        source.visit(length.saturating_sub(START).into(), |bytes| checksum.update(bytes))?;
        let data = data..source.position();
        let is_intact = checksum.finalize() == u32::from_be_bytes(source.array()?);
        Some((Self { kind, start, data, place: place..source.position() }, is_intact))
    }

    /// The length of the data.
    pub(super) fn length(&self) -> u64 {
        self.data.end - self.data.start
    }

    /// Whether decoders that do not know the chunk may ignore it.
    pub(super) fn is_ancillary(&self) -> bool {
        self.kind[0].is_ascii_lowercase()
    }

    pub(super) fn damage(&self, what: &str) -> ImageError {
        ImageError::damaged(Png, self.place.start, what)
    }
}

/// Writes a chunk whose data are `start` and a range of the source.
pub(super) fn write(
    output: &mut SegmentsBuilder,
    kind: [u8; 4],
    start: &[u8],
    rest: Range<u64>,
    source: &mut SourceReader,
) {
    let rest_length = rest.end - rest.start;
    let length = start.len() as u64 + rest_length;
    let length = u32::try_from(length).expect("no longer than an image, which has at most 512 MiB");
    let mut checksum = crc32fast::Hasher::new();
    output.write(&length.to_be_bytes());
    for part in [&kind, start] {
        checksum.update(part);
        output.write(part);
    }
    // A read error is reported by `SourceReader::finish`.
    source.part(rest.clone(), |part| part.visit(rest_length, |bytes| checksum.update(bytes)));
    output.keep(rest);
    output.write(&checksum.finalize().to_be_bytes());
}

/// The fields of IHDR that matter here, and the rules that follow from its colour type.
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
        Ok(Self { width, height, colour })
    }

    pub(super) fn needs_palette(&self) -> bool {
        self.colour == ColourType::Indexed
    }

    /// RGB images may have a suggested palette; grey ones may not.
    pub(super) fn may_have_palette(&self) -> bool {
        !matches!(self.colour, ColourType::Grey | ColourType::GreyAlpha)
    }

    /// Returns the valid lengths of a tRNS chunk; `None` if the image has an alpha channel instead.
    pub(super) fn transparency_lengths(&self, palette: Option<u64>) -> Option<RangeInclusive<u64>> {
        match self.colour {
            ColourType::Grey => Some(2..=2),
            ColourType::Rgb => Some(6..=6),
            ColourType::Indexed => Some(1..=palette.unwrap_or(0)),
            ColourType::GreyAlpha | ColourType::Rgba => None,
        }
    }

    /// Returns the length of a colour chunk of this kind, if it has a fixed one.
    pub(super) fn colour_chunk_length(&self, kind: [u8; 4]) -> Option<u64> {
        match &kind {
            b"gAMA" | b"cICP" => Some(4),
            b"cHRM" => Some(32),
            b"sRGB" => Some(1),
            // One byte for each channel, of the palette's colours if there is one.
            b"sBIT" => Some(match self.colour {
                ColourType::Grey => 1,
                ColourType::GreyAlpha => 2,
                ColourType::Rgb | ColourType::Indexed => 3,
                ColourType::Rgba => 4,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::ImageErrorKind;
    use crate::image::segments::Segment;

    fn written(kind: &[u8; 4], start: &[u8], rest: &'static [u8]) -> Vec<u8> {
        let mut output = SegmentsBuilder::default();
        let mut source = SourceReader::in_memory(Bytes::from_static(rest));
        write(&mut output, *kind, start, 0..rest.len() as u64, &mut source);
        let bytes = |segment: &Segment| match segment {
            Segment::Bytes(bytes) => bytes.clone(),
            Segment::File(_) => unreachable!("the source is in memory"),
        };
        source.segments(output).as_slice().iter().map(bytes).collect::<Vec<_>>().concat()
    }

    fn read(bytes: &[u8]) -> Result<Chunk, ImageError> {
        Chunk::read(&mut SourceReader::in_memory(Bytes::copy_from_slice(bytes)))
    }

    fn rejection(bytes: &[u8]) -> (ImageErrorKind, String) {
        let error = read(bytes).err().expect("an error");
        (error.kind(), error.to_string())
    }

    #[test]
    fn the_end_chunk_is_written_as_the_standard_prints_it() {
        assert_eq!(written(b"IEND", b"", b""), b"\0\0\0\0IEND\xAE\x42\x60\x82");
    }

    #[test]
    fn a_written_chunk_is_read_back() {
        let chunk = read(&written(b"tEXt", b"he", b"llo")).unwrap();
        assert_eq!((&chunk.kind, &chunk.start[..]), (b"tEXt", &b"hello"[..]));
        assert_eq!((chunk.data.clone(), chunk.place.clone(), chunk.length()), (8..13, 0..17, 5));
        assert!(chunk.is_ancillary());
    }

    #[test]
    fn every_missing_byte_and_flipped_bit_is_detected() {
        let bytes = written(b"tEXt", b"hello", b"");
        for length in 0..bytes.len() {
            assert_eq!(rejection(&bytes[..length]).0, ImageErrorKind::Truncated);
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&flipped).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn invalid_lengths_and_types_are_rejected() {
        let damaged = |what| {
            let message = format!("damaged PNG: {what} at byte 0; copy or export the image again");
            (ImageErrorKind::Damaged, message)
        };
        assert_eq!(rejection(b"\x80\0\0\0tEXt"), damaged("chunk length above 2147483647"));
        assert_eq!(rejection(b"\x7F\xFF\xFF\xFFtEXt").0, ImageErrorKind::Truncated);
        assert_eq!(rejection(&written(b"tE t", b"", b"")), damaged("chunk type is not four letters"));
    }

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
}
