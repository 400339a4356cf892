//! Reads and writes the one value kept of an Exif block: the orientation.

use super::source::SourceReader;
use std::ops::Range;

/// Exif orientation, 1 to 8: how a viewer rotates and mirrors the stored image. 1 leaves it unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Orientation {
    pub(super) const AS_STORED: Self = Self(1);

    fn from_tag(value: u32) -> Option<Self> {
        u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).map(Self)
    }

    pub(super) fn value(self) -> u8 {
        self.0
    }

    /// A TIFF structure with this orientation and nothing else; `None` for [`AS_STORED`](Self::AS_STORED).
    pub(super) fn to_tiff(self) -> Option<[u8; 26]> {
        let mut tiff = *b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
        tiff[19] = self.0;
        (self != Self::AS_STORED).then_some(tiff)
    }
}

/// What an Exif segment of a JPEG begins with.
pub(super) const JPEG_PREFIX: &[u8] = b"Exif\0\0";

/// Returns the orientation in a TIFF structure, which is the content of an Exif block; `None` if it has no valid one.
///
/// Only the first directory is read, since the second one describes the thumbnail. So no loop of directories is ever
/// followed.
pub(super) fn orientation(tiff: &mut SourceReader) -> Option<Orientation> {
    let start = tiff.position();
    let order = match &tiff.array()? {
        b"II\x2A\0" => ByteOrder::Little,
        b"MM\0\x2A" => ByteOrder::Big,
        _ => return None,
    };
    let directory = order.u32(tiff.array()?);
    tiff.seek(start + u64::from(directory));
    for _ in 0..order.u16(tiff.array()?) {
        if let Entry::Orientation(orientation) = Entry::read(order, tiff.array()?) {
            return orientation;
        }
    }
    None
}

/// Like [`orientation`], for a chunk of a PNG or WebP: some programs write the prefix of JPEG there as well.
pub(super) fn orientation_in_chunk(file: &mut SourceReader, data: Range<u64>) -> Option<Orientation> {
    file.part(data, |block| {
        let start = block.position();
        if block.array().is_none_or(|prefix: [u8; 6]| prefix != JPEG_PREFIX) {
            block.seek(start);
        }
        orientation(block)
    })
}

/// An entry of a TIFF directory.
enum Entry {
    /// `None` if its value is not 1 to 8.
    Orientation(Option<Orientation>),
    Other,
}

impl Entry {
    fn read(order: ByteOrder, bytes: [u8; 12]) -> Self {
        const ORIENTATION: u16 = 0x0112;
        const SHORT: u16 = 3;
        const LONG: u16 = 4;

        let [t0, t1, k0, k1, c0, c1, c2, c3, v0, v1, v2, v3] = bytes;
        if order.u16([t0, t1]) != ORIENTATION {
            return Self::Other;
        }
        let value = match (order.u16([k0, k1]), order.u32([c0, c1, c2, c3])) {
            (SHORT, 1) => Some(order.u16([v0, v1]).into()),
            // Not in the standard, but some programs write it and most read it.
            (LONG, 1) => Some(order.u32([v0, v1, v2, v3])),
            _ => None,
        };
        Self::Orientation(value.and_then(Orientation::from_tag))
    }
}

#[derive(Clone, Copy)]
enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn orientation(tiff: &[u8]) -> Option<Orientation> {
        super::orientation(&mut SourceReader::in_memory(Bytes::copy_from_slice(tiff)))
    }

    const GPS: [u8; 12] = [0x25, 0x88, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0];

    fn little_endian(entries: &[[u8; 12]]) -> Vec<u8> {
        let mut tiff = b"II\x2A\0\x08\0\0\0".to_vec();
        tiff.extend((entries.len() as u16).to_le_bytes());
        tiff.extend(entries.concat());
        tiff.extend([0; 4]);
        tiff
    }

    fn entry(kind: u8, count: u8, value: u8) -> [u8; 12] {
        [0x12, 0x01, kind, 0, count, 0, 0, 0, value, 0, 0, 0]
    }

    #[test]
    fn a_written_orientation_is_read_back() {
        for value in 2..=8 {
            let tiff = Orientation(value).to_tiff().expect("not as stored");
            assert_eq!(orientation(&tiff), Some(Orientation(value)));
        }
        assert_eq!(Orientation::AS_STORED.to_tiff(), None);
    }

    #[test]
    fn the_orientation_is_found_among_other_tags_as_short_or_long() {
        assert_eq!(orientation(&little_endian(&[GPS, entry(3, 1, 6)])), Some(Orientation(6)));
        assert_eq!(orientation(&little_endian(&[entry(4, 1, 8), GPS])), Some(Orientation(8)));
    }

    #[test]
    fn only_one_to_eight_given_once_is_valid() {
        for invalid in [entry(3, 1, 0), entry(3, 1, 9), entry(3, 2, 6), entry(3, 0, 6), entry(2, 1, 6)] {
            assert_eq!(orientation(&little_endian(&[invalid])), None, "{invalid:?}");
        }
    }

    #[test]
    fn the_first_orientation_tag_decides() {
        assert_eq!(orientation(&little_endian(&[entry(3, 1, 3), entry(3, 1, 6)])), Some(Orientation(3)));
    }

    #[test]
    fn truncated_blocks_do_not_panic() {
        let whole = little_endian(&[GPS, entry(3, 1, 6)]);
        for length in 0..whole.len() {
            let found = orientation(&whole[..length]);
            assert_eq!(found.is_some(), length >= 10 + 24, "{length}");
        }
    }

    #[test]
    fn a_directory_outside_the_block_is_ignored() {
        let mut tiff = little_endian(&[entry(3, 1, 6)]);
        tiff[4..8].fill(0xFF);
        assert_eq!(orientation(&tiff), None);
        assert_eq!(orientation(b"II\x2B\0\x08\0\0\0"), None);
        assert_eq!(orientation(b""), None);
    }
}
