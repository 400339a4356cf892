//! Base64 encoding of images into reusable buffers: in place if the bytes are in memory, else on a thread that may block.

use crate::image::{Image, ImageError, ImageFile, OpenFile, Segment, Segments};
use crate::sync::lock;
use base64_simd::{AsOut, STANDARD};
use bytes::Bytes;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

/// An image that is being encoded.
pub(super) enum Encoding {
    Inline(Box<Encoder>),
    OnThread(Job),
    Ended,
}

/// Encoding on another thread. Dropping it cancels it.
pub(super) struct Job(JoinHandle<(Box<Encoder>, ChunkResult)>);

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
            let (encoder, result) = match std::mem::replace(self, Self::Ended) {
                Self::Ended => return Poll::Ready(Ok(None)),
                Self::Inline(mut encoder) => {
                    // Without a runtime there is no other thread, and no other task to block.
                    let access =
                        Handle::try_current().map_or(FileAccess::MayBlock, |_| FileAccess::CachedOnly);
                    let result = encoder.next_chunk(access);
                    (encoder, result)
                }
                Self::OnThread(mut job) => match Pin::new(&mut job.0).poll(context) {
                    Poll::Ready(Ok(ended)) => ended,
                    // A job does not panic, so the runtime has shut down, and the body is no longer sent.
                    Poll::Ready(Err(_)) => return Poll::Ready(Err(ImageError::abandoned())),
                    Poll::Pending => {
                        *self = Self::OnThread(job);
                        return Poll::Pending;
                    }
                },
            };
            match result {
                Ok(chunk) => {
                    if chunk.is_some() {
                        *self = Self::Inline(encoder);
                    }
                    return Poll::Ready(Ok(chunk));
                }
                Err(EncodeError::Failed(error)) => return Poll::Ready(Err(error)),
                Err(EncodeError::WouldBlock) => *self = Self::OnThread(on_thread(encoder)),
            }
        }
    }
}

fn on_thread(mut encoder: Box<Encoder>) -> Job {
    Job(spawn_blocking(move || {
        let result = encoder.next_chunk(FileAccess::MayBlock);
        (encoder, result)
    }))
}

/// The part of an image that is still to be encoded.
pub(super) struct Encoder {
    segments: Segments,
    left: u64,
    /// The next segment, and how many of its bytes are encoded.
    segment: usize,
    offset: u64,
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

/// Whether encoding may wait for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileAccess {
    /// Uses only bytes that are in memory.
    CachedOnly,
    MayBlock,
}

/// Why a chunk could not be encoded.
#[derive(Debug)]
enum EncodeError {
    /// It would wait for the disk. The next call continues.
    WouldBlock,
    Failed(ImageError),
}

/// The next chunk; `None` at the end.
type ChunkResult = Result<Option<Bytes>, EncodeError>;

impl From<ImageError> for EncodeError {
    fn from(error: ImageError) -> Self {
        Self::Failed(error)
    }
}

/// Returns the number of bytes that encode to `text` characters: base64 writes four for three bytes.
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
        Self { segments, left, segment: 0, offset: 0, file: None, text: None, buffers }
    }

    fn next_chunk(&mut self, access: FileAccess) -> ChunkResult {
        let mut text = match self.text.take() {
            Some(text) => text,
            None if self.left == 0 => return Ok(None),
            None => Text { buffer: self.buffers.acquire(), length: 0 },
        };
        if let Err(error) = self.complete(&mut text, access) {
            self.text = Some(text);
            return Err(error);
        }
        Ok(Some(self.buffers.freeze(text.buffer, text.length)))
    }

    fn complete(&mut self, text: &mut Text, access: FileAccess) -> Result<(), EncodeError> {
        while self.left > 0 && text.length < SIZE {
            self.encode(text, access)?;
        }
        Ok(())
    }

    /// Encodes the next bytes of one segment and one block without copying them, in groups of three except at the end of the image.
    fn encode(&mut self, text: &mut Text, access: FileAccess) -> Result<(), EncodeError> {
        let segment = &self.segments.as_slice()[self.segment];
        let most = (segment.len() - self.offset).min(raw(SIZE - text.length) as u64) as usize;
        let bytes = bytes_of(segment, self.offset, most, &mut self.file, access)?;
        let count = if bytes.len() as u64 == self.left { bytes.len() } else { bytes.len() / 3 * 3 };
        if count == 0 {
            return self.encode_group(text, access);
        }
        text.push(&bytes[..count]);
        self.advance(count);
        Ok(())
    }

    /// Encodes one group whose bytes belong to several segments or blocks.
    fn encode_group(&mut self, text: &mut Text, access: FileAccess) -> Result<(), EncodeError> {
        let (mut group, mut count) = ([0; 3], 0);
        let (mut segment, mut offset) = (self.segment, self.offset);
        while count < group.len()
            && let Some(from) = self.segments.as_slice().get(segment)
        {
            group[count] = bytes_of(from, offset, 1, &mut self.file, access)?[0];
            count += 1;
            offset += 1;
            if offset == from.len() {
                (segment, offset) = (segment + 1, 0);
            }
        }
        text.push(&group[..count]);
        (self.segment, self.offset) = (segment, offset);
        self.left -= count as u64;
        Ok(())
    }

    fn advance(&mut self, count: usize) {
        self.left -= count as u64;
        self.offset += count as u64;
        if self.offset == self.segments.as_slice()[self.segment].len() {
            (self.segment, self.offset) = (self.segment + 1, 0);
        }
    }
}

impl Text {
    fn push(&mut self, bytes: &[u8]) {
        self.length += STANDARD.encode(bytes, self.buffer[self.length..].as_out()).len();
    }
}

/// Returns the next bytes of a segment, borrowed or read from the file: at least one, and at most `most`.
fn bytes_of<'a>(
    segment: &'a Segment,
    from: u64,
    most: usize,
    file: &'a mut Option<Reading>,
    access: FileAccess,
) -> Result<&'a [u8], EncodeError> {
    match (segment, file) {
        (Segment::Bytes(bytes), _) => Ok(&bytes[from as usize..][..most]),
        (Segment::File(range), Some(file)) => file.read(range.start + from, most, access),
        (Segment::File(_), None) => unreachable!("only an image with a file has ranges of one"),
    }
}

/// The file of an image, opened when its first byte is read, and one block of it.
struct Reading {
    file: Arc<ImageFile>,
    open: Option<OpenFile>,
    buffer: Buffer,
    /// The range of the file that is in the buffer.
    held: Range<u64>,
    buffers: Buffers,
}

impl Reading {
    fn of(file: Arc<ImageFile>, buffers: Buffers) -> Self {
        const { assert!(ImageFile::BLOCK <= SIZE, "a block must fit into a buffer") };
        Self { file, open: None, buffer: buffers.acquire(), held: 0..0, buffers }
    }

    fn read(&mut self, at: u64, most: usize, access: FileAccess) -> Result<&[u8], EncodeError> {
        if !self.held.contains(&at) {
            self.hold(at, access)?;
        }
        let available = &self.buffer[..(self.held.end - self.held.start) as usize];
        let available = &available[(at - self.held.start) as usize..];
        Ok(&available[..available.len().min(most)])
    }

    fn hold(&mut self, at: u64, access: FileAccess) -> Result<(), EncodeError> {
        let open = match &mut self.open {
            Some(open) => open,
            closed => closed.insert(match access {
                FileAccess::MayBlock => self.file.reopen()?,
                FileAccess::CachedOnly => self.file.reopen_cached()?.ok_or(EncodeError::WouldBlock)?,
            }),
        };
        // Nothing of the buffer holds if this fails.
        self.held = 0..0;
        self.held = match access {
            FileAccess::MayBlock => open.read_block(at, &mut self.buffer)?,
            FileAccess::CachedOnly => {
                open.read_cached_block(at, &mut self.buffer)?.ok_or(EncodeError::WouldBlock)?
            }
        };
        Ok(())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.buffers.release(std::mem::take(&mut self.buffer));
    }
}

/// The reusable buffers of one client. New ones of this size cost page faults (`cargo xtask bench --counters`).
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Buffer>>>);

/// A buffer that keeps its old contents, so it is zeroed only once.
pub(super) type Buffer = Box<[u8]>;

/// The size of a buffer: it fits into the processor's cache.
pub(super) const SIZE: usize = 64 * 1024;

/// The number of idle buffers that are kept: what a few uploads use at a time.
const KEPT: usize = 32;

impl Buffers {
    /// Returns the buffer that was used last, or a new one.
    pub(super) fn acquire(&self) -> Buffer {
        let idle = lock(&self.0).pop();
        idle.unwrap_or_else(|| vec![0; SIZE].into())
    }

    pub(super) fn release(&self, buffer: Buffer) {
        let mut idle = lock(&self.0);
        if idle.len() < KEPT {
            idle.push(buffer);
        }
    }

    /// Returns the first bytes of the buffer as a chunk. The buffer is returned when the last part of the chunk is dropped.
    pub(super) fn freeze(&self, buffer: Buffer, length: usize) -> Bytes {
        Bytes::from_owner(PooledBuffer { buffer, length, pool: self.clone() })
    }
}

struct PooledBuffer {
    buffer: Buffer,
    length: usize,
    pool: Buffers,
}

impl AsRef<[u8]> for PooledBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Drop for PooledBuffer {
    fn drop(&mut self) {
        self.pool.release(std::mem::take(&mut self.buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::sample;
    use base64::Engine;

    #[test]
    fn the_text_does_not_depend_on_the_segments() {
        const CHUNK: usize = raw(SIZE);
        let raw: Vec<u8> = (0..3 * CHUNK + 5).map(|n| (n * 31 % 251) as u8).collect();
        for length in [0, 1, 2, 3, 4, CHUNK - 1, CHUNK, CHUNK + 1, raw.len()] {
            for step in [1, 2, 3, 7, 1000, CHUNK, raw.len()] {
                let raw = &raw[..length];
                if step < 7 && length > CHUNK {
                    continue;
                }
                let reference = base64::engine::general_purpose::STANDARD.encode(raw);
                let segments = raw.chunks(step).map(|slice| Segment::Bytes(Bytes::copy_from_slice(slice)));
                let mut encoder = Encoder::of_segments(Segments::from_iter(segments), Buffers::default());
                let chunks: Vec<Bytes> =
                    std::iter::from_fn(|| encoder.next_chunk(FileAccess::CachedOnly).unwrap()).collect();
                assert_eq!(chunks.concat(), reference.as_bytes(), "{length} bytes, segments of {step}");
                assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= SIZE));
            }
        }
    }

    #[test]
    fn a_file_gives_the_same_text_whether_or_not_encoding_may_wait() {
        let folder = tempfile::tempdir().unwrap();
        for length in [400, 60_001, 3 * raw(SIZE) + 5] {
            let path = folder.path().join("image.jpg");
            let data: Vec<u8> = (0..length).map(|n| (n * 31 % 251) as u8).collect();
            std::fs::write(&path, sample::jpeg(b"\xFF\xFE\x00\x07dropd", &data)).unwrap();
            let image = Image::stream(&path).unwrap();
            let reference = base64::engine::general_purpose::STANDARD.encode(image.read().unwrap());
            for every_so_often in [1, 2, 3, usize::MAX] {
                let mut encoder = Encoder::of(&image, Buffers::default());
                let (mut text, mut waits) = (Vec::new(), 0);
                for turn in 1_usize.. {
                    let may_block = turn.is_multiple_of(every_so_often);
                    let mut result = encoder.next_chunk(if may_block {
                        FileAccess::MayBlock
                    } else {
                        FileAccess::CachedOnly
                    });
                    if let Err(EncodeError::WouldBlock) = result {
                        assert!(!may_block);
                        waits += 1;
                        result = encoder.next_chunk(FileAccess::MayBlock);
                    }
                    match result.unwrap() {
                        Some(chunk) => text.extend_from_slice(&chunk),
                        None => break,
                    }
                }
                // The file was just written and read, so it is in the page cache.
                assert!(waits == 0 || !image.file().unwrap().has_page_cache(), "{waits} waits");
                assert!(
                    text == reference.as_bytes(),
                    "{length} bytes, blocking every {every_so_often} turns"
                );
            }
        }
    }

    #[test]
    fn a_buffer_is_reused_when_the_last_part_of_its_chunk_is_dropped() {
        let buffers = Buffers::default();
        let mut buffer = buffers.acquire();
        buffer[..4].copy_from_slice(b"text");
        let place = buffer.as_ptr();
        let chunk = buffers.freeze(buffer, 4);
        assert_eq!(chunk, &b"text"[..]);
        let part = chunk.slice(1..3);
        drop(chunk);
        assert!(lock(&buffers.0).is_empty());
        assert_eq!(part, &b"ex"[..]);
        drop(part);
        let again = buffers.acquire();
        assert_eq!(again.as_ptr(), place);
    }

    #[test]
    fn few_idle_buffers_are_kept() {
        let buffers = Buffers::default();
        let chunks: Vec<Bytes> = (0..3 * KEPT).map(|_| buffers.freeze(buffers.acquire(), 1)).collect();
        drop(chunks);
        assert_eq!(lock(&buffers.0).len(), KEPT);
    }
}
