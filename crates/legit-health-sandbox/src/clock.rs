//! The clock of a sandbox: tokens expire and reports are dated by it, and a test moves it by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A clock that can be moved forward. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Base,
    ahead: Arc<Mutex<Duration>>,
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
        Self { base: Base::System, ahead: Arc::default() }
    }

    /// A clock that stands still at 2026-01-01T00:00:00 UTC until it is moved.
    #[must_use]
    pub fn fixed() -> Self {
        const NEW_YEAR_2026: Duration = Duration::from_secs(1_767_225_600);
        Self { base: Base::Fixed(SystemTime::UNIX_EPOCH + NEW_YEAR_2026), ahead: Arc::default() }
    }

    /// Moves the clock forward, at most to a thousand years ahead in all.
    pub fn advance(&self, by: Duration) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by).min(MOST_AHEAD);
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

    #[test]
    fn the_year_stays_writable_however_far_it_is_moved() {
        for clock in [Clock::fixed(), Clock::system()] {
            clock.advance(Duration::MAX);
            clock.advance(Duration::MAX);
            assert!(clock.timestamp().starts_with("302"), "{}", clock.timestamp());
        }
    }
}
