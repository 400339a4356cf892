//! Base64 encoding of an image, chunk by chunk: at once if its bytes are in memory, else on a thread that may wait for a disk.

use super::Buffers;
use super::buffers::{Buffer, SIZE};
use crate::image::{Image, ImageError, ImageFile, OpenFile, Segment, Segments};
use base64_simd::{AsOut, STANDARD};
use bytes::Bytes;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

/// An image that is being encoded.
pub(super) enum Encoding {
    Inline(Box<Encoder>),
    OnThread(Job),
    Ended,
}

/// Encoding on another thread. It is cancelled when it is dropped.
pub(super) struct Job(JoinHandle<(Box<Encoder>, Made)>);

impl Drop for Job {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Encoding {
    pub(super) fn of(image: &Image, buffers: &Buffers) -> Self {
        Self::Inline(Box::new(Encoder::of(image, buffers.clone())))
    }

    /// Returns the next chunk; `None` at the end and after a failure.
    pub(super) fn poll_chunk(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, ImageError>> {
        loop {
            let (encoder, made) = match std::mem::replace(self, Self::Ended) {
                Self::Ended => return Poll::Ready(Ok(None)),
                Self::Inline(mut encoder) => {
                    // Without a runtime there is no such thread, and no other task that would wait.
                    let patience = Handle::try_current().map_or(Patience::Unlimited, |_| Patience::None);
                    let made = encoder.next_chunk(patience);
                    (encoder, made)
                }
                Self::OnThread(mut job) => match Pin::new(&mut job.0).poll(context) {
                    Poll::Ready(Ok(ended)) => ended,
                    // A job does not panic, so the runtime has shut down, and the body is not sent any more.
                    Poll::Ready(Err(_)) => return Poll::Ready(Err(ImageError::abandoned())),
                    Poll::Pending => {
                        *self = Self::OnThread(job);
                        return Poll::Pending;
                    }
                },
            };
            match made {
                Ok(chunk) => {
                    if chunk.is_some() {
                        *self = Self::Inline(encoder);
                    }
                    return Poll::Ready(Ok(chunk));
                }
                Err(Unmade::Failed(error)) => return Poll::Ready(Err(error)),
                Err(Unmade::WouldWait) => *self = Self::OnThread(on_thread(encoder)),
            }
        }
    }
}

fn on_thread(mut encoder: Box<Encoder>) -> Job {
    Job(spawn_blocking(move || {
        let made = encoder.next_chunk(Patience::Unlimited);
        (encoder, made)
    }))
}

/// The rest of an image that is to be encoded.
pub(super) struct Encoder {
    segments: Segments,
    left: u64,
    /// The next piece, and how much of it is encoded.
    piece: usize,
    done: u64,
    file: Option<Reading>,
    /// The incomplete chunk, if there is one.
    text: Option<Text>,
    buffers: Buffers,
}

/// The first part of a chunk.
struct Text {
    buffer: Buffer,
    length: usize,
}

/// Whether encoding may wait for a disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// Only bytes that are in memory are used.
    None,
    Unlimited,
}

/// Why a chunk could not be encoded.
#[derive(Debug)]
enum Unmade {
    /// It would wait for a disk. The next call continues.
    WouldWait,
    Failed(ImageError),
}

/// A chunk; `None` at the end.
type Made = Result<Option<Bytes>, Unmade>;

impl From<ImageError> for Unmade {
    fn from(error: ImageError) -> Self {
        Self::Failed(error)
    }
}

/// Returns how many bytes give so much text: base64 writes four characters for three bytes.
const fn raw(text: usize) -> usize {
    text / 4 * 3
}

impl Encoder {
    fn of(image: &Image, buffers: Buffers) -> Self {
        let file = image.file().map(|file| Reading::of(file.clone(), buffers.clone()));
        Self { file, ..Self::of_segments(image.segments().clone(), buffers) }
    }

    fn of_segments(segments: Segments, buffers: Buffers) -> Self {
        let left = segments.len();
        Self { segments, left, piece: 0, done: 0, file: None, text: None, buffers }
    }

    fn next_chunk(&mut self, patience: Patience) -> Made {
        let mut text = match self.text.take() {
            Some(text) => text,
            None if self.left == 0 => return Ok(None),
            None => Text { buffer: self.buffers.lend(), length: 0 },
        };
        if let Err(unmade) = self.complete(&mut text, patience) {
            self.text = Some(text);
            return Err(unmade);
        }
        Ok(Some(self.buffers.freeze(text.buffer, text.length)))
    }

    fn complete(&mut self, text: &mut Text, patience: Patience) -> Result<(), Unmade> {
        while self.left > 0 && text.length < SIZE {
            self.encode(text, patience)?;
        }
        match &self.file {
            // Before the last chunk is handed out.
            Some(file) if self.left == 0 => file.check_unchanged(patience),
            _ => Ok(()),
        }
    }

    /// Encodes some of the next bytes without a copy. Only the end of the image may break the groups of three.
    fn encode(&mut self, text: &mut Text, patience: Patience) -> Result<(), Unmade> {
        let piece = &self.segments.as_slice()[self.piece];
        let here = (piece.len() - self.done).min(raw(SIZE - text.length) as u64);
        let count = if here == self.left { here } else { here / 3 * 3 } as usize;
        if count == 0 {
            return self.encode_group(text, patience);
        }
        text.push(bytes_of(piece, self.done, count, &mut self.file, patience)?);
        self.pass(count);
        Ok(())
    }

    /// Encodes one group, whose bytes belong to several pieces.
    fn encode_group(&mut self, text: &mut Text, patience: Patience) -> Result<(), Unmade> {
        let (mut group, mut count) = ([0; 3], 0);
        let (mut piece, mut done) = (self.piece, self.done);
        while count < group.len()
            && let Some(from) = self.segments.as_slice().get(piece)
        {
            group[count] = bytes_of(from, done, 1, &mut self.file, patience)?[0];
            count += 1;
            done += 1;
            if done == from.len() {
                (piece, done) = (piece + 1, 0);
            }
        }
        text.push(&group[..count]);
        (self.piece, self.done) = (piece, done);
        self.left -= count as u64;
        Ok(())
    }

    fn pass(&mut self, count: usize) {
        self.left -= count as u64;
        self.done += count as u64;
        if self.done == self.segments.as_slice()[self.piece].len() {
            (self.piece, self.done) = (self.piece + 1, 0);
        }
    }
}

impl Text {
    fn push(&mut self, bytes: &[u8]) {
        self.length += STANDARD.encode(bytes, self.buffer[self.length..].as_out()).len();
    }
}

/// Returns `count` bytes of a piece, borrowed or read from the file.
fn bytes_of<'a>(
    piece: &'a Segment,
    from: u64,
    count: usize,
    file: &'a mut Option<Reading>,
    patience: Patience,
) -> Result<&'a [u8], Unmade> {
    match (piece, file) {
        (Segment::Bytes(bytes), _) => Ok(&bytes[from as usize..][..count]),
        (Segment::File(range), Some(file)) => file.read(range.start + from, count, patience),
        (Segment::File(_), None) => unreachable!("only an image with a file has ranges of one"),
    }
}

/// The file of an image, opened when its first byte is read.
struct Reading {
    file: Arc<ImageFile>,
    open: Option<OpenFile>,
    buffer: Buffer,
    buffers: Buffers,
}

impl Reading {
    fn of(file: Arc<ImageFile>, buffers: Buffers) -> Self {
        Self { file, open: None, buffer: buffers.lend(), buffers }
    }

    fn read(&mut self, at: u64, count: usize, patience: Patience) -> Result<&[u8], Unmade> {
        let open = match &mut self.open {
            Some(open) => open,
            closed => closed.insert(match patience {
                Patience::Unlimited => self.file.reopen()?,
                Patience::None => self.file.reopen_cached()?.ok_or(Unmade::WouldWait)?,
            }),
        };
        let buffer = &mut self.buffer[..count];
        match patience {
            Patience::Unlimited => open.read_at(at, buffer)?,
            Patience::None if open.read_cached_at(at, buffer) => {}
            Patience::None => return Err(Unmade::WouldWait),
        }
        Ok(buffer)
    }

    fn check_unchanged(&self, patience: Patience) -> Result<(), Unmade> {
        match &self.open {
            Some(open) if patience == Patience::None && open.has_digest() => Err(Unmade::WouldWait),
            Some(open) => Ok(open.check_unchanged()?),
            None => Ok(()),
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.buffers.take_back(std::mem::take(&mut self.buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[test]
    fn the_text_does_not_depend_on_the_pieces() {
        const CHUNK: usize = raw(SIZE);
        let raw: Vec<u8> = (0..3 * CHUNK + 5).map(|n| (n * 31 % 251) as u8).collect();
        for length in [0, 1, 2, 3, 4, CHUNK - 1, CHUNK, CHUNK + 1, raw.len()] {
            for step in [1, 2, 3, 7, 1000, CHUNK, raw.len()] {
                let raw = &raw[..length];
                if step < 7 && length > CHUNK {
                    continue;
                }
                let reference = base64::engine::general_purpose::STANDARD.encode(raw);
                let pieces = raw.chunks(step).map(|slice| Segment::Bytes(Bytes::copy_from_slice(slice)));
                let mut encoder = Encoder::of_segments(Segments::from_iter(pieces), Buffers::default());
                let chunks: Vec<Bytes> =
                    std::iter::from_fn(|| encoder.next_chunk(Patience::None).unwrap()).collect();
                assert_eq!(chunks.concat(), reference.as_bytes(), "{length} bytes, pieces of {step}");
                assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= SIZE));
            }
        }
    }

    #[test]
    fn a_file_gives_the_same_text_whether_or_not_encoding_may_wait() {
        let folder = tempfile::tempdir().unwrap();
        for length in [400, 60_001, 3 * raw(SIZE) + 5] {
            let path = folder.path().join("photo.jpg");
            let data: Vec<u8> = (0..length).map(|n| (n * 31 % 251) as u8).collect();
            const HEAD: &[u8] =
                b"\xFF\xD8\xFF\xC0\x00\x0B\x08\x00\x01\x00\x01\x01\x01\x11\x00\xFF\xFE\x00\x07dropd\
                \xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00";
            std::fs::write(&path, [HEAD, &data, b"\xFF\xD9"].concat()).unwrap();
            let image = Image::stream(&path).unwrap();
            let reference = base64::engine::general_purpose::STANDARD.encode(image.read().unwrap());
            for every_so_often in [1, 2, 3, usize::MAX] {
                let mut encoder = Encoder::of(&image, Buffers::default());
                let reading = encoder.file.as_mut().unwrap();
                reading.file = Arc::new(reading.file.without_digest());
                let (mut text, mut waits) = (Vec::new(), 0);
                for turn in 1_usize.. {
                    let is_patient = turn.is_multiple_of(every_so_often);
                    let mut made =
                        encoder.next_chunk(if is_patient { Patience::Unlimited } else { Patience::None });
                    if let Err(Unmade::WouldWait) = made {
                        assert!(!is_patient);
                        waits += 1;
                        made = encoder.next_chunk(Patience::Unlimited);
                    }
                    match made.unwrap() {
                        Some(chunk) => text.extend_from_slice(&chunk),
                        None => break,
                    }
                }
                // It was written and walked just now, so it is in memory.
                assert!(waits == 0 || !image.file().unwrap().has_page_cache(), "{waits} waits");
                assert!(text == reference.as_bytes(), "{length} bytes, patient every {every_so_often} turns");
            }
        }
    }
}
