//! One chunk of a PNG: read with its checksum checked, and written.

use crate::image::original::Original;
use crate::image::rope::Splice;
use bytes::Bytes;
use std::ops::Range;

pub(super) struct Chunk {
    pub(super) kind: [u8; 4],
    /// The first bytes of the data: more than there can be of any chunk that is understood, and the longest name of a
    /// colour profile.
    pub(super) start: Bytes,
    /// The data in the file.
    pub(super) data: Range<u64>,
    /// The whole chunk in the file, from its length to its checksum.
    pub(super) place: Range<u64>,
}

/// What is wrong with a PNG.
pub(super) enum Malformed {
    Truncated,
    Damaged { at: u64, what: &'static str },
    Animated,
    Variant(&'static str),
}

impl Chunk {
    pub(super) fn read(file: &mut Original) -> Result<Self, Malformed> {
        let start = file.position();
        let length = file.array().map(u32::from_be_bytes).ok_or(Malformed::Truncated)?;
        if length > i32::MAX as u32 {
            return Err(Malformed::Damaged { at: start, what: "a chunk has an impossible length" });
        }
        let (chunk, is_intact) = Self::read_whole(file, start, length).ok_or(Malformed::Truncated)?;
        if !is_intact {
            return Err(Malformed::Damaged { at: start, what: "a checksum does not match" });
        }
        if !chunk.kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Malformed::Damaged { at: start, what: "a chunk's name is not four letters" });
        }
        Ok(chunk)
    }

    /// All that follows the length, and whether the checksum matches.
    fn read_whole(file: &mut Original, place: u64, length: u32) -> Option<(Self, bool)> {
        const START: u32 = 96;
        let kind = file.array()?;
        let data = file.position();
        let start = file.take(length.min(START) as usize)?;
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&kind);
        checksum.update(&start);
        file.show(length.saturating_sub(START).into(), |seen| checksum.update(seen))?;
        let data = data..file.position();
        let is_intact = checksum.finalize() == u32::from_be_bytes(file.array()?);
        Some((Self { kind, start, data, place: place..file.position() }, is_intact))
    }

    /// The length of the data.
    pub(super) fn length(&self) -> u64 {
        self.data.end - self.data.start
    }

    /// Whether decoders that do not know the chunk may pass over it.
    pub(super) fn is_ancillary(&self) -> bool {
        self.kind[0].is_ascii_lowercase()
    }

    pub(super) fn damage(&self, what: &'static str) -> Malformed {
        Malformed::Damaged { at: self.place.start, what }
    }
}

/// Writes a chunk. Its data begin with `start`, and go on with a range of the original.
pub(super) fn write(
    splice: &mut Splice,
    kind: [u8; 4],
    start: &[u8],
    rest: Range<u64>,
    original: &mut Original,
) {
    let rest_length = rest.end - rest.start;
    let length = start.len() as u64 + rest_length;
    let length = u32::try_from(length).expect("no longer than an image, which has at most 512 MiB");
    let mut checksum = crc32fast::Hasher::new();
    splice.write(&length.to_be_bytes());
    for part in [&kind, start] {
        checksum.update(part);
        splice.write(part);
    }
    // What cannot be read any more fails the walk as a whole.
    original.part(rest.clone(), |part| part.show(rest_length, |seen| checksum.update(seen)));
    splice.keep(rest);
    splice.write(&checksum.finalize().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::rope::Piece;

    fn written(kind: &[u8; 4], start: &[u8], rest: &'static [u8]) -> Vec<u8> {
        let mut splice = Splice::default();
        let mut original = Original::in_memory(Bytes::from_static(rest));
        write(&mut splice, *kind, start, 0..rest.len() as u64, &mut original);
        let rope = splice.into_rope(&original);
        let bytes = |piece: &Piece| match piece {
            Piece::Bytes(bytes) => bytes.clone(),
            Piece::File(_) => unreachable!("the original is in memory"),
        };
        rope.pieces().iter().map(bytes).collect::<Vec<_>>().concat()
    }

    fn read(bytes: &[u8]) -> Result<Chunk, Malformed> {
        Chunk::read(&mut Original::in_memory(Bytes::copy_from_slice(bytes)))
    }

    fn outcome(bytes: &[u8]) -> &'static str {
        match read(bytes) {
            Ok(_) => "read",
            Err(Malformed::Truncated) => "truncated",
            Err(Malformed::Damaged { what, .. }) => what,
            Err(Malformed::Animated | Malformed::Variant(_)) => unreachable!("a chunk alone cannot be these"),
        }
    }

    #[test]
    fn the_end_chunk_is_written_as_the_standard_prints_it() {
        assert_eq!(written(b"IEND", b"", b""), b"\0\0\0\0IEND\xAE\x42\x60\x82");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let chunk = read(&written(b"tEXt", b"he", b"llo")).ok().expect("a whole chunk");
        assert_eq!((&chunk.kind, &chunk.start[..]), (b"tEXt", &b"hello"[..]));
        assert_eq!((chunk.data.clone(), chunk.place.clone(), chunk.length()), (8..13, 0..17, 5));
        assert!(chunk.is_ancillary());
    }

    #[test]
    fn any_missing_byte_and_any_flipped_bit_is_found() {
        let bytes = written(b"tEXt", b"hello", b"");
        for length in 0..bytes.len() {
            assert_eq!(outcome(&bytes[..length]), "truncated");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(outcome(&flipped), "read", "bit {bit}");
        }
    }

    #[test]
    fn absurd_lengths_and_names_are_refused() {
        assert_eq!(outcome(b"\x80\0\0\0tEXt"), "a chunk has an impossible length");
        assert_eq!(outcome(b"\x7F\xFF\xFF\xFFtEXt"), "truncated");
        assert_eq!(outcome(&written(b"tE t", b"", b"")), "a chunk's name is not four letters");
    }
}
