//! Reads a raw profile: an Exif block as hexadecimal text, which programs wrote before PNG had eXIf.

use super::chunk::Chunk;
use super::zlib;
use crate::image::exif::{self, ExifContent, Orientation};
use crate::image::source::SourceReader;

const KEYWORD: &[u8] = b"Raw profile type exif\0";

/// More than the digits of an Exif block, which had to fit a segment of a JPEG.
const LONGEST: usize = 256 * 1024;

/// Whether a tEXt or zTXt chunk holds the raw profile of an Exif block.
pub(super) fn is_exif(chunk: &Chunk) -> bool {
    chunk.start.starts_with(KEYWORD)
}

/// Returns the orientation in such a chunk, if it has a valid one, and what its tags are about. It is inflated for that.
pub(super) fn parse(chunk: &Chunk, source: &mut SourceReader) -> (Option<Orientation>, Vec<ExifContent>) {
    let block = read(chunk, source).unwrap_or_default();
    let length = block.len() as u64;
    let mut block = SourceReader::in_memory(block.into());
    (exif::orientation_in_chunk(&mut block, 0..length), exif::contents(&mut block, 0..length))
}

/// Returns the Exif block in such a chunk.
fn read(chunk: &Chunk, source: &mut SourceReader) -> Option<Vec<u8>> {
    const DEFLATE: u8 = 0;
    let text = chunk.data.start + KEYWORD.len() as u64..chunk.data.end;
    let is_compressed = &chunk.kind == b"zTXt";
    let text = source.part(text.clone(), |source| {
        if is_compressed {
            source.byte().filter(|method| *method == DEFLATE)?;
            zlib::inflate(source, LONGEST).map(|inflated| inflated.bytes.into())
        } else {
            source.take(usize::try_from(text.end - text.start).ok().filter(|length| *length <= LONGEST)?)
        }
    })?;
    block(&text)
}

/// The bytes whose digits follow three lines: an empty one, the kind of profile, and its length.
fn block(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.splitn(4, |byte| *byte == b'\n').nth(3)?;
    let digits: Vec<u8> = digits.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    digits.chunks_exact(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_after_three_lines_are_the_block() {
        assert_eq!(block(b"\nexif\n       4\n45 78\n69\n66\n"), Some(b"Exif".to_vec()));
        assert_eq!(block(b"\nexif\n       0\n"), Some(vec![]));
    }

    #[test]
    fn other_text_is_no_block() {
        for text in [&b""[..], b"\nexif\n4", b"\nexif\n4\n4x", b"\nexif\n4\n+4", "\n\n\n\u{E9}".as_bytes()] {
            assert_eq!(block(text), None, "{text:?}");
        }
    }
}
