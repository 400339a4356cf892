//! Time, as the client sees it. A test can hand in its own.

use crate::BoxFuture;
use std::fmt;
use std::time::{Duration, Instant};

/// A clock that never goes backwards, and a way to wait for it.
pub trait Clock: Send + Sync + 'static {
    /// Time since a moment that stays the same for the life of this clock.
    fn now(&self) -> Duration;

    /// Ends when [`now`](Self::now) has reached `at`.
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
            // Later than the system can tell.
            None => Box::pin(std::future::pending()),
        }
    }
}

impl fmt::Debug for SystemClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemClock")
    }
}
