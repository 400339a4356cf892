//! Base64 of an image that lies in pieces, chunk by chunk.

use super::Buffers;
use crate::image::{Image, ImageError, ImageFile, OpenFile, Piece, Rope};
use base64_simd::STANDARD;
use bytes::Bytes;
use std::sync::Arc;

/// The text of a chunk, or of a read from a file: little enough for the processor's cache.
const TEXT: usize = 64 * 1024;

/// Reads that make a chunk of an image in a file: handing a chunk from thread to thread costs as much as encoding one.
const READS: usize = 4;

/// What is left of an image to encode.
pub(super) struct Encoder {
    rope: Rope,
    left: u64,
    /// The piece that comes next, and how much of it is done.
    piece: usize,
    done: u64,
    file: Option<Reading>,
    buffers: Buffers,
}

/// Base64 writes four characters for three bytes.
const fn raw(text: usize) -> usize {
    text / 4 * 3
}

impl Encoder {
    pub(super) fn of(image: &Image, buffers: Buffers) -> Self {
        let file = image.file().map(|file| Reading { file: file.clone(), open: None, room: Vec::new() });
        Self { file, ..Self::of_rope(image.rope().clone(), buffers) }
    }

    fn of_rope(rope: Rope, buffers: Buffers) -> Self {
        let left = rope.len();
        Self { rope, left, piece: 0, done: 0, file: None, buffers }
    }

    /// Whether making a chunk may wait for a disk.
    pub(super) fn may_wait(&self) -> bool {
        self.file.is_some()
    }

    pub(super) fn next_chunk(&mut self) -> Result<Option<Bytes>, ImageError> {
        if self.left == 0 {
            return Ok(None);
        }
        let size = if self.may_wait() { READS * TEXT } else { TEXT };
        let mut text = self.buffers.lend(size);
        while self.left > 0 && text.len() < size {
            self.encode(raw(size - text.len()), &mut text)?;
        }
        if self.left == 0
            && let Some(file) = &self.file
        {
            // Before the end of the body is out of hand.
            file.still_unchanged()?;
        }
        Ok(Some(self.buffers.freeze(text)))
    }

    /// Encodes some of the next bytes, from where they lie. Only the end of the image may break the groups of three.
    fn encode(&mut self, most: usize, text: &mut Vec<u8>) -> Result<(), ImageError> {
        let piece = &self.rope.pieces()[self.piece];
        let here = (piece.len() - self.done).min(most as u64);
        let count = if here == self.left { here } else { here / 3 * 3 } as usize;
        if count == 0 {
            return self.encode_group(text);
        }
        match (piece, &mut self.file) {
            (Piece::Bytes(bytes), _) => {
                STANDARD.encode_append(&bytes[self.done as usize..][..count], text);
                self.pass(count);
            }
            (Piece::File(range), Some(file)) => {
                let count = count.min(raw(TEXT));
                STANDARD.encode_append(file.read(range.start + self.done, count)?, text);
                self.pass(count);
            }
            (Piece::File(_), None) => unreachable!("only an image with a file has ranges of one"),
        }
        Ok(())
    }

    /// Encodes one group, whose bytes belong to several pieces.
    fn encode_group(&mut self, text: &mut Vec<u8>) -> Result<(), ImageError> {
        let mut group = Vec::with_capacity(3);
        while group.len() < 3 && self.left > 0 {
            let piece = &self.rope.pieces()[self.piece];
            match (piece, &mut self.file) {
                (Piece::Bytes(bytes), _) => group.push(bytes[self.done as usize]),
                (Piece::File(range), Some(file)) => {
                    group.extend_from_slice(file.read(range.start + self.done, 1)?);
                }
                (Piece::File(_), None) => unreachable!("only an image with a file has ranges of one"),
            }
            self.pass(1);
        }
        STANDARD.encode_append(&group, text);
        Ok(())
    }

    fn pass(&mut self, count: usize) {
        self.left -= count as u64;
        self.done += count as u64;
        if self.done == self.rope.pieces()[self.piece].len() {
            self.piece += 1;
            self.done = 0;
        }
    }
}

/// The file of an image, opened when its first byte is wanted.
struct Reading {
    file: Arc<ImageFile>,
    open: Option<OpenFile>,
    room: Vec<u8>,
}

impl Reading {
    fn read(&mut self, at: u64, count: usize) -> Result<&[u8], ImageError> {
        let open = match &mut self.open {
            Some(open) => open,
            closed => closed.insert(self.file.reopen()?),
        };
        if self.room.len() < count {
            self.room.resize(count, 0);
        }
        let room = &mut self.room[..count];
        open.read_at(at, room)?;
        Ok(room)
    }

    fn still_unchanged(&self) -> Result<(), ImageError> {
        self.open.as_ref().map_or(Ok(()), OpenFile::still_unchanged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[test]
    fn any_cut_into_pieces_gives_the_same_text() {
        const CHUNK: usize = raw(TEXT);
        let raw: Vec<u8> = (0..3 * CHUNK + 5).map(|n| (n * 31 % 251) as u8).collect();
        for length in [0, 1, 2, 3, 4, CHUNK - 1, CHUNK, CHUNK + 1, raw.len()] {
            for step in [1, 2, 3, 7, 1000, CHUNK, raw.len()] {
                let raw = &raw[..length];
                if step < 7 && length > CHUNK {
                    continue;
                }
                let reference = base64::engine::general_purpose::STANDARD.encode(raw);
                let pieces = raw.chunks(step).map(|slice| Piece::Bytes(Bytes::copy_from_slice(slice)));
                let mut encoder = Encoder::of_rope(Rope::from_pieces(pieces), Buffers::default());
                let chunks: Vec<Bytes> = std::iter::from_fn(|| encoder.next_chunk().unwrap()).collect();
                assert_eq!(chunks.concat(), reference.as_bytes(), "{length} bytes, pieces of {step}");
                assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= TEXT));
            }
        }
    }
}
