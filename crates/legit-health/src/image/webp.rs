//! Reads a WebP through its RIFF container and leaves out everything but the image.
//!
//! Kept: the image (VP8 or VP8L), its alpha channel (ALPH) and the colour profile (ICCP). Rewritten: the RIFF header with
//! its size, VP8X with its flags, EXIF with the orientation alone. Every other chunk is dropped, and so is everything after
//! the container. As in the reference decoder, profile and Exif count only where VP8X announces them.

use super::ImageFormat::WebP;
use super::exif::{self, Orientation};
use super::segments::SegmentsBuilder;
use super::source::SourceReader;
use super::{Cleaned, Header, ImageError};
use bytes::Bytes;
use std::ops::Range;

pub(super) fn clean(source: &mut SourceReader) -> Result<Cleaned, ImageError> {
    let container = container(source)?;
    let Content { dimensions, orientation, body } = source.part(container, |container| {
        let first = Chunk::read(container)?;
        match &first.kind {
            b"VP8X" => extended(&first, container),
            b"VP8 " | b"VP8L" => simple(first, container),
            _ => Err(first.damage("first chunk is not VP8, VP8L or VP8X")),
        }
    })?;
    let Dimensions { width, height } = dimensions;
    let size = u32::try_from(4 + body.len()).expect("no longer than an image, at most 512 MiB");
    let mut clean = SegmentsBuilder::default();
    clean.write(b"RIFF");
    clean.write(&size.to_le_bytes());
    clean.write(b"WEBP");
    clean.append(body);
    let header = Header { format: WebP, width, height, orientation };
    Ok(Cleaned { header, segments: source.segments(clean) })
}

/// Returns the range of the chunks in the RIFF container, which must be complete.
fn container(source: &mut SourceReader) -> Result<Range<u64>, ImageError> {
    const SIZE: u64 = 4;
    const FIRST_CHUNK: u64 = 12;
    source.seek(SIZE);
    let size = source.array().map(u32::from_le_bytes);
    let end = size.map(|size| source.position() + u64::from(size)).filter(|end| *end <= source.length());
    let end = end.ok_or_else(|| ImageError::truncated(WebP, source.length()))?;
    if end <= FIRST_CHUNK {
        return Err(ImageError::damaged(WebP, SIZE, "RIFF size too small for an image"));
    }
    Ok(FIRST_CHUNK..end)
}

/// What is kept of the container's chunks.
struct Content {
    dimensions: Dimensions,
    orientation: Orientation,
    body: SegmentsBuilder,
}

/// The simple format: one image chunk. Decoders do not read what follows it in the container.
fn simple(first: Chunk, container: &mut SourceReader) -> Result<Content, ImageError> {
    let dimensions = first.image_dimensions()?;
    while !container.is_at_end() {
        Chunk::read(container)?;
    }
    let mut body = SegmentsBuilder::default();
    first.keep(&mut body);
    Ok(Content { dimensions, orientation: Orientation::AS_STORED, body })
}

/// The extended format: VP8X, and the chunks around the image that it announces.
fn extended(first: &Chunk, container: &mut SourceReader) -> Result<Content, ImageError> {
    let header = ExtendedHeader::parse(first)?;
    let (mut profile, mut alpha, mut image, mut orientation) = (None, None, None, None);
    while !container.is_at_end() {
        let chunk = Chunk::read(container)?;
        match &chunk.kind {
            b"VP8 " | b"VP8L" if image.is_some() => return Err(chunk.damage("second image chunk")),
            b"VP8 " | b"VP8L" => image = Some((chunk.image_dimensions()?, chunk)),
            b"ALPH" if image.is_some() || alpha.is_some() => {
                return Err(chunk.damage("misplaced or repeated ALPH chunk"));
            }
            b"ALPH" => alpha = Some(chunk),
            b"ANMF" => return Err(ImageError::animated(WebP)),
            b"ICCP" if header.has(PROFILE) && profile.is_none() => profile = Some(chunk),
            b"EXIF" if header.has(EXIF) => {
                orientation = orientation.or_else(|| exif::orientation_in_chunk(container, chunk.data));
            }
            _ => {}
        }
    }
    let end = container.position();
    let (dimensions, image) = image.ok_or_else(|| ImageError::damaged(WebP, end, "no image data"))?;
    if dimensions != header.canvas() {
        return Err(image.damage("dimensions differ from those in VP8X"));
    }

    let orientation = orientation.unwrap_or(Orientation::AS_STORED);
    let exif = orientation.to_tiff();
    let mut body = SegmentsBuilder::default();
    write_chunk(&mut body, *b"VP8X", &header.to_bytes(profile.is_some(), exif.is_some()));
    // Only a lossy image has its alpha channel in a separate chunk.
    let alpha = alpha.filter(|_| &image.kind == b"VP8 ");
    for kept in [profile, alpha, Some(image)].into_iter().flatten() {
        kept.keep(&mut body);
    }
    if let Some(tiff) = exif {
        write_chunk(&mut body, *b"EXIF", &tiff);
    }
    Ok(Content { dimensions, orientation, body })
}

/// The content of VP8X (RFC 9649, 2.7.1). Reserved bits and bytes are read as 0.
struct ExtendedHeader {
    flags: u8,
    canvas: [u8; 6],
}

const PROFILE: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

impl ExtendedHeader {
    fn parse(chunk: &Chunk) -> Result<Self, ImageError> {
        let Ok([flags, _, _, _, canvas @ ..]) = <[u8; 10]>::try_from(&chunk.start[..]) else {
            return Err(chunk.damage("wrong VP8X length"));
        };
        if flags & ANIMATION != 0 {
            return Err(ImageError::animated(WebP));
        }
        Ok(Self { flags, canvas })
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Each side is stored as 24 bits, less one.
    fn canvas(&self) -> Dimensions {
        let [w0, w1, w2, h0, h1, h2] = self.canvas;
        let side = |bytes| u32::from_le_bytes(bytes) + 1;
        Dimensions { width: side([w0, w1, w2, 0]), height: side([h0, h1, h2, 0]) }
    }

    /// The content of VP8X for a file that has kept the alpha channel and what is given here.
    fn to_bytes(&self, has_profile: bool, has_exif: bool) -> [u8; 10] {
        let mut flags = self.flags & ALPHA;
        if has_profile {
            flags |= PROFILE;
        }
        if has_exif {
            flags |= EXIF;
        }
        let [w0, w1, w2, h0, h1, h2] = self.canvas;
        [flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]
    }
}

/// A chunk of the RIFF container.
struct Chunk {
    kind: [u8; 4],
    /// The first bytes of the data: more than any header has.
    start: Bytes,
    /// The data in the file.
    data: Range<u64>,
    /// The chunk in the file, with its padding if that is a 0.
    place: Range<u64>,
    lacks_padding: bool,
}

impl Chunk {
    fn read(container: &mut SourceReader) -> Result<Self, ImageError> {
        let place = container.position();
        let mut parse = || {
            const START: u32 = 16;
            let kind = container.array()?;
            let length = container.array().map(u32::from_le_bytes)?;
            let start = container.take(length.min(START) as usize)?;
            container.skip(length.saturating_sub(START).into())?;
            let end = container.position();
            let is_odd = !length.is_multiple_of(2);
            // Some writers leave out the padding of the last chunk, and any byte can stand in place of the 0.
            let is_padded = is_odd && container.byte() == Some(0);
            let data = end - u64::from(length)..end;
            let place = place..end + u64::from(is_padded);
            Some(Self { kind, start, data, place, lacks_padding: is_odd && !is_padded })
        };
        parse().ok_or_else(|| ImageError::damaged(WebP, place, "chunk extends beyond the RIFF container"))
    }

    fn keep(&self, output: &mut SegmentsBuilder) {
        output.keep(self.place.clone());
        if self.lacks_padding {
            output.write(&[0]);
        }
    }

    /// Returns the dimensions of an image chunk, and checks that a decoder would start to read it.
    fn image_dimensions(&self) -> Result<Dimensions, ImageError> {
        let start = &mut SourceReader::in_memory(self.start.clone());
        let dimensions = match &self.kind {
            b"VP8L" => lossless(start),
            _ => lossy(start, self.data.end - self.data.start),
        };
        dimensions.ok_or_else(|| self.damage("invalid image data header"))
    }

    fn damage(&self, what: &str) -> ImageError {
        ImageError::damaged(WebP, self.place.start, what)
    }
}

/// Writes a chunk of an even length, which needs no padding.
fn write_chunk<const LENGTH: usize>(output: &mut SegmentsBuilder, kind: [u8; 4], data: &[u8; LENGTH]) {
    const { assert!(LENGTH.is_multiple_of(2) && LENGTH < 100) };
    output.write(&kind);
    output.write(&(LENGTH as u32).to_le_bytes());
    output.write(data);
}

/// In pixels, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dimensions {
    width: u32,
    height: u32,
}

/// RFC 6386, 9.1: a key frame that is shown, its start code, and a first partition that fits.
fn lossy(start: &mut SourceReader, length: u64) -> Option<Dimensions> {
    let [tag0, tag1, tag2] = start.array()?;
    let tag = u32::from_le_bytes([tag0, tag1, tag2, 0]);
    let (is_key_frame, version, is_shown, first_partition) =
        (tag & 1 == 0, tag >> 1 & 7, tag >> 4 & 1 == 1, tag >> 5);
    let has_start_code = &start.array()? == b"\x9D\x01\x2A";
    let mut side = || start.array().map(|side| u32::from(u16::from_le_bytes(side) & 0x3FFF));
    let (width, height) = (side()?, side()?);
    let is_complete = u64::from(first_partition) < length;
    let is_valid = is_key_frame && version <= 3 && is_shown && has_start_code && is_complete;
    (is_valid && width > 0 && height > 0).then_some(Dimensions { width, height })
}

/// RFC 9649, 3.4: the signature, 14 bits less one for each side, alpha, and version 0.
fn lossless(start: &mut SourceReader) -> Option<Dimensions> {
    let signature = start.byte()?;
    let header = start.array().map(u32::from_le_bytes)?;
    let dimensions = Dimensions { width: (header & 0x3FFF) + 1, height: (header >> 14 & 0x3FFF) + 1 };
    (signature == 0x2F && header >> 29 == 0).then_some(dimensions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOSSY: [u8; 11] = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x05, 0x40, 0x07, 0x80, 0];
    const LOSSLESS: [u8; 5] = [0x2F, 0x04, 0x80, 0x01, 0x10];
    const FIVE_BY_SEVEN: Option<Dimensions> = Some(Dimensions { width: 5, height: 7 });

    fn lossy(data: &[u8]) -> Option<Dimensions> {
        super::lossy(&mut SourceReader::in_memory(Bytes::copy_from_slice(data)), data.len() as u64)
    }

    fn lossless(data: &[u8]) -> Option<Dimensions> {
        super::lossless(&mut SourceReader::in_memory(Bytes::copy_from_slice(data)))
    }

    #[test]
    fn dimensions_are_read_without_scale_and_alpha_bits() {
        assert_eq!(lossy(&LOSSY), FIVE_BY_SEVEN);
        assert_eq!(lossless(&LOSSLESS), FIVE_BY_SEVEN);
    }

    #[test]
    fn image_data_that_a_decoder_would_not_start_is_rejected() {
        // An inter frame, an unknown version, a hidden frame, a first partition of 32 bytes, a wrong start code.
        for (at, value) in [(0, 0x11), (0, 0x18), (0, 0x00), (1, 0x04), (4, 0x02), (6, 0), (8, 0)] {
            let mut changed = LOSSY;
            changed[at] = value;
            assert_eq!(lossy(&changed), None, "byte {at}");
        }
        // A first partition as long as all the data.
        let mut full = LOSSY;
        full[..2].copy_from_slice(&[0x70, 0x01]);
        assert_eq!(lossy(&full), None);
        assert_eq!(lossy(&[&full[..], &[0]].concat()), FIVE_BY_SEVEN);
        assert_eq!(lossless(&[0x2E, 0x04, 0x80, 0x01, 0x10]), None);
        assert_eq!(lossless(&[0x2F, 0x04, 0x80, 0x01, 0x30]), None);
    }

    #[test]
    fn truncated_image_data_headers_are_rejected() {
        assert!((0..10).all(|length| lossy(&LOSSY[..length]).is_none()));
        assert!((0..5).all(|length| lossless(&LOSSLESS[..length]).is_none()));
    }
}
