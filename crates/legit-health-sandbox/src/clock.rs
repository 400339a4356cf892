//! The clock of a sandbox: tokens expire and reports are dated by it, and a test moves it by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;

/// A clock that can be moved forward. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Base,
    ahead: Arc<Mutex<Duration>>,
    moved: Arc<Notify>,
}

#[derive(Clone, Copy, Debug)]
enum Base {
    System,
    Fixed(SystemTime),
}

/// A clock is never more than a thousand years ahead, so that every date still has four digits for the year.
pub(crate) const MOST_AHEAD: Duration = Duration::from_secs(1000 * 365 * 24 * 3600);

impl Clock {
    /// The clock of the system. It goes on by itself and can be moved ahead of the real time.
    #[must_use]
    pub fn system() -> Self {
        Self { base: Base::System, ahead: Arc::default(), moved: Arc::default() }
    }

    /// A clock that stands still at 2026-01-01T00:00:00 UTC until it is moved.
    #[must_use]
    pub fn fixed() -> Self {
        const NEW_YEAR_2026: Duration = Duration::from_secs(1_767_225_600);
        Self {
            base: Base::Fixed(SystemTime::UNIX_EPOCH + NEW_YEAR_2026),
            ahead: Arc::default(),
            moved: Arc::default(),
        }
    }

    /// Moves the clock forward, at most to a thousand years ahead in all.
    pub fn advance(&self, by: Duration) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by).min(MOST_AHEAD);
        drop(ahead);
        self.moved.notify_waiters();
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let ahead = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        match self.base {
            Base::System => SystemTime::now() + ahead,
            Base::Fixed(start) => start + ahead,
        }
    }

    /// Waits until it shows a time so long from now. A clock that stands still has to be moved for that; the
    /// clock of the system gets there by itself, and needs the timer of the runtime.
    pub(crate) async fn wait(&self, by: Duration) {
        // A time that cannot be shown is never reached.
        let Some(end) = self.now().checked_add(by) else { return std::future::pending().await };
        loop {
            let moved = self.moved.notified();
            let mut moved = std::pin::pin!(moved);
            // Before the look, so that no move between the two is missed.
            moved.as_mut().enable();
            let Ok(left) = end.duration_since(self.now()) else { return };
            if left.is_zero() {
                return;
            }
            match self.base {
                Base::Fixed(_) => moved.await,
                Base::System => drop(tokio::time::timeout(left, moved).await),
            }
        }
    }

    /// Whole seconds since 1970.
    pub(crate) fn unix_seconds(&self) -> u64 {
        self.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    }

    /// As reports are dated: microseconds and no offset, so not RFC 3339.
    pub(crate) fn timestamp(&self) -> String {
        let now = self.now().max(SystemTime::UNIX_EPOCH);
        humantime::format_rfc3339_micros(now).to_string().trim_end_matches('Z').to_owned()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_one_clock_and_move_only_by_hand() {
        let clock = Clock::fixed();
        let other = clock.clone();
        assert_eq!(clock.timestamp(), "2026-01-01T00:00:00.000000");
        other.advance(Duration::from_micros(3_600_000_001));
        assert_eq!(clock.timestamp(), "2026-01-01T01:00:00.000001");
    }

    #[tokio::test]
    async fn one_waits_until_it_has_been_moved_far_enough() {
        for clock in [Clock::fixed(), Clock::system()] {
            let waiting = clock.clone();
            let waiting = tokio::spawn(async move { waiting.wait(Duration::from_secs(3600)).await });
            tokio::task::yield_now().await;
            clock.advance(Duration::from_secs(1800));
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            clock.advance(Duration::from_secs(1800));
            waiting.await.unwrap();
        }
    }

    #[test]
    fn the_year_stays_writable_however_far_it_is_moved() {
        for clock in [Clock::fixed(), Clock::system()] {
            clock.advance(Duration::MAX);
            clock.advance(Duration::MAX);
            assert!(clock.timestamp().starts_with("302"), "{}", clock.timestamp());
        }
    }
}
