//! The file as it was given, gone through from front to back: in memory, or through a window on the disk.

use super::ImageError;
use super::file::Window;
use super::rope::Piece;
use bytes::Bytes;
use std::ops::Range;

/// What is not there and what cannot be read are both nothing here. A walk need not tell them apart, because whoever
/// starts one [concludes](Self::conclude) it, whatever it came to.
pub(super) struct Original {
    source: Source,
    length: u64,
    at: u64,
    /// Where reading ends: with the file, or with the part of it that is looked at.
    end: u64,
}

enum Source {
    Memory(Bytes),
    File(Window),
}

impl Original {
    pub(super) fn in_memory(bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        Self { source: Source::Memory(bytes), length, at: 0, end: length }
    }

    pub(super) fn behind(window: Window) -> Self {
        let length = window.file_length();
        Self { source: Source::File(window), length, at: 0, end: length }
    }

    /// Length of the whole file, whatever part of it is looked at.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn position(&self) -> u64 {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.end
    }

    /// Whether all that was asked for could be read, and the file is still the one that was opened.
    pub(super) fn conclude(&mut self) -> Result<(), ImageError> {
        match &mut self.source {
            Source::Memory(_) => Ok(()),
            Source::File(window) => window.conclude(),
        }
    }

    /// Goes on at `at`; beyond the end nothing is left to read.
    pub(super) fn move_to(&mut self, at: u64) {
        self.at = at.min(self.end);
    }

    /// Looks at this part as if the file were nothing else, and then goes on as before.
    pub(super) fn part<T>(&mut self, part: Range<u64>, look: impl FnOnce(&mut Self) -> T) -> T {
        let (at, end) = (self.at, self.end);
        self.end = part.end.min(end);
        self.move_to(part.start);
        let seen = look(self);
        (self.at, self.end) = (at, end);
        seen
    }

    /// As many of the bytes that come next as can be seen at once: all of them in memory, some of them in a file. None
    /// at the end.
    pub(super) fn window(&mut self) -> &[u8] {
        match &mut self.source {
            Source::Memory(bytes) => &bytes[self.at as usize..self.end as usize],
            Source::File(window) => window.onto(self.at..self.end),
        }
    }

    /// Goes past the next `count` bytes, or nowhere if fewer are left. They are not read.
    pub(super) fn skip(&mut self, count: u64) -> Option<Range<u64>> {
        let start = self.at;
        self.at = start.checked_add(count).filter(|end| *end <= self.end)?;
        Some(start..self.at)
    }

    /// Shows the next `count` bytes window by window, or none of them if fewer are left.
    pub(super) fn show(&mut self, count: u64, mut see: impl FnMut(&[u8])) -> Option<Range<u64>> {
        let start = self.at;
        let range = start..start.checked_add(count).filter(|end| *end <= self.end)?;
        self.part(range.clone(), |part| {
            while !part.is_at_end() {
                let seen = part.window();
                let length = seen.len() as u64;
                if length == 0 {
                    return None;
                }
                see(seen);
                part.at += length;
            }
            Some(())
        })?;
        self.at = range.end;
        Some(range)
    }

    /// The next `count` bytes, which are held in memory: for what is short.
    pub(super) fn take(&mut self, count: usize) -> Option<Bytes> {
        let range = self.at..self.at.checked_add(count as u64).filter(|end| *end <= self.end)?;
        if let Source::Memory(bytes) = &self.source {
            self.at = range.end;
            return Some(bytes.slice(range.start as usize..range.end as usize));
        }
        let mut taken = vec![0; count];
        self.fill(&mut taken).map(|()| taken.into())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        if let Some(seen) = self.window().first_chunk() {
            array = *seen;
            self.at += N as u64;
        } else {
            self.fill(&mut array)?;
        }
        Some(array)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.window().first()?;
        self.at += 1;
        Some(byte)
    }

    /// The bytes of a range, for whoever sends them: a slice of the memory, or the range itself.
    pub(super) fn piece(&self, range: Range<u64>) -> Piece {
        match &self.source {
            Source::Memory(bytes) => Piece::Bytes(bytes.slice(range.start as usize..range.end as usize)),
            Source::File(_) => Piece::File(range),
        }
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Option<()> {
        let mut unfilled = buffer;
        self.show(unfilled.len() as u64, |seen| {
            let (filled, rest) = std::mem::take(&mut unfilled).split_at_mut(seen.len());
            filled.copy_from_slice(seen);
            unfilled = rest;
        })
        .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::file::OpenFile;
    use std::io::Write;

    /// The same bytes from memory and through windows of several sizes.
    fn each(bytes: &'static [u8], check: impl Fn(Original)) {
        check(Original::in_memory(Bytes::from_static(bytes)));
        for size in [1, 2, 3, 5, 100] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(bytes).unwrap();
            check(Original::behind(Window::new(OpenFile::open(file.path()).unwrap(), size)));
        }
    }

    #[test]
    fn what_is_not_there_is_not_taken() {
        each(b"abcd", |mut file| {
            file.move_to(1);
            assert_eq!(file.take(4), None);
            assert_eq!(file.array::<4>(), None);
            assert_eq!(file.skip(4), None);
            assert_eq!(file.show(4, |_| panic!("nothing is shown of too little")), None);
            assert_eq!(file.array(), Some(*b"bc"));
            assert_eq!(file.skip(1), Some(3..4));
            assert_eq!((file.byte(), file.is_at_end()), (None, true));
            assert_eq!((file.take(usize::MAX), file.skip(u64::MAX)), (None, None));
            file.move_to(u64::MAX);
            assert_eq!((file.position(), file.window()), (4, &b""[..]));
            assert!(file.conclude().is_ok());
        });
    }

    #[test]
    fn whatever_the_window_all_of_it_is_seen() {
        each(b"0123456789", |mut file| {
            assert_eq!(file.take(7).as_deref(), Some(&b"0123456"[..]));
            file.move_to(1);
            let mut seen = Vec::new();
            assert_eq!(file.show(8, |window| seen.extend_from_slice(window)), Some(1..9));
            assert_eq!((&seen[..], file.position()), (&b"12345678"[..], 9));
            file.move_to(0);
            assert_eq!(std::iter::from_fn(|| file.byte()).collect::<Vec<u8>>(), b"0123456789");
        });
    }

    #[test]
    fn a_part_ends_where_it_ends_and_leaves_the_place() {
        each(b"0123456789", |mut file| {
            file.move_to(8);
            let seen = file.part(2..5, |part| {
                assert_eq!(part.take(4), None);
                (part.take(3), part.byte(), part.length())
            });
            assert_eq!(seen, (Some(Bytes::from_static(b"234")), None, 10));
            assert_eq!((file.array(), file.byte()), (Some(*b"89"), None));
        });
    }
}
