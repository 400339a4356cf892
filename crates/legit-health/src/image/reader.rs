//! Reads forward through bytes that may end anywhere.

use std::ops::Range;

#[derive(Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at `at`; beyond the end nothing is left to read.
    pub(super) fn starting_at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()) }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// The next `count` bytes, or nothing (and no movement) if fewer are left.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.rest().get(..count)?;
        self.at += count;
        Some(taken)
    }

    /// Like [`take`](Self::take), as positions in the bytes.
    pub(super) fn take_range(&mut self, count: usize) -> Option<Range<usize>> {
        let start = self.at;
        self.take(count).map(|_| start..self.at)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_not_taken() {
        let mut reader = Reader::starting_at(b"abcd", 1);
        assert_eq!(reader.take(4), None);
        assert_eq!(reader.array(), Some(*b"bc"));
        assert_eq!(reader.take_range(1), Some(3..4));
        assert_eq!((reader.byte(), reader.is_at_end()), (None, true));
        assert_eq!(reader.take(usize::MAX), None);
    }

    #[test]
    fn a_start_beyond_the_end_leaves_nothing() {
        assert!(Reader::starting_at(b"abcd", usize::MAX).is_at_end());
    }
}
