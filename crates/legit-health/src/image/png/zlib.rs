//! The short zlib streams of a PNG: its colour profile and its text. Never the image data.

use crate::image::source::SourceReader;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::io::Write;

pub(super) struct Inflated {
    pub(super) bytes: Vec<u8>,
    /// Where the stream ends in the source. What follows it belongs to nothing.
    pub(super) end: u64,
}

/// Inflates a whole stream of at most `limit` bytes; `None` if it is longer, damaged or truncated.
pub(super) fn inflate(source: &mut SourceReader, limit: usize) -> Option<Inflated> {
    const PIECE: usize = 16 * 1024;
    const HAS_ZLIB_HEADER: bool = true;
    let mut inflater = Decompress::new(HAS_ZLIB_HEADER);
    let mut bytes = Vec::new();
    loop {
        bytes.reserve(PIECE);
        let (consumed, produced) = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress_vec(source.window(), &mut bytes, FlushDecompress::None).ok()?;
        source.skip(inflater.total_in() - consumed)?;
        let is_stuck = inflater.total_in() == consumed && inflater.total_out() == produced;
        match status {
            _ if bytes.len() > limit => return None,
            Status::StreamEnd => return Some(Inflated { bytes, end: source.position() }),
            Status::Ok | Status::BufError if is_stuck => return None,
            Status::Ok | Status::BufError => {}
        }
    }
}

/// Appends a stream of these bytes.
pub(super) fn deflate(output: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(output, Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        deflate(Vec::new(), bytes)
    }

    fn inflated(stream: &[u8], limit: usize) -> Option<(Vec<u8>, u64)> {
        let mut source = SourceReader::in_memory(Bytes::copy_from_slice(stream));
        inflate(&mut source, limit).map(|inflated| (inflated.bytes, inflated.end))
    }

    #[test]
    fn a_stream_ends_where_it_says() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n.wrapping_mul(n) as u8).collect();
        let stream = deflated(&bytes);
        let end = stream.len() as u64;
        assert_eq!(inflated(&stream, 100_000), Some((bytes.clone(), end)));
        assert_eq!(inflated(&[&stream[..], b"tail"].concat(), 100_000), Some((bytes, end)));
        assert_eq!(inflated(&deflated(b""), 0), Some((vec![], 8)));
    }

    #[test]
    fn a_stream_beyond_the_limit_is_given_up() {
        assert_eq!(inflated(&deflated(&vec![7; 100_000]), 99_999), None);
        // A bomb is given up long before its end.
        assert_eq!(inflated(&deflated(&vec![0; 5_000_000]), 1000), None);
    }

    #[test]
    fn truncated_and_damaged_streams_are_not_inflated() {
        let stream = deflated(b"a text of some length, of some length");
        assert!((0..stream.len()).all(|length| inflated(&stream[..length], 1000).is_none()));
        let mut damaged = stream.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(inflated(&damaged, 1000), None);
    }
}
