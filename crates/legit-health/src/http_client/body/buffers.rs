//! Buffers that are used again and again: fresh ones of this size cost page faults (`cargo xtask bench --counters`).

use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The buffers of one client.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Buffer>>>);

/// What was in it last is still there, so that it is made ready only once.
pub(super) type Buffer = Box<[u8]>;

/// The size of each: little enough for the processor's cache.
pub(super) const SIZE: usize = 64 * 1024;

/// What a few uploads have under way; a client that rests keeps no more than this.
const KEPT: usize = 32;

impl Buffers {
    /// The buffer that was used last, or a new one.
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

    /// The first bytes of the buffer as a chunk. It comes back when the last part of the chunk is dropped.
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
    fn a_buffer_comes_back_when_the_last_part_of_its_chunk_is_gone() {
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
    fn a_client_that_rests_keeps_a_few() {
        let buffers = Buffers::default();
        let chunks: Vec<Bytes> = (0..3 * KEPT).map(|_| buffers.freeze(buffers.lend(), 1)).collect();
        drop(chunks);
        assert_eq!(buffers.idle().len(), KEPT);
    }
}
