//! Response bodies: one that keeps a guard, one that breaks off, and one that is generated while it is sent.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use http_body::{Frame, SizeHint};
use serde::{Deserialize, Serialize};

use super::connection::{ConnectionLostError, FlushSignal};

/// A body that keeps a guard until it is dropped.
pub(crate) struct GuardedBody<G> {
    body: Body,
    _guard: G,
}

impl<G> GuardedBody<G> {
    pub(crate) fn new(body: Body, guard: G) -> Self {
        Self { body, _guard: guard }
    }
}

impl<G: Unpin> HttpBody for GuardedBody<G> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The first bytes of a body, and then a stall or a lost connection. It keeps the length of the whole.
pub(crate) struct BrokenBody {
    body: Body,
    left: u64,
    /// Something was held back.
    is_broken: bool,
    end: End,
}

/// What follows the first bytes.
enum End {
    Stall,
    /// The connection is lost once everything has been flushed. Without a socket there is nothing to wait for.
    Lost {
        flushed: Option<FlushSignal>,
    },
}

impl BrokenBody {
    pub(crate) fn stalling(body: Body, after: u64) -> Self {
        Self { body, left: after, is_broken: false, end: End::Stall }
    }

    pub(crate) fn lost(body: Body, after: u64, flushed: Option<FlushSignal>) -> Self {
        Self { body, left: after, is_broken: false, end: End::Lost { flushed } }
    }
}

impl HttpBody for BrokenBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        while !this.is_broken {
            // A body that is not longer than the limit is sent whole.
            let Some(frame) = ready!(Pin::new(&mut this.body).poll_frame(context)) else {
                return Poll::Ready(None);
            };
            let Ok(mut data) = frame?.into_data() else { continue };
            this.is_broken = data.len() as u64 > this.left;
            data.truncate(usize::try_from(this.left).unwrap_or(usize::MAX));
            this.left -= data.len() as u64;
            if !data.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
        match &this.end {
            End::Stall => Poll::Pending,
            End::Lost { flushed } => {
                if let Some(flushed) = flushed {
                    ready!(flushed.poll(context));
                }
                Poll::Ready(Some(Err(axum::Error::new(ConnectionLostError))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Compression of a generated body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// None.
    Identity,
    /// `Content-Encoding: gzip`, about a thousandth of the size.
    Gzip,
    /// `Content-Encoding: zstd`, about a thirty-thousandth of the size.
    Zstd,
}

impl Coding {
    /// Returns the value of `Content-Encoding`, if there is one.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }
}

/// A body much larger than the memory it takes, without a known length: a head, repeated pieces, a tail.
pub(crate) struct GeneratedBody {
    /// Pieces and how often each is sent.
    runs: VecDeque<(Bytes, u64)>,
}

impl GeneratedBody {
    pub(crate) fn new(bytes: impl Into<Bytes>) -> Self {
        Self { runs: VecDeque::from([(bytes.into(), 1)]) }
    }

    pub(crate) fn repeat(&mut self, unit: &[u8], times: u64) {
        const UNITS_PER_PIECE: u64 = 16 * 1024;
        self.runs.push_back((unit.repeat(UNITS_PER_PIECE as usize).into(), times / UNITS_PER_PIECE));
        self.runs.push_back((unit.repeat((times % UNITS_PER_PIECE) as usize).into(), 1));
    }

    pub(crate) fn push(&mut self, bytes: Vec<u8>) {
        self.runs.push_back((bytes.into(), 1));
    }

    /// Creates a body of head, `0`s and tail with this size when unpacked, or the size of head and tail if that is
    /// larger.
    pub(crate) fn padded(coding: Coding, head: Vec<u8>, tail: Vec<u8>, unpacked: u64) -> Self {
        let zeros = unpacked.saturating_sub((head.len() + tail.len()) as u64);
        match coding {
            Coding::Identity => {
                let mut body = Self::new(head);
                body.repeat(b"0", zeros);
                body.push(tail);
                body
            }
            Coding::Gzip => gzip(&head, zeros, &tail),
            Coding::Zstd => zstd(&head, zeros, &tail),
        }
    }
}

impl Iterator for GeneratedBody {
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

impl HttpBody for GeneratedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.next().map(|piece| Ok(Frame::data(piece))))
    }
}

/// One gzip member. A block without references to earlier ones can be repeated, and its checksum combined.
fn gzip(head: &[u8], zeros: u64, tail: &[u8]) -> GeneratedBody {
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
    let mut end = deflate(&[&rest, tail].concat(), false);
    end.extend(checksum.sum().to_le_bytes());
    // The format stores the length modulo 2³².
    end.extend(checksum.amount().to_le_bytes());
    let begin = [HEADER.as_slice(), &deflate(head, true)].concat();
    let runs = [(begin.into(), 1), (deflate(&block, true).into(), zeros / BLOCK), (end.into(), 1)];
    GeneratedBody { runs: runs.into() }
}

fn crc(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

/// Compresses a part of a stream: up to a byte boundary if it is continued, else with its last block.
fn deflate(bytes: &[u8], is_continued: bool) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("writing to a vector does not fail");
    if is_continued {
        encoder.flush().expect("writing to a vector does not fail");
        return encoder.get_ref().clone();
    }
    encoder.finish().expect("writing to a vector does not fail")
}

/// One Zstandard frame (RFC 8878): raw blocks around blocks of one repeated byte.
fn zstd(head: &[u8], zeros: u64, tail: &[u8]) -> GeneratedBody {
    // Magic number; no checksum, no length; a window of 128 KiB, which is also the largest block.
    const HEADER: [u8; 6] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38];
    const BLOCK: u64 = 128 * 1024;
    let header = |kind: u32, last: u32, size: u32| (size << 3 | kind << 1 | last).to_le_bytes()[..3].to_vec();
    let (raw, repeated) = (0, 1);
    let zeros_in_block = |count: u64| [header(repeated, 0, count as u32), vec![b'0']].concat();
    let begin = [HEADER.to_vec(), header(raw, 0, head.len() as u32), head.to_vec()].concat();
    let end = [zeros_in_block(zeros % BLOCK), header(raw, 1, tail.len() as u32), tail.to_vec()].concat();
    let runs = [(begin.into(), 1), (zeros_in_block(BLOCK).into(), zeros / BLOCK), (end.into(), 1)];
    GeneratedBody { runs: runs.into() }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn sent(coding: Coding, unpacked: u64) -> Vec<u8> {
        let body = GeneratedBody::padded(coding, b"{\"a\":\"".to_vec(), b"\"}".to_vec(), unpacked);
        body.flatten().collect()
    }

    #[test]
    fn a_body_unpacks_to_exactly_its_size() {
        for size in [0, 8, 9, 100, 1024 * 1024 + 7, 1024 * 1024 + 8, 5_000_000] {
            let plain = sent(Coding::Identity, size);
            assert_eq!(plain.len() as u64, size.max(8));
            let mut unpacked = Vec::new();
            // The decoder of a single member checks length and checksum.
            GzDecoder::new(sent(Coding::Gzip, size).as_slice()).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == plain, "{size}");
        }
    }

    #[test]
    fn a_gibibyte_takes_little_memory_and_few_bytes() {
        let size = |coding| {
            let body = GeneratedBody::padded(coding, Vec::new(), Vec::new(), 1 << 30);
            let held: usize = body.runs.iter().map(|(piece, _)| piece.len()).sum();
            (held, body.map(|piece| piece.len()).sum::<usize>())
        };
        for (coding, most) in [(Coding::Gzip, 1_100_000), (Coding::Zstd, 40_000)] {
            let (held, sent) = size(coding);
            assert!(held < 4096 && sent < most, "{coding:?}: {held} {sent}");
        }
        assert_eq!(size(Coding::Identity), (16 * 1024, 1 << 30));
    }

    /// The expected bytes were checked against `zstd -d`.
    #[test]
    fn a_zstandard_frame_is_byte_for_byte_as_expected() {
        assert_eq!(
            sent(Coding::Zstd, 8 + 128 * 1024 + 3),
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
