//! Time: the clock of a client, which a test can replace, and what is measured with it.
//!
//! Give a client your own [`Clock`] with [`ClientBuilder::clock`](crate::ClientBuilder::clock), so that a test of retries and
//! time limits does not wait.

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

#[cfg(test)]
pub(crate) mod skipping {
    //! A clock for unit tests.

    use super::{BoxFuture, Clock, Duration};
    use std::sync::{Arc, Mutex};

    /// A clock that skips every sleep that is awaited: it moves to its end at once. Clones share it.
    #[derive(Clone)]
    pub(crate) struct SkippingClock {
        now: Arc<Mutex<Duration>>,
        /// A longer sleep does not end.
        end: Duration,
    }

    impl Default for SkippingClock {
        fn default() -> Self {
            Self::ending_at(Duration::MAX)
        }
    }

    impl SkippingClock {
        pub(crate) fn ending_at(end: Duration) -> Self {
            Self { now: Arc::default(), end }
        }

        pub(crate) fn set(&self, now: Duration) {
            *self.now.lock().unwrap() = now;
        }
    }

    impl Clock for SkippingClock {
        fn now(&self) -> Duration {
            *self.now.lock().unwrap()
        }

        fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
            let clock = self.clone();
            Box::pin(async move {
                if at > clock.end {
                    return std::future::pending().await;
                }
                let mut now = clock.now.lock().unwrap();
                *now = at.max(*now);
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::skipping::SkippingClock;
    use super::*;
    use futures_util::FutureExt;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn an_idle_timer_expires_after_its_limit_without_a_restart_and_only_while_it_runs() {
        let clock = SkippingClock::ending_at(seconds(3_600));
        let timer = IdleTimer::new(Arc::new(clock.clone()));
        // Returns the second in which it expires; `None` if it does not within an hour.
        let expires = || timer.expired(seconds(20)).now_or_never().map(|()| clock.now().as_secs());

        assert_eq!(expires(), None, "nothing was sent yet");
        for (restarted, expected) in [(5, 25), (15, 35), (34, 54)] {
            clock.set(seconds(restarted));
            timer.restart();
            assert_eq!(expires(), Some(expected));
        }
        assert_eq!(expires(), Some(54), "it has expired");
        timer.stop();
        assert_eq!(expires(), None, "it was stopped");
    }

    #[test]
    fn jitter_is_spread_over_its_limit() {
        let limit = seconds(100);
        let drawn: Vec<Duration> = (0..10_000).map(|_| jitter(limit)).collect();
        assert!(drawn.iter().all(|drawn| *drawn <= limit));
        // Each tenth of the limit is drawn a thousand times on average.
        for tenth in 0..10 {
            let range = seconds(10 * tenth)..seconds(10 * tenth + 10);
            let hits = drawn.iter().filter(|drawn| range.contains(drawn)).count();
            assert!((700..1_300).contains(&hits), "{hits} in {range:?}");
        }
        assert_eq!(jitter(Duration::ZERO), Duration::ZERO);
    }
}
