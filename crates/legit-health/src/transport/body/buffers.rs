//! Buffers for encoded text, used again and again: asking the system for memory costs an upload more than encoding it.

use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The buffers of one client. Each holds the text of one chunk.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

/// What a few uploads have under way; a client that rests keeps no more than this.
const KEPT: usize = 32;

impl Buffers {
    /// An empty buffer, the warmest there is.
    pub(super) fn lend(&self, capacity: usize) -> Vec<u8> {
        let mut buffer = self.idle().pop().unwrap_or_default();
        buffer.reserve_exact(capacity);
        buffer
    }

    /// The buffer as a chunk. It comes back when the last part of the chunk is dropped.
    pub(super) fn freeze(&self, text: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { text, home: self.clone() })
    }

    /// No code runs under this lock that could panic half-way.
    fn idle(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent {
    text: Vec<u8>,
    home: Buffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.text);
        let mut idle = self.home.idle();
        if idle.len() < KEPT {
            buffer.clear();
            idle.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_when_the_last_part_of_its_chunk_is_gone() {
        let buffers = Buffers::default();
        let mut text = buffers.lend(100);
        text.extend_from_slice(b"text");
        let place = text.as_ptr();
        let chunk = buffers.freeze(text);
        let part = chunk.slice(1..3);
        drop(chunk);
        assert!(buffers.idle().is_empty());
        assert_eq!(part, &b"ex"[..]);
        drop(part);
        let again = buffers.lend(100);
        assert_eq!((again.as_ptr(), again.len()), (place, 0));
    }

    #[test]
    fn a_client_that_rests_keeps_a_few() {
        let buffers = Buffers::default();
        let chunks: Vec<Bytes> = (0..3 * KEPT).map(|_| buffers.freeze(buffers.lend(10))).collect();
        drop(chunks);
        assert_eq!(buffers.idle().len(), KEPT);
    }
}
