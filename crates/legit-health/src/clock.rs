//! Time: the clock of a client, which a test can replace, and what is measured with it.

use crate::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A clock that never goes backwards.
pub trait Clock: Send + Sync + 'static {
    /// Returns the time since a moment that stays the same for the lifetime of this clock.
    fn now(&self) -> Duration;

    /// Waits until [`now`](Self::now) has reached `at`.
    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()>;
}

/// The system's monotonic clock. Sleeping needs a tokio runtime with its timer enabled.
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
        match self.start.checked_add(at) {
            Some(at) => Box::pin(tokio::time::sleep_until(at.into())),
            // Later than the system's clock can represent.
            None => Box::pin(std::future::pending()),
        }
    }
}

impl fmt::Debug for SystemClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemClock")
    }
}

/// Detects a connection on which no byte moves although one should.
pub(crate) struct IdleTimer {
    clock: Arc<dyn Clock>,
    /// False while a connection is being made, and while the device works on its response.
    is_running: AtomicBool,
    last_progress_nanos: AtomicU64,
}

impl IdleTimer {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, is_running: AtomicBool::new(false), last_progress_nanos: AtomicU64::new(0) }
    }

    /// Starts the timer anew: something was sent or received.
    pub(crate) fn restart(&self) {
        let now = u64::try_from(self.clock.now().as_nanos()).unwrap_or(u64::MAX);
        self.last_progress_nanos.store(now, Ordering::Relaxed);
        self.is_running.store(true, Ordering::Release);
    }

    /// Stops the timer: there is nothing to send or receive for now.
    pub(crate) fn stop(&self) {
        self.is_running.store(false, Ordering::Release);
    }

    /// Waits until the timer has run for as long as `limit` without a restart.
    pub(crate) async fn expired(&self, limit: Duration) {
        loop {
            let now = self.clock.now();
            let since = if self.is_running.load(Ordering::Acquire) {
                Duration::from_nanos(self.last_progress_nanos.load(Ordering::Relaxed))
            } else {
                now
            };
            let due = since.saturating_add(limit);
            if now >= due {
                return;
            }
            self.clock.sleep_until(due).await;
        }
    }
}

/// Returns a random duration in `0..=limit`, so that many clients do not act at once. Without random bytes it is `limit`.
pub(crate) fn jitter(limit: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    limit.mul_f64(f64::from(random) / f64::from(u32::MAX))
}
