//! Reusable buffers: new ones of this size cost page faults (`cargo xtask bench --counters`).

use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The buffers of one client.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Buffer>>>);

/// It keeps its old contents, so it is zeroed only once.
pub(super) type Buffer = Box<[u8]>;

/// The size of a buffer: it fits into the processor's cache.
pub(super) const SIZE: usize = 64 * 1024;

/// The number of idle buffers that are kept: what a few uploads use at a time.
const KEPT: usize = 32;

impl Buffers {
    /// Returns the buffer that was used last, or a new one.
    pub(super) fn lend(&self) -> Buffer {
        let idle = self.idle().pop();
        idle.unwrap_or_else(|| vec![0; SIZE].into())
    }

    pub(super) fn take_back(&self, buffer: Buffer) {
        let mut idle = self.idle();
        if idle.len() < KEPT {
            idle.push(buffer);
        }
    }

    /// Returns the first bytes of the buffer as a chunk. The buffer is returned when the last part of the chunk is dropped.
    pub(super) fn freeze(&self, buffer: Buffer, length: usize) -> Bytes {
        Bytes::from_owner(Lent { buffer, length, home: self.clone() })
    }

    /// No code runs under this lock that could panic half-way.
    fn idle(&self) -> MutexGuard<'_, Vec<Buffer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent {
    buffer: Buffer,
    length: usize,
    home: Buffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.take_back(std::mem::take(&mut self.buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_reused_when_the_last_part_of_its_chunk_is_dropped() {
        let buffers = Buffers::default();
        let mut buffer = buffers.lend();
        buffer[..4].copy_from_slice(b"text");
        let place = buffer.as_ptr();
        let chunk = buffers.freeze(buffer, 4);
        assert_eq!(chunk, &b"text"[..]);
        let part = chunk.slice(1..3);
        drop(chunk);
        assert!(buffers.idle().is_empty());
        assert_eq!(part, &b"ex"[..]);
        drop(part);
        let again = buffers.lend();
        assert_eq!(again.as_ptr(), place);
    }

    #[test]
    fn few_idle_buffers_are_kept() {
        let buffers = Buffers::default();
        let chunks: Vec<Bytes> = (0..3 * KEPT).map(|_| buffers.freeze(buffers.lend(), 1)).collect();
        drop(chunks);
        assert_eq!(buffers.idle().len(), KEPT);
    }
}
