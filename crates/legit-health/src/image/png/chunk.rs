//! The chunks of a PNG, read with their checksums checked, and written.

use crate::image::ImageError;
use crate::image::ImageFormat::Png;
use crate::image::segments::SegmentsBuilder;
use crate::image::source::SourceReader;
use bytes::Bytes;
use std::ops::Range;

pub(super) struct Chunk {
    pub(super) kind: [u8; 4],
    /// Whether the checksum matches. It always does for critical chunks, except PLTE, which not every image needs.
    pub(super) is_intact: bool,
    /// The first bytes of the data: all of any chunk that is parsed here, and the longest name of a colour profile.
    pub(super) start: Bytes,
    /// The data in the source.
    pub(super) data: Range<u64>,
    /// The whole chunk in the file, from its length to its checksum.
    pub(super) place: Range<u64>,
}

impl Chunk {
    pub(super) fn read(source: &mut SourceReader) -> Result<Self, ImageError> {
        let (place, end) = (source.position(), source.length());
        let truncated = || ImageError::truncated(Png, end);
        let (length, kind) = Self::read_header(source).ok_or_else(truncated)?;
        // All that matters of the end chunk is its name. Its length and checksum are those of an empty chunk, or wrong.
        let length = if &kind == b"IEND" { 0 } else { length };
        if length > i32::MAX as u32 {
            return Err(ImageError::damaged(Png, place, "chunk length above 2147483647"));
        }
        let (chunk, checksum) = Self::read_rest(source, place, kind, length).ok_or_else(truncated)?;
        chunk.check(checksum, source)?;
        Ok(chunk)
    }

    fn read_header(source: &mut SourceReader) -> Option<(u32, [u8; 4])> {
        Some((source.array().map(u32::from_be_bytes)?, source.array()?))
    }

    /// Reads data and checksum, and returns the checksum as well.
    fn read_rest(source: &mut SourceReader, place: u64, kind: [u8; 4], length: u32) -> Option<(Self, u32)> {
        const START: u32 = 96;
        let data = source.position();
        let start = source.take(length.min(START) as usize)?;
        let mut computed = crc32fast::Hasher::new();
        computed.update(&kind);
        computed.update(&start);
        source.visit(length.saturating_sub(START).into(), |bytes| computed.update(bytes))?;
        let data = data..source.position();
        let checksum = u32::from_be_bytes(source.array()?);
        let is_intact = computed.finalize() == checksum;
        Some((Self { kind, is_intact, start, data, place: place..source.position() }, checksum))
    }

    /// Rejects damage that can cost the picture. Decoders step over a chunk they need not understand, if its checksum is
    /// wrong or its name is.
    fn check(&self, checksum: u32, source: &mut SourceReader) -> Result<(), ImageError> {
        let is_name = self.kind.iter().all(u8::is_ascii_alphabetic);
        match (self.is_intact, is_name) {
            _ if &self.kind == b"IEND" => Ok(()),
            (true, true) => Ok(()),
            (true, false) if self.is_ancillary() => Ok(()),
            (true, false) => Err(self.damage("chunk type is not four letters")),
            // Image data whose name was damaged must not be taken for something else.
            (false, true) if checksum == checksum_of(*b"IDAT", self.data.clone(), source) => {
                Err(self.damage("checksum mismatch"))
            }
            (false, true) if self.is_ancillary() || &self.kind == b"PLTE" => Ok(()),
            (false, _) => Err(self.damage("checksum mismatch")),
        }
    }

    /// The length of the data.
    pub(super) fn length(&self) -> u64 {
        self.data.end - self.data.start
    }

    /// Whether decoders that do not know the chunk may ignore it.
    pub(super) fn is_ancillary(&self) -> bool {
        self.kind[0] & 0x20 != 0
    }

    pub(super) fn damage(&self, what: &str) -> ImageError {
        ImageError::damaged(Png, self.place.start, what)
    }
}

/// The checksum of a chunk of this kind with this data. A read error is reported by `SourceReader::finish`.
fn checksum_of(kind: [u8; 4], data: Range<u64>, source: &mut SourceReader) -> u32 {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(&kind);
    source.part(data.clone(), |part| part.visit(data.end - data.start, |bytes| checksum.update(bytes)));
    checksum.finalize()
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

/// Writes a chunk like [`write`] in place of one of the original.
pub(super) fn rewrite(
    output: &mut SegmentsBuilder,
    kind: [u8; 4],
    start: &[u8],
    rest: Range<u64>,
    source: &mut SourceReader,
) {
    const LENGTH_KIND_CHECKSUM: u64 = 12;
    write(output, kind, start, rest, source);
    output.rewrite(LENGTH_KIND_CHECKSUM);
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
        for kind in [b"IDAT", b"tEXt"] {
            let bytes = written(kind, b"hello", b"");
            for length in 0..bytes.len() {
                assert_eq!(rejection(&bytes[..length]).0, ImageErrorKind::Truncated);
            }
            for bit in 0..bytes.len() * 8 {
                let mut flipped = bytes.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                let is_tolerated = read(&flipped).is_ok_and(|chunk| chunk.is_intact || kind == b"IDAT");
                assert!(!is_tolerated, "bit {bit}");
            }
        }
    }

    fn with_wrong_checksum(kind: &[u8; 4]) -> Vec<u8> {
        let mut bytes = written(kind, b"hello", b"");
        *bytes.last_mut().unwrap() ^= 1;
        bytes
    }

    #[test]
    fn a_wrong_checksum_is_reported_of_chunks_that_may_be_ignored_only() {
        for kind in [b"tEXt", b"prVt", b"tRNS", b"text", b"PLTE"] {
            assert!(!read(&with_wrong_checksum(kind)).unwrap().is_intact);
        }
        for kind in [b"IDAT", b"IHDR", b"PrVt", b"te t", b"\0\0\0\0"] {
            assert_eq!(rejection(&with_wrong_checksum(kind)).0, ImageErrorKind::Damaged);
        }
    }

    #[test]
    fn image_data_under_a_damaged_name_are_not_taken_for_metadata() {
        for name in [b"iDAT", b"idat", b"tEXt", b"PLTE"] {
            let mut bytes = written(b"IDAT", b"hello", b"");
            bytes[4..8].copy_from_slice(name);
            assert_eq!(rejection(&bytes).0, ImageErrorKind::Damaged);
        }
    }

    #[test]
    fn a_name_of_other_characters_is_ignored_with_the_right_checksum_only() {
        assert_eq!(read(&written(b"s\x01IT", b"", b"")).unwrap().length(), 0);
        assert_eq!(rejection(&with_wrong_checksum(b"s\x01IT")).0, ImageErrorKind::Damaged);
        assert_eq!(rejection(&written(b"S\x01IT", b"", b"")).0, ImageErrorKind::Damaged);
    }

    #[test]
    fn the_end_chunk_is_found_by_its_name() {
        for bytes in [b"\0\0\0\0IEND\0\0\0\0", b"\xFF\xFF\xFF\xFFIEND\xAE\x42\x60\x82", b"\0\0\0\x03IENDJane"]
        {
            assert_eq!(read(bytes).unwrap().place, 0..12);
            assert_eq!(rejection(&bytes[..11]).0, ImageErrorKind::Truncated);
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
        assert_eq!(rejection(&written(b"TE t", b"", b"")), damaged("chunk type is not four letters"));
    }
}
