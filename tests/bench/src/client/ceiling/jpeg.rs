//! Walks a JPEG once, and returns the ranges that may be sent.

use std::io::{BufRead, Error, ErrorKind, Read, Result};
use std::ops::Range;

/// Returns the ranges to send, in order: all but comments and the application segments other than JFIF.
pub(super) fn kept(file: impl BufRead) -> Result<Vec<Range<u64>>> {
    let mut walk = Walk { file, at: 0, kept: Vec::new() };
    walk.marker_is(0xD8)?;
    walk.keep(0);
    loop {
        let start = walk.at;
        match walk.marker()? {
            0xD9 => {
                walk.keep(start);
                return Ok(walk.kept);
            }
            0xDA => {
                walk.skip_segment()?;
                walk.skip_scan()?;
                // The marker after the scan was read with it, and only the end may follow here.
                walk.keep(start);
                return Ok(walk.kept);
            }
            0xE1..=0xEF | 0xFE => walk.skip_segment()?,
            _ => {
                walk.skip_segment()?;
                walk.keep(start);
            }
        }
    }
}

struct Walk<R> {
    file: R,
    at: u64,
    kept: Vec<Range<u64>>,
}

impl<R: BufRead> Walk<R> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn marker(&mut self) -> Result<u8> {
        match self.bytes()? {
            [0xFF, code] => Ok(code),
            _ => Err(unexpected()),
        }
    }

    fn marker_is(&mut self, code: u8) -> Result<()> {
        if self.marker()? == code { Ok(()) } else { Err(unexpected()) }
    }

    fn skip_segment(&mut self) -> Result<()> {
        let length = u64::from(u16::from_be_bytes(self.bytes()?)).checked_sub(2).ok_or_else(unexpected)?;
        self.at += length;
        let skipped = std::io::copy(&mut self.file.by_ref().take(length), &mut std::io::sink())?;
        if skipped == length { Ok(()) } else { Err(unexpected()) }
    }

    /// Skips the image data and the end marker.
    fn skip_scan(&mut self) -> Result<()> {
        let mut escaped = false;
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Err(unexpected());
            }
            let mut at = 0;
            while at < buffer.len() {
                if !escaped {
                    let Some(escape) = memchr::memchr(0xFF, &buffer[at..]) else { break };
                    at += escape + 1;
                    escaped = true;
                    continue;
                }
                match buffer[at] {
                    0x00 | 0xD0..=0xD7 => escaped = false,
                    0xFF => {}
                    0xD9 => {
                        self.at += at as u64 + 1;
                        self.file.consume(at + 1);
                        return Ok(());
                    }
                    _ => return Err(unexpected()),
                }
                at += 1;
            }
            let length = buffer.len();
            self.at += length as u64;
            self.file.consume(length);
        }
    }

    /// Keeps the bytes from `start` to here.
    fn keep(&mut self, start: u64) {
        match self.kept.last_mut() {
            Some(last) if last.end == start => last.end = self.at,
            _ => self.kept.push(start..self.at),
        }
    }
}

fn unexpected() -> Error {
    Error::new(ErrorKind::InvalidData, "not an image of this benchmark")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::images::Generated;
    use std::io::BufReader;

    #[test]
    fn it_keeps_what_the_client_keeps() {
        let Generated { file, clean } = Generated::new(50_000, 1);
        for buffer in [1, 2, 3, 4096, 100_000] {
            let kept = kept(BufReader::with_capacity(buffer, &file[..])).unwrap();
            let pieces = kept.iter().map(|range| &file[range.start as usize..range.end as usize]);
            assert_eq!(pieces.collect::<Vec<_>>().concat(), clean, "{buffer}");
        }
        assert!(kept(&file[..file.len() - 1]).is_err());
    }
}
