//! The first bytes of a WebP picture: the dimensions, and signs that a decoder would start at all.

use super::chunk::Chunk;
use crate::image::ImageError;
use crate::image::reader::Reader;

/// In pixels, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dimensions {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A chunk that holds a picture, lossy or lossless.
pub(super) struct Picture {
    pub(super) chunk: Chunk,
    pub(super) dimensions: Dimensions,
}

impl Picture {
    pub(super) fn parse(chunk: Chunk) -> Result<Self, ImageError> {
        let dimensions = match &chunk.kind {
            b"VP8L" => lossless(&chunk.start),
            _ => lossy(&chunk.start, chunk.length()),
        };
        match dimensions {
            Some(dimensions) => Ok(Self { chunk, dimensions }),
            None => Err(chunk.damage("the picture data does not begin as it must")),
        }
    }
}

/// RFC 6386, 9.1: a key frame that is shown, its start code, and a first partition that fits.
fn lossy(start: &[u8], length: u64) -> Option<Dimensions> {
    let mut reader = Reader::new(start);
    let [tag0, tag1, tag2] = reader.array()?;
    let tag = u32::from_le_bytes([tag0, tag1, tag2, 0]);
    let (is_key_frame, version, is_shown, first_partition) =
        (tag & 1 == 0, tag >> 1 & 7, tag >> 4 & 1 == 1, tag >> 5);
    let has_start_code = &reader.array()? == b"\x9D\x01\x2A";
    let mut side = || reader.array().map(|side| u32::from(u16::from_le_bytes(side) & 0x3FFF));
    let (width, height) = (side()?, side()?);
    let is_complete = u64::from(first_partition) < length;
    let is_sound = is_key_frame && version <= 3 && is_shown && has_start_code && is_complete;
    (is_sound && width > 0 && height > 0).then_some(Dimensions { width, height })
}

/// RFC 9649, 3.4: the signature, 14 bits less one for each side, alpha, and version 0.
fn lossless(start: &[u8]) -> Option<Dimensions> {
    let mut reader = Reader::new(start);
    let signature = reader.byte()?;
    let header = reader.array().map(u32::from_le_bytes)?;
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
        super::lossy(data, data.len() as u64)
    }

    #[test]
    fn dimensions_are_read_without_scale_and_alpha_bits() {
        assert_eq!(lossy(&LOSSY), FIVE_BY_SEVEN);
        assert_eq!(lossless(&LOSSLESS), FIVE_BY_SEVEN);
    }

    #[test]
    fn what_a_decoder_would_not_start_is_refused() {
        // An inter frame, an unknown version, a hidden frame, a first partition of 32 bytes, a wrong start code.
        for (at, value) in [(0, 0x11), (0, 0x18), (0, 0x00), (1, 0x04), (4, 0x02), (6, 0), (8, 0)] {
            let mut changed = LOSSY;
            changed[at] = value;
            assert_eq!(lossy(&changed), None, "byte {at}");
        }
        // A first partition as long as all there is.
        let mut full = LOSSY;
        full[..2].copy_from_slice(&[0x70, 0x01]);
        assert_eq!(lossy(&full), None);
        assert_eq!(lossy(&[&full[..], &[0]].concat()), FIVE_BY_SEVEN);
        assert_eq!(lossless(&[0x2E, 0x04, 0x80, 0x01, 0x10]), None);
        assert_eq!(lossless(&[0x2F, 0x04, 0x80, 0x01, 0x30]), None);
    }

    #[test]
    fn every_cut_is_survived() {
        assert!((0..10).all(|length| lossy(&LOSSY[..length]).is_none()));
        assert!((0..5).all(|length| lossless(&LOSSLESS[..length]).is_none()));
    }
}
