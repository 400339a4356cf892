//! Documents far larger than the memory they take: a beginning, a piece repeated again and again, an end.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use http_body::Frame;
use serde::{Deserialize, Serialize};

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// Not at all.
    Identity,
    /// `Content-Encoding: gzip`, about a thousandth of the size.
    Gzip,
    /// `Content-Encoding: zstd`, about a thirty-thousandth of the size.
    Zstd,
}

impl Coding {
    /// Its name in `Content-Encoding`; none where there is no such header.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }
}

/// Bytes of a body, made as they are taken.
pub(crate) struct Pieces {
    /// What comes next, each so many times.
    runs: VecDeque<(Bytes, u64)>,
}

impl Pieces {
    /// Plain: `unit` stands between head and tail so many times, given in larger pieces.
    pub(crate) fn plain(head: Vec<u8>, unit: &[u8], times: u64, tail: Vec<u8>) -> Self {
        let mut pieces = Self::once(head);
        pieces.repeat(unit, times);
        pieces.push(tail);
        pieces
    }

    /// These bytes, of which nobody is told how many they are.
    pub(crate) fn once(bytes: impl Into<Bytes>) -> Self {
        Self { runs: VecDeque::from([(bytes.into(), 1)]) }
    }

    pub(crate) fn repeat(&mut self, unit: &[u8], times: u64) {
        const TOGETHER: u64 = 16 * 1024;
        self.runs.push_back((unit.repeat(TOGETHER as usize).into(), times / TOGETHER));
        self.runs.push_back((unit.repeat((times % TOGETHER) as usize).into(), 1));
    }

    pub(crate) fn push(&mut self, piece: Vec<u8>) {
        self.runs.push_back((piece.into(), 1));
    }

    /// A document of `0`s between head and tail that has so many bytes when it is unpacked, or as many as head
    /// and tail.
    pub(crate) fn padded(coding: Coding, head: Vec<u8>, tail: Vec<u8>, unpacked: u64) -> Self {
        let zeros = unpacked.saturating_sub((head.len() + tail.len()) as u64);
        match coding {
            Coding::Identity => Self::plain(head, b"0", zeros, tail),
            Coding::Gzip => gzip(&head, zeros, &tail),
            Coding::Zstd => zstd(&head, zeros, &tail),
        }
    }
}

impl Iterator for Pieces {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        loop {
            let (piece, left) = self.runs.front_mut()?;
            if *left == 0 || piece.is_empty() {
                self.runs.pop_front();
                continue;
            }
            *left -= 1;
            return Some(piece.clone());
        }
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.next().map(|piece| Ok(Frame::data(piece))))
    }
}

/// One member of gzip. A block that refers to nothing before it can be repeated, and its checksum combined.
fn gzip(head: &[u8], zeros: u64, tail: &[u8]) -> Pieces {
    const BLOCK: u64 = 1024 * 1024;
    const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
    let block = vec![b'0'; BLOCK as usize];
    let rest = vec![b'0'; (zeros % BLOCK) as usize];
    let mut checksum = crc(head);
    let of_block = crc(&block);
    for _ in 0..zeros / BLOCK {
        checksum.combine(&of_block);
    }
    checksum.combine(&crc(&rest));
    checksum.combine(&crc(tail));
    let mut end = deflated(&[&rest, tail].concat(), false);
    end.extend(checksum.sum().to_le_bytes());
    // The format keeps the length modulo 2³².
    end.extend(checksum.amount().to_le_bytes());
    let begin = [HEADER.as_slice(), &deflated(head, true)].concat();
    let runs = [(begin.into(), 1), (deflated(&block, true).into(), zeros / BLOCK), (end.into(), 1)];
    Pieces { runs: runs.into() }
}

fn crc(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

/// Compressed; if it goes on, up to a byte boundary and without being the last block.
fn deflated(bytes: &[u8], goes_on: bool) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("a vector takes it");
    if goes_on {
        encoder.flush().expect("a vector takes it");
        return encoder.get_ref().clone();
    }
    encoder.finish().expect("a vector takes it")
}

/// One frame of Zstandard (RFC 8878): raw blocks around blocks of one repeated byte.
fn zstd(head: &[u8], zeros: u64, tail: &[u8]) -> Pieces {
    // Magic number; no checksum, no length; a window of 128 KiB, which is also the most a block may hold.
    const HEADER: [u8; 6] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38];
    const BLOCK: u64 = 128 * 1024;
    let header = |kind: u32, last: u32, size: u32| (size << 3 | kind << 1 | last).to_le_bytes()[..3].to_vec();
    let (raw, repeated) = (0, 1);
    let zeros_in_block = |count: u64| [header(repeated, 0, count as u32), vec![b'0']].concat();
    let begin = [HEADER.to_vec(), header(raw, 0, head.len() as u32), head.to_vec()].concat();
    let end = [zeros_in_block(zeros % BLOCK), header(raw, 1, tail.len() as u32), tail.to_vec()].concat();
    let runs = [(begin.into(), 1), (zeros_in_block(BLOCK).into(), zeros / BLOCK), (end.into(), 1)];
    Pieces { runs: runs.into() }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn made(coding: Coding, unpacked: u64) -> Vec<u8> {
        let pieces = Pieces::padded(coding, b"{\"a\":\"".to_vec(), b"\"}".to_vec(), unpacked);
        pieces.flatten().collect()
    }

    #[test]
    fn it_unpacks_to_exactly_so_many_bytes() {
        for size in [0, 8, 9, 100, 1024 * 1024 + 7, 1024 * 1024 + 8, 5_000_000] {
            let plain = made(Coding::Identity, size);
            assert_eq!(plain.len() as u64, size.max(8));
            let mut unpacked = Vec::new();
            // One member, whole: the decoder of a single member checks length and checksum.
            GzDecoder::new(made(Coding::Gzip, size).as_slice()).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == plain, "{size}");
        }
    }

    #[test]
    fn a_gibibyte_is_small_and_made_of_few_bytes() {
        let size = |coding| {
            let pieces = Pieces::padded(coding, Vec::new(), Vec::new(), 1 << 30);
            let held: usize = pieces.runs.iter().map(|(piece, _)| piece.len()).sum();
            (held, pieces.map(|piece| piece.len()).sum::<usize>())
        };
        for (coding, most) in [(Coding::Gzip, 1_100_000), (Coding::Zstd, 40_000)] {
            let (held, sent) = size(coding);
            assert!(held < 4096 && sent < most, "{coding:?}: {held} {sent}");
        }
        assert_eq!(size(Coding::Identity), (16 * 1024, 1 << 30));
    }

    /// As the reference decoder reads it; checked against `zstd -d` when this was written.
    #[test]
    fn a_frame_of_zstandard_is_byte_for_byte() {
        assert_eq!(
            made(Coding::Zstd, 8 + 128 * 1024 + 3),
            [
                &[0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38][..],
                &[0x30, 0x00, 0x00],
                b"{\"a\":\"",
                &[0x02, 0x00, 0x10, b'0'],
                &[0x1A, 0x00, 0x00, b'0'],
                &[0x11, 0x00, 0x00],
                b"\"}",
            ]
            .concat()
        );
    }
}
