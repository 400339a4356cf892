//! One chunk of a PNG: read with its checksum checked, and written.

use crate::image::reader::Reader;
use crate::image::rope::Splice;
use std::ops::Range;

pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    pub(super) data: &'a [u8],
    /// The whole chunk in the file, from its length to its checksum.
    pub(super) place: Range<usize>,
}

/// What is wrong with a PNG.
pub(super) enum Malformed {
    Truncated,
    Damaged { at: usize, what: &'static str },
    Animated,
    Variant(&'static str),
}

impl<'a> Chunk<'a> {
    pub(super) fn read(file: &mut Reader<'a>) -> Result<Self, Malformed> {
        let start = file.position();
        let length = file.array().map(u32::from_be_bytes).ok_or(Malformed::Truncated)?;
        if length > i32::MAX as u32 {
            return Err(Malformed::Damaged { at: start, what: "a chunk has an impossible length" });
        }
        let length = usize::try_from(length).map_err(|_| Malformed::Truncated)?;
        let checked = file.take(4 + length).ok_or(Malformed::Truncated)?;
        let checksum = file.array().map(u32::from_be_bytes).ok_or(Malformed::Truncated)?;
        if crc32fast::hash(checked) != checksum {
            return Err(Malformed::Damaged { at: start, what: "a checksum does not match" });
        }
        match checked.split_first_chunk() {
            Some((&kind, data)) if kind.iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self { kind, data, place: start..file.position() })
            }
            _ => Err(Malformed::Damaged { at: start, what: "a chunk's name is not four letters" }),
        }
    }

    /// Whether decoders that do not know the chunk may pass over it.
    pub(super) fn is_ancillary(&self) -> bool {
        self.kind[0].is_ascii_lowercase()
    }

    pub(super) fn damage(&self, what: &'static str) -> Malformed {
        Malformed::Damaged { at: self.place.start, what }
    }
}

pub(super) fn write(splice: &mut Splice, kind: [u8; 4], data: &[&[u8]]) {
    let length: usize = data.iter().map(|part| part.len()).sum();
    let length = u32::try_from(length).expect("no longer than an image, which has at most 512 MiB");
    let mut checksum = crc32fast::Hasher::new();
    splice.write(&length.to_be_bytes());
    for part in [&[&kind[..]], data].concat() {
        checksum.update(part);
        splice.write(part);
    }
    splice.write(&checksum.finalize().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn written(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut splice = Splice::default();
        write(&mut splice, *kind, &[data]);
        splice.into_rope(&Bytes::new()).pieces().concat()
    }

    fn outcome(bytes: &[u8]) -> &'static str {
        match Chunk::read(&mut Reader::starting_at(bytes, 0)) {
            Ok(_) => "read",
            Err(Malformed::Truncated) => "truncated",
            Err(Malformed::Damaged { what, .. }) => what,
            Err(Malformed::Animated | Malformed::Variant(_)) => unreachable!("a chunk alone cannot be these"),
        }
    }

    #[test]
    fn the_end_chunk_is_written_as_the_standard_prints_it() {
        assert_eq!(written(b"IEND", b""), b"\0\0\0\0IEND\xAE\x42\x60\x82");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let bytes = written(b"tEXt", b"hello");
        let chunk = Chunk::read(&mut Reader::starting_at(&bytes, 0)).ok().expect("a whole chunk");
        assert_eq!((&chunk.kind, chunk.data, chunk.place.clone()), (b"tEXt", &b"hello"[..], 0..17));
        assert!(chunk.is_ancillary());
    }

    #[test]
    fn any_missing_byte_and_any_flipped_bit_is_found() {
        let bytes = written(b"tEXt", b"hello");
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
        assert_eq!(outcome(&written(b"tE t", b"")), "a chunk's name is not four letters");
    }
}
