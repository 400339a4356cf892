//! A file put together from slices of another, so that cleaning it never copies the picture.

use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// Bytes in several pieces. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Rope {
    pieces: Arc<[Bytes]>,
    length: u64,
}

impl Rope {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self::from_pieces([bytes])
    }

    pub(crate) fn from_pieces(pieces: impl IntoIterator<Item = Bytes>) -> Self {
        let pieces: Arc<[Bytes]> = pieces.into_iter().collect();
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        Self { pieces, length }
    }

    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    pub(crate) fn pieces(&self) -> &[Bytes] {
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
    range: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Original,
    Made,
}

impl Splice {
    /// Takes over a range of the original.
    pub(super) fn keep(&mut self, range: Range<usize>) {
        self.push(Source::Original, range);
    }

    /// Adds bytes of our own.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let start = self.made.len();
        self.made.extend_from_slice(bytes);
        self.push(Source::Made, start..self.made.len());
    }

    /// Adds another splice of the same original.
    pub(super) fn extend(&mut self, other: Self) {
        let shift = self.made.len();
        self.made.extend_from_slice(&other.made);
        for Part { source, range } in other.parts {
            match source {
                Source::Original => self.push(source, range),
                Source::Made => self.push(source, range.start + shift..range.end + shift),
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.range.len()).sum()
    }

    pub(super) fn into_rope(self, original: &Bytes) -> Rope {
        let made = Bytes::from(self.made);
        Rope::from_pieces(self.parts.into_iter().map(|Part { source, range }| match source {
            Source::Original => original.slice(range),
            Source::Made => made.slice(range),
        }))
    }

    fn push(&mut self, source: Source, range: Range<usize>) {
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
        assert_eq!(splice.len(), 7);
        let rope = splice.into_rope(&original);
        assert_eq!(rope.pieces(), [&b"0123"[..], b"5", b"ab"]);
        assert_eq!(rope.len(), 7);
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
        assert_eq!(head.into_rope(&original).pieces().concat(), b"head body 34!");
    }

    #[test]
    fn the_original_is_shared_not_copied() {
        let original = Bytes::from(vec![7; 1000]);
        let mut splice = Splice::default();
        splice.keep(10..990);
        let rope = splice.into_rope(&original);
        assert_eq!(rope.pieces()[0].as_ptr(), original[10..].as_ptr());
    }
}
