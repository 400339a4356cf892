//! The clock of a sandbox, which a test moves by hand, and durations in JSON.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;

/// A clock that can be moved forward. Clones share the same time.
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

/// How far a clock can be moved: a thousand years, so that a year always has four digits.
const MAX_AHEAD: Duration = Duration::from_secs(1000 * 365 * 24 * 3600);

impl Clock {
    /// Returns the system clock. It runs by itself and can be moved ahead of real time.
    #[must_use]
    pub fn system() -> Self {
        Self { base: Base::System, ahead: Arc::default(), moved: Arc::default() }
    }

    /// Returns a clock that stays at 2026-01-01T00:00:00 UTC until it is moved.
    #[must_use]
    pub fn fixed() -> Self {
        const NEW_YEAR_2026: Duration = Duration::from_secs(1_767_225_600);
        Self { base: Base::Fixed(SystemTime::UNIX_EPOCH + NEW_YEAR_2026), ..Self::system() }
    }

    /// Moves the clock forward, at most to a thousand years ahead in all.
    pub fn advance(&self, by: Duration) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by).min(MAX_AHEAD);
        drop(ahead);
        self.moved.notify_waiters();
    }

    /// Moves the clock back to where it would be had it never been moved. Requests that wait for it wait longer.
    pub fn reset(&self) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Duration::ZERO;
        self.moved.notify_waiters();
    }

    /// Returns the current time of this clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let ahead = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        match self.base {
            Base::System => SystemTime::now() + ahead,
            Base::Fixed(start) => start + ahead,
        }
    }

    /// Returns the time after a duration; `None` when it cannot be represented, and so is never reached.
    pub(crate) fn after(&self, by: Duration) -> Option<SystemTime> {
        self.now().checked_add(by)
    }

    /// Waits until this time; `None` waits for ever. A fixed clock must be moved; the system clock gets there by
    /// itself, with the timer of the runtime.
    pub(crate) async fn wait_until(&self, end: Option<SystemTime>) {
        let Some(end) = end else { return std::future::pending().await };
        loop {
            let moved = self.moved.notified();
            let mut moved = std::pin::pin!(moved);
            // Registered before the time is read; otherwise a move between the two would be missed.
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

    /// Returns whole seconds since 1970.
    pub(crate) fn unix_seconds(&self) -> u64 {
        self.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    }

    /// Returns the time as reports are dated: microseconds and no offset, so not RFC 3339.
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

/// Serialization of durations as seconds, with a fraction or without, for `#[serde(with = …)]`.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        let duration = Duration::try_from_secs_f64(seconds).ok();
        duration
            .filter(|duration| *duration <= super::MAX_AHEAD)
            .ok_or_else(|| de::Error::custom("seconds go from 0 to a thousand years"))
    }

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        if duration.subsec_nanos() == 0 {
            serializer.serialize_u64(duration.as_secs())
        } else {
            serializer.serialize_f64(duration.as_secs_f64())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_a_time_that_changes_only_by_advancing() {
        let clock = Clock::fixed();
        let other = clock.clone();
        assert_eq!(clock.timestamp(), "2026-01-01T00:00:00.000000");
        other.advance(Duration::from_micros(3_600_000_001));
        assert_eq!(clock.timestamp(), "2026-01-01T01:00:00.000001");
    }

    #[test]
    fn a_reset_takes_back_every_move() {
        let clock = Clock::fixed();
        clock.advance(Duration::from_secs(3600));
        clock.clone().reset();
        assert_eq!(clock.timestamp(), "2026-01-01T00:00:00.000000");
    }

    #[tokio::test]
    async fn waiting_ends_when_the_clock_has_advanced_far_enough() {
        for clock in [Clock::fixed(), Clock::system()] {
            let waiting = clock.clone();
            let waiting =
                tokio::spawn(
                    async move { waiting.wait_until(waiting.after(Duration::from_secs(3600))).await },
                );
            tokio::task::yield_now().await;
            clock.advance(Duration::from_secs(1800));
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            clock.advance(Duration::from_secs(1800));
            waiting.await.unwrap();
        }
    }

    #[test]
    fn the_year_keeps_four_digits_however_far_the_clock_advances() {
        for clock in [Clock::fixed(), Clock::system()] {
            clock.advance(Duration::MAX);
            clock.advance(Duration::MAX);
            assert!(clock.timestamp().starts_with("302"), "{}", clock.timestamp());
        }
    }
}
