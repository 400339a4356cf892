//! Base64 of an image that lies in pieces, chunk by chunk.

use crate::image::{Image, OpenFile, Piece};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::{Buf, Bytes};
use std::collections::VecDeque;

/// Raw bytes per chunk: a multiple of three, so that only the end of an image is padded.
const CHUNK: usize = 48 * 1024;

/// What is left of an image to encode.
pub(super) struct Base64 {
    pieces: VecDeque<Piece>,
    file: Option<OpenFile>,
}

impl Base64 {
    pub(super) fn of(image: &Image) -> Self {
        let file = image.file().and_then(|file| file.reopen().ok());
        Self { file, ..Self::of_pieces(image.pieces()) }
    }

    fn of_pieces(pieces: &[Piece]) -> Self {
        Self { pieces: pieces.iter().filter(|piece| piece.len() > 0).cloned().collect(), file: None }
    }

    /// Nothing at the end, and nothing either if the file is not what it was: the body then ends too early to be taken.
    pub(super) fn next_chunk(&mut self) -> Option<Bytes> {
        if let Piece::Bytes(first) = self.pieces.front()?
            && first.len() >= CHUNK
        {
            // The bulk of every photograph: encoded from where it lies.
            let text = STANDARD.encode(&first[..CHUNK]);
            self.drop_front(CHUNK);
            return Some(text.into());
        }
        let raw = self.gather()?;
        if self.pieces.is_empty()
            && let Some(file) = &self.file
        {
            file.still_unchanged().ok()?;
        }
        Some(STANDARD.encode(raw).into())
    }

    /// The next bytes, across pieces. Only the end of the image may break the groups of three.
    fn gather(&mut self) -> Option<Vec<u8>> {
        let mut raw = Vec::with_capacity(CHUNK);
        while let Some(piece) = self.pieces.front().filter(|_| raw.len() < CHUNK) {
            let taken = (CHUNK - raw.len()).min(usize::try_from(piece.len()).unwrap_or(CHUNK));
            match piece {
                Piece::Bytes(bytes) => raw.extend_from_slice(&bytes[..taken]),
                Piece::File(range) => {
                    let start = raw.len();
                    raw.resize(start + taken, 0);
                    self.file.as_mut()?.read_at(range.start, &mut raw[start..]).ok()?;
                }
            }
            self.drop_front(taken);
        }
        Some(raw)
    }

    fn drop_front(&mut self, count: usize) {
        if let Some(piece) = self.pieces.front_mut() {
            match piece {
                Piece::Bytes(bytes) => bytes.advance(count),
                Piece::File(range) => range.start += count as u64,
            }
            if piece.len() == 0 {
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
                let piece = |slice| Piece::Bytes(Bytes::copy_from_slice(slice));
                let pieces: Vec<Piece> = raw.chunks(step).map(piece).collect();
                let mut encoder = Base64::of_pieces(&pieces);
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
