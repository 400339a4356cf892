//! A file put together from ranges of another, so that cleaning it never copies the picture.

use super::original::Original;
use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// Bytes in several pieces, none of them empty. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Rope {
    pieces: Arc<[Piece]>,
    length: u64,
}

/// A part of what is sent.
#[derive(Clone)]
pub(crate) enum Piece {
    /// A few bytes of our own, or a slice of the original that is in memory.
    Bytes(Bytes),
    /// A range of the original's file.
    File(Range<u64>),
}

impl Piece {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(range) => range.end - range.start,
        }
    }
}

impl Rope {
    pub(super) fn whole(piece: Piece) -> Self {
        Self::from_pieces([piece])
    }

    pub(crate) fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let pieces: Arc<[Piece]> = pieces.into_iter().filter(|piece| piece.len() > 0).collect();
        let length = pieces.iter().map(Piece::len).sum();
        Self { pieces, length }
    }

    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

/// A rope in the making: ranges of the original and bytes of our own. Neighbours are joined, so an image that needs
/// no cleaning stays one piece however many segments it has.
#[derive(Default)]
pub(super) struct Splice {
    parts: Vec<Part>,
    made: Vec<u8>,
}

struct Part {
    source: Source,
    range: Range<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Original,
    Made,
}

impl Splice {
    /// Takes over a range of the original.
    pub(super) fn keep(&mut self, range: Range<u64>) {
        self.push(Source::Original, range);
    }

    /// Adds bytes of our own.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let start = self.made.len() as u64;
        self.made.extend_from_slice(bytes);
        self.push(Source::Made, start..self.made.len() as u64);
    }

    /// Adds another splice of the same original.
    pub(super) fn extend(&mut self, other: Self) {
        let shift = self.made.len() as u64;
        self.made.extend_from_slice(&other.made);
        for Part { source, range } in other.parts {
            match source {
                Source::Original => self.push(source, range),
                Source::Made => self.push(source, range.start + shift..range.end + shift),
            }
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.parts.iter().map(|part| part.range.end - part.range.start).sum()
    }

    /// How many pieces it has come to so far.
    pub(super) fn pieces(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn into_rope(self, original: &Original) -> Rope {
        let made = Bytes::from(self.made);
        Rope::from_pieces(self.parts.into_iter().map(|Part { source, range }| match source {
            Source::Original => original.piece(range),
            Source::Made => Piece::Bytes(made.slice(range.start as usize..range.end as usize)),
        }))
    }

    fn push(&mut self, source: Source, range: Range<u64>) {
        match self.parts.last_mut() {
            _ if range.is_empty() => {}
            Some(last) if last.source == source && last.range.end == range.start => {
                last.range.end = range.end
            }
            _ => self.parts.push(Part { source, range }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(splice: Splice, original: &Bytes) -> Vec<Bytes> {
        let rope = splice.into_rope(&Original::in_memory(original.clone()));
        let in_memory = |piece: &Piece| match piece {
            Piece::Bytes(bytes) => bytes.clone(),
            Piece::File(_) => unreachable!("the original is in memory"),
        };
        let pieces: Vec<Bytes> = rope.pieces().iter().map(in_memory).collect();
        assert_eq!(rope.len(), pieces.concat().len() as u64);
        pieces
    }

    #[test]
    fn neighbours_become_one_piece_and_strangers_do_not() {
        let original = Bytes::from_static(b"0123456789");
        let mut splice = Splice::default();
        splice.keep(0..2);
        splice.keep(2..4);
        splice.keep(5..6);
        splice.write(b"a");
        splice.write(b"");
        splice.write(b"b");
        splice.keep(6..6);
        assert_eq!((splice.len(), splice.pieces()), (7, 3));
        assert_eq!(spliced(splice, &original), [&b"0123"[..], b"5", b"ab"]);
    }

    #[test]
    fn an_extended_splice_keeps_both_halves() {
        let original = Bytes::from_static(b"0123456789");
        let mut head = Splice::default();
        head.write(b"head ");
        let mut body = Splice::default();
        body.write(b"body ");
        body.keep(3..5);
        body.write(b"!");
        head.extend(body);
        assert_eq!(spliced(head, &original).concat(), b"head body 34!");
    }

    #[test]
    fn the_original_is_shared_not_copied() {
        let original = Bytes::from(vec![7; 1000]);
        let mut splice = Splice::default();
        splice.keep(10..990);
        assert_eq!(spliced(splice, &original)[0].as_ptr(), original[10..].as_ptr());
    }
}
