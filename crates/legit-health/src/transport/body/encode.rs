//! Base64 of an image that lies in pieces, chunk by chunk.

use super::Buffers;
use crate::image::{ImageError, Rope};
use base64_simd::STANDARD;
use bytes::Bytes;

/// Raw bytes per chunk: few enough for the processor's cache, and a multiple of three, so that only the end of an image
/// is padded.
const CHUNK: usize = 48 * 1024;

/// What is left of an image to encode.
pub(super) struct Encoder {
    rope: Rope,
    left: usize,
    /// The piece that comes next, and how much of it is done.
    piece: usize,
    done: usize,
    /// Room for a chunk whose bytes do not lie together.
    raw: Vec<u8>,
    buffers: Buffers,
}

impl Encoder {
    pub(super) fn of(rope: Rope, buffers: Buffers) -> Self {
        let left = usize::try_from(rope.len()).expect("no longer than `Image::MAX_BYTES`");
        Self { rope, left, piece: 0, done: 0, raw: Vec::new(), buffers }
    }

    /// Whether making a chunk may wait for a disk.
    pub(super) fn may_wait(&self) -> bool {
        false
    }

    pub(super) fn next_chunk(&mut self) -> Result<Option<Bytes>, ImageError> {
        let size = self.left.min(CHUNK);
        if size == 0 {
            return Ok(None);
        }
        self.left -= size;
        let mut text = self.buffers.lend(CHUNK / 3 * 4);
        match self.rope.pieces()[self.piece].get(self.done..self.done + size) {
            // The bulk of every photograph: encoded from where it lies.
            Some(raw) => {
                STANDARD.encode_append(raw, &mut text);
                self.done += size;
            }
            None => STANDARD.encode_append(self.gather(size), &mut text),
        }
        Ok(Some(self.buffers.freeze(text)))
    }

    /// The next bytes, across pieces.
    fn gather(&mut self, size: usize) -> &[u8] {
        self.raw.clear();
        while self.raw.len() < size {
            let piece = &self.rope.pieces()[self.piece];
            let taken = (piece.len() - self.done).min(size - self.raw.len());
            self.raw.extend_from_slice(&piece[self.done..][..taken]);
            self.done += taken;
            if self.done == piece.len() {
                self.piece += 1;
                self.done = 0;
            }
        }
        &self.raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[test]
    fn any_cut_into_pieces_gives_the_same_text() {
        let raw: Vec<u8> = (0..3 * CHUNK + 5).map(|n| (n * 31 % 251) as u8).collect();
        for length in [0, 1, 2, 3, 4, CHUNK - 1, CHUNK, CHUNK + 1, raw.len()] {
            for step in [1, 2, 3, 7, 1000, CHUNK, raw.len()] {
                let raw = &raw[..length];
                if step < 7 && length > CHUNK {
                    continue;
                }
                let reference = base64::engine::general_purpose::STANDARD.encode(raw);
                let pieces: Vec<Bytes> = raw.chunks(step).map(Bytes::copy_from_slice).collect();
                let mut encoder = Encoder::of(Rope::from_pieces(pieces), Buffers::default());
                let chunks: Vec<Bytes> = std::iter::from_fn(|| encoder.next_chunk().unwrap()).collect();
                assert_eq!(chunks.concat(), reference.as_bytes(), "{length} bytes, pieces of {step}");
                assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= CHUNK / 3 * 4));
            }
        }
    }
}
