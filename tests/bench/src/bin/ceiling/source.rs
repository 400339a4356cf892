//! An image that was walked, and its bytes in order.

use crate::walk;
use bytes::Bytes;
use std::fs::File;
use std::io::{BufReader, Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// From where an image is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Source {
    /// The file is read once, whole.
    Memory,
    /// The file is read twice, in pieces: to walk it, and to send it.
    File,
}

/// What is left to send of an image.
pub(crate) struct Prepared {
    bytes: From,
    /// Backwards, so that the next is the last.
    ranges: Vec<Range<u64>>,
}

enum From {
    Memory(Bytes),
    File(File),
}

impl Source {
    pub(crate) fn prepare(self, path: &Path) -> Result<Prepared> {
        let (bytes, mut ranges) = match self {
            Self::Memory => {
                let bytes = Bytes::from(std::fs::read(path)?);
                let ranges = walk::kept(&bytes[..])?;
                (From::Memory(bytes), ranges)
            }
            Self::File => {
                let mut reader = BufReader::with_capacity(crate::body::CHUNK, File::open(path)?);
                let ranges = walk::kept(&mut reader)?;
                let mut file = reader.into_inner();
                file.seek(SeekFrom::Start(ranges[0].start))?;
                (From::File(file), ranges)
            }
        };
        ranges.reverse();
        Ok(Prepared { bytes, ranges })
    }
}

impl Prepared {
    pub(crate) fn length(&self) -> u64 {
        self.ranges.iter().map(|range| range.end - range.start).sum()
    }

    /// The next `length` bytes of a picture in memory, if they lie in one piece.
    pub(crate) fn next_slice(&mut self, length: usize) -> Option<Bytes> {
        let From::Memory(bytes) = &self.bytes else { return None };
        let range = self.ranges.last_mut()?;
        if range.end - range.start < length as u64 {
            return None;
        }
        let start = range.start as usize;
        range.start += length as u64;
        Some(bytes.slice(start..start + length))
    }

    /// Fills a buffer as far as there are bytes.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let Some(range) = self.ranges.last_mut() else { break };
            let taken = (buffer.len() - filled).min((range.end - range.start) as usize);
            let into = &mut buffer[filled..filled + taken];
            match &mut self.bytes {
                From::Memory(bytes) => into.copy_from_slice(&bytes[range.start as usize..][..taken]),
                From::File(file) => file.read_exact(into)?,
            }
            filled += taken;
            range.start += taken as u64;
            if range.start == range.end {
                self.ranges.pop();
                if let (From::File(file), Some(next)) = (&mut self.bytes, self.ranges.last()) {
                    file.seek(SeekFrom::Start(next.start))?;
                }
            }
        }
        Ok(filled)
    }
}
