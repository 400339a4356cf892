//! Reads forward through a few bytes that may end anywhere.

pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// The next `count` bytes, or nothing (and no movement) if fewer are left.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
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
        let mut reader = Reader::new(b"bcd");
        assert_eq!(reader.take(4), None);
        assert_eq!(reader.array(), Some(*b"bc"));
        assert_eq!((reader.byte(), reader.byte(), reader.is_at_end()), (Some(b'd'), None, true));
        assert_eq!(reader.take(usize::MAX), None);
    }
}
