//! Reads from an Exif block the orientation, whether it names Adobe RGB, and what its tags are about; writes a block with the
//! orientation alone.

mod content;

use super::source::SourceReader;
use std::ops::Range;

pub use content::ExifContent;
pub(super) use content::contents;

/// Exif orientation, 1 to 8: how a viewer rotates and mirrors the stored image. 1 leaves it unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Orientation {
    pub(super) const AS_STORED: Self = Self(1);

    fn from_tag(value: u16) -> Option<Self> {
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

const EXIF_DIRECTORY: u16 = 0x8769;
const INTEROPERABILITY_DIRECTORY: u16 = 0xA005;

/// What an Exif segment of a JPEG begins with.
pub(super) const JPEG_PREFIX: &[u8] = b"Exif\0\0";

/// Returns the orientation in a TIFF structure, which is the content of an Exif block; `None` if it has none.
///
/// As in browsers, only a single SHORT in the first directory counts; an invalid one means "as stored", and ends the
/// search. The second directory describes the thumbnail.
pub(super) fn orientation(tiff: &mut SourceReader) -> Option<Orientation> {
    const ORIENTATION: u16 = 0x0112;
    let mut tiff = Tiff::open(tiff)?;
    let first = tiff.first_directory()?;
    let value = tiff.find(first, |entry| entry.short(ORIENTATION))?;
    Some(Orientation::from_tag(value).unwrap_or(Orientation::AS_STORED))
}

/// Whether a TIFF structure, the content of an Exif block, says that the colours are those of Adobe RGB.
///
/// Cameras do so by the interoperability index R03 and a colour space that is not sRGB, some by the colour space 2, which
/// is not in the standard.
pub(super) fn names_adobe_rgb(tiff: &mut SourceReader) -> bool {
    const COLOUR_SPACE: u16 = 0xA001;
    const SRGB: u16 = 1;
    const ADOBE_RGB: u16 = 2;

    // Each pointer is followed once, so no loop of directories is.
    let mut names = || {
        let mut tiff = Tiff::open(tiff)?;
        let first = tiff.first_directory()?;
        let exif = tiff.find(first, |entry| entry.long(EXIF_DIRECTORY))?;
        match tiff.find(exif, |entry| entry.short(COLOUR_SPACE)) {
            Some(SRGB) => return None,
            Some(ADOBE_RGB) => return Some(true),
            _ => {}
        }
        let interoperability = tiff.find(exif, |entry| entry.long(INTEROPERABILITY_DIRECTORY))?;
        tiff.find(interoperability, |entry| entry.is_adobe_rgb().then_some(true))
    };
    names().unwrap_or(false)
}

/// Like [`orientation`], for a chunk of a PNG or WebP: some programs write the prefix of JPEG there as well.
pub(super) fn orientation_in_chunk(file: &mut SourceReader, data: Range<u64>) -> Option<Orientation> {
    file.part(data, |block| {
        skip_prefix(block);
        orientation(block)
    })
}

fn skip_prefix(block: &mut SourceReader) {
    let start = block.position();
    if block.array().is_none_or(|prefix: [u8; 6]| prefix != JPEG_PREFIX) {
        block.seek(start);
    }
}

/// A TIFF structure, whose offsets count from its start.
struct Tiff<'a> {
    source: &'a mut SourceReader,
    start: u64,
    order: ByteOrder,
}

impl<'a> Tiff<'a> {
    fn open(source: &'a mut SourceReader) -> Option<Self> {
        let start = source.position();
        let order = match &source.array()? {
            b"II\x2A\0" => ByteOrder::Little,
            b"MM\0\x2A" => ByteOrder::Big,
            _ => return None,
        };
        Some(Self { source, start, order })
    }

    /// Returns the offset of the first directory.
    fn first_directory(&mut self) -> Option<u32> {
        self.source.seek(self.start + 4);
        self.source.array().map(|offset| self.order.u32(offset))
    }

    /// Calls `read` with each entry of a directory, and returns the offset of the next one. `None` if it is cut off.
    fn entries(&mut self, directory: u32, mut read: impl FnMut(&Entry)) -> Option<u32> {
        self.source.seek(self.start + u64::from(directory));
        for _ in 0..self.order.u16(self.source.array()?) {
            read(&Entry { order: self.order, bytes: self.source.array()? });
        }
        // Some writers leave it out at the end of the block.
        Some(self.source.array().map_or(0, |offset| self.order.u32(offset)))
    }

    /// Returns the first thing that `wanted` finds in the entries of a directory.
    fn find<T>(&mut self, directory: u32, wanted: impl Fn(Entry) -> Option<T>) -> Option<T> {
        self.source.seek(self.start + u64::from(directory));
        for _ in 0..self.order.u16(self.source.array()?) {
            if let Some(found) = wanted(Entry { order: self.order, bytes: self.source.array()? }) {
                return Some(found);
            }
        }
        None
    }
}

/// An entry of a TIFF directory: tag, type, number of values, and the value or where it is.
struct Entry {
    order: ByteOrder,
    bytes: [u8; 12],
}

impl Entry {
    const ASCII: u16 = 2;
    const SHORT: u16 = 3;
    const LONG: u16 = 4;

    /// Returns the value of this tag, if it is a single SHORT.
    fn short(&self, tag: u16) -> Option<u16> {
        let [.., v0, v1, _, _] = self.bytes;
        self.is(tag, Self::SHORT, 1).then(|| self.order.u16([v0, v1]))
    }

    /// Returns the value of this tag, if it is a single LONG.
    fn long(&self, tag: u16) -> Option<u32> {
        let [.., v0, v1, v2, v3] = self.bytes;
        self.is(tag, Self::LONG, 1).then(|| self.order.u32([v0, v1, v2, v3]))
    }

    /// Whether it is the interoperability index of Adobe RGB.
    fn is_adobe_rgb(&self) -> bool {
        const INDEX: u16 = 1;
        self.is(INDEX, Self::ASCII, 4) && self.bytes.ends_with(b"R03\0")
    }

    fn is(&self, tag: u16, kind: u16, count: u32) -> bool {
        let [t0, t1, k0, k1, c0, c1, c2, c3, ..] = self.bytes;
        let read = (self.order.u16([t0, t1]), self.order.u16([k0, k1]), self.order.u32([c0, c1, c2, c3]));
        read == (tag, kind, count)
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
    fn the_orientation_is_a_single_short_among_other_tags() {
        assert_eq!(orientation(&little_endian(&[GPS, entry(3, 1, 6)])), Some(Orientation(6)));
        for other in [entry(4, 1, 8), entry(3, 2, 8), entry(3, 0, 8), entry(2, 1, 8), entry(1, 1, 8)] {
            assert_eq!(orientation(&little_endian(&[other])), None, "{other:?}");
            assert_eq!(orientation(&little_endian(&[other, entry(3, 1, 6)])), Some(Orientation(6)));
        }
    }

    #[test]
    fn the_first_orientation_decides_even_if_it_is_invalid() {
        for (value, read) in [(3, 3), (0, 1), (9, 1), (1, 1)] {
            let tiff = little_endian(&[entry(3, 1, value), entry(3, 1, 6)]);
            assert_eq!(orientation(&tiff), Some(Orientation(read)), "{value}");
        }
    }

    fn pointer(tag: u16, offset: u8) -> [u8; 12] {
        let [t0, t1] = tag.to_le_bytes();
        [t0, t1, 4, 0, 1, 0, 0, 0, offset, 0, 0, 0]
    }

    /// Directories that begin at bytes 8, 26 and 56.
    fn colour(space: Option<u16>, index: &[u8; 4]) -> bool {
        let space = match space.map(u16::to_le_bytes) {
            Some([v0, v1]) => [0x01, 0xA0, 3, 0, 1, 0, 0, 0, v0, v1, 0, 0],
            None => GPS,
        };
        let mut tiff = little_endian(&[pointer(0x8769, 26)]);
        tiff.extend([&[2, 0][..], &space, &pointer(0xA005, 56), &[0; 4]].concat());
        tiff.extend([&[1, 0, 1, 0, 2, 0, 4, 0, 0, 0][..], index, &[0; 4]].concat());
        names_adobe_rgb(&mut SourceReader::in_memory(tiff.into()))
    }

    #[test]
    fn adobe_rgb_is_named_by_the_interoperability_index_or_the_colour_space() {
        assert!(colour(Some(0xFFFF), b"R03\0"));
        assert!(colour(None, b"R03\0"));
        assert!(colour(Some(2), b"R98\0"));
        for (space, index) in [(Some(1), b"R03\0"), (Some(0xFFFF), b"R98\0"), (None, b"R98\0")] {
            assert!(!colour(space, index), "{space:?} {index:?}");
        }
    }

    #[test]
    fn pointers_that_lead_back_are_not_followed_for_ever() {
        let looped = little_endian(&[pointer(0x8769, 8), pointer(0xA005, 8)]);
        assert!(!names_adobe_rgb(&mut SourceReader::in_memory(looped.into())));
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
