//! Whether an attempt still moves.

use crate::clock::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Beats with every piece that is sent or received.
pub(super) struct Pulse {
    clock: Arc<dyn Clock>,
    /// Something is on its way: no connection is being made, and nobody waits for an analysis.
    moving: AtomicBool,
    last_beat_nanos: AtomicU64,
}

impl Pulse {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, moving: AtomicBool::new(false), last_beat_nanos: AtomicU64::new(0) }
    }

    pub(super) fn beat(&self) {
        let now = u64::try_from(self.clock.now().as_nanos()).unwrap_or(u64::MAX);
        self.last_beat_nanos.store(now, Ordering::Relaxed);
        self.moving.store(true, Ordering::Release);
    }

    /// There is nothing to send or receive for now.
    pub(super) fn rest(&self) {
        self.moving.store(false, Ordering::Release);
    }

    /// Ends when nothing has moved for as long as this, although something should.
    pub(super) async fn stalled_for(&self, limit: Duration) {
        loop {
            let now = self.clock.now();
            let looked_at = if self.moving.load(Ordering::Acquire) {
                Duration::from_nanos(self.last_beat_nanos.load(Ordering::Relaxed))
            } else {
                now
            };
            let due = looked_at.saturating_add(limit);
            if now >= due {
                return;
            }
            self.clock.sleep_until(due).await;
        }
    }
}
