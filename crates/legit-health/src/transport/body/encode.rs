//! Base64 of an image that lies in pieces, chunk by chunk.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Buf, Bytes};
use std::collections::VecDeque;

/// Raw bytes per chunk: a multiple of three, so that only the end of an image is padded.
const CHUNK: usize = 48 * 1024;

/// What is left of an image to encode.
pub(super) struct Base64 {
    pieces: VecDeque<Bytes>,
}

impl Base64 {
    pub(super) fn of(pieces: &[Bytes]) -> Self {
        Self { pieces: pieces.iter().filter(|piece| !piece.is_empty()).cloned().collect() }
    }

    pub(super) fn next_chunk(&mut self) -> Option<Bytes> {
        let first = self.pieces.front_mut()?;
        if first.len() >= CHUNK {
            // The bulk of every photograph: encoded from where it lies.
            let text = STANDARD.encode(&first[..CHUNK]);
            self.drop_front(CHUNK);
            return Some(text.into());
        }
        Some(STANDARD.encode(self.gather()).into())
    }

    /// The next bytes, across pieces. Only the end of the image may break the groups of three.
    fn gather(&mut self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(CHUNK);
        while let Some(piece) = self.pieces.front().filter(|_| raw.len() < CHUNK) {
            let taken = piece.len().min(CHUNK - raw.len());
            raw.extend_from_slice(&piece[..taken]);
            self.drop_front(taken);
        }
        raw
    }

    fn drop_front(&mut self, count: usize) {
        if let Some(piece) = self.pieces.front_mut() {
            piece.advance(count);
            if piece.is_empty() {
                self.pieces.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_into_pieces_gives_the_same_text() {
        let raw: Vec<u8> = (0..3 * CHUNK + 5).map(|n| (n * 31 % 251) as u8).collect();
        for length in [0, 1, 2, 3, 4, CHUNK - 1, CHUNK, CHUNK + 1, raw.len()] {
            for step in [1, 2, 3, 7, 1000, CHUNK, raw.len()] {
                let raw = &raw[..length];
                if step < 7 && length > CHUNK {
                    continue;
                }
                let pieces: Vec<Bytes> = raw.chunks(step).map(Bytes::copy_from_slice).collect();
                let mut encoder = Base64::of(&pieces);
                let chunks: Vec<Bytes> = std::iter::from_fn(|| encoder.next_chunk()).collect();
                assert_eq!(
                    chunks.concat(),
                    STANDARD.encode(raw).as_bytes(),
                    "{length} bytes, pieces of {step}"
                );
                assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= CHUNK / 3 * 4));
            }
        }
    }
}
