//! How many requests work on images at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Slots for work on images: one for each processor, because decoded images are large.
///
/// Requests wait for them in their order. One more slot takes small requests alone, so that these do not wait behind
/// large ones.
#[derive(Debug)]
pub(crate) struct ImageSlots {
    any: Arc<Semaphore>,
    small: Arc<Semaphore>,
}

/// A slot; dropping it frees it.
pub(crate) type ImageSlot = OwnedSemaphorePermit;

impl ImageSlots {
    /// Largest request body in bytes that counts as small.
    const SMALL: usize = 1024 * 1024;

    /// Creates one slot for each processor, and one for small requests.
    pub(crate) fn new(processors: usize) -> Self {
        Self { any: Arc::new(Semaphore::new(processors)), small: Arc::new(Semaphore::new(1)) }
    }

    /// Waits for a slot for a request with a body of this size.
    pub(crate) async fn acquire(&self, body_bytes: usize) -> ImageSlot {
        let any = Arc::clone(&self.any).acquire_owned();
        let slot = if body_bytes > Self::SMALL {
            any.await
        } else {
            let small = Arc::clone(&self.small).acquire_owned();
            tokio::select! { biased; slot = any => slot, slot = small => slot }
        };
        slot.expect("the semaphores are never closed")
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    const LARGE: usize = ImageSlots::SMALL + 1;

    fn poll(acquiring: &mut (impl Future<Output = ImageSlot> + Unpin)) -> Poll<ImageSlot> {
        std::pin::Pin::new(acquiring).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_small_request_does_not_wait_behind_large_ones() {
        let slots = ImageSlots::new(1);
        let Poll::Ready(held) = poll(&mut pin!(slots.acquire(LARGE))) else { panic!("it is free") };
        let mut waiting = [Box::pin(slots.acquire(LARGE)), Box::pin(slots.acquire(LARGE))];
        assert!(waiting.iter_mut().all(|acquiring| poll(acquiring).is_pending()));
        let Poll::Ready(small) = poll(&mut pin!(slots.acquire(LARGE - 1))) else { panic!("it waits") };
        // A second small one waits for whatever is free first.
        let mut second = Box::pin(slots.acquire(1));
        assert!(poll(&mut second).is_pending());
        drop(small);
        assert!(poll(&mut second).is_ready());
        drop(held);
        let [first, second] = &mut waiting;
        let Poll::Ready(held) = poll(first) else { panic!("its turn") };
        assert!(poll(second).is_pending(), "one at a time");
        drop(held);
        assert!(poll(second).is_ready());
    }

    #[test]
    fn small_requests_use_every_slot() {
        let slots = ImageSlots::new(2);
        let mut held = Vec::new();
        for _ in 0..3 {
            let Poll::Ready(slot) = poll(&mut pin!(slots.acquire(0))) else { panic!("it is free") };
            held.push(slot);
        }
        assert!(poll(&mut pin!(slots.acquire(0))).is_pending());
    }

    #[test]
    fn a_request_that_gives_up_loses_its_place_and_no_slot() {
        let slots = ImageSlots::new(1);
        let Poll::Ready(held) = poll(&mut pin!(slots.acquire(LARGE))) else { panic!("it is free") };
        let mut abandoned = Box::pin(slots.acquire(LARGE));
        assert!(poll(&mut abandoned).is_pending());
        drop(abandoned);
        drop(held);
        assert!(poll(&mut pin!(slots.acquire(LARGE))).is_ready());
    }
}
