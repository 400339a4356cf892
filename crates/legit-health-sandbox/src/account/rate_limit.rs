//! A limit of requests per window of time.

use std::time::{Duration, SystemTime};

use serde::Deserialize;

use crate::operation::Operation;
use crate::retry_after::RetryAfter;

/// So many requests in a window; what is beyond is answered with 429 and not looked at. That and how the device
/// limits requests is unknown, so nothing is limited unless it is asked for.
///
/// A window begins with the first request it counts and is over after its length, by the sandbox's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that are answered in one window.
    pub requests: u32,
    /// Length of a window.
    pub window: Duration,
    /// What is counted and limited; `None`: every request of the account, logging in included.
    pub operation: Option<Operation>,
    /// In which form the answer says when the window is over.
    pub hint: RetryHint,
}

impl RateLimit {
    /// So many requests in so long, whatever they ask, with `Retry-After` in seconds.
    #[must_use]
    pub fn new(requests: u32, window: Duration) -> Self {
        Self { requests, window, operation: None, hint: RetryHint::Seconds }
    }
}

/// The form of `Retry-After` in the answer to a request beyond a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryHint {
    /// Whole seconds.
    #[default]
    Seconds,
    /// A date of HTTP, by the sandbox's clock.
    Date,
    /// No such header.
    Absent,
}

/// The limit of one account and what it has counted.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    limit: Option<RateLimit>,
    window: Option<(SystemTime, u32)>,
}

impl Limiter {
    pub(super) fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, window: None }
    }

    /// Counts a request; one beyond the limit is told when to come back, and is not counted.
    pub(super) fn admit(&mut self, operation: Operation, now: SystemTime) -> Result<(), RetryAfter> {
        let Some(limit) = &self.limit else { return Ok(()) };
        if limit.operation.is_some_and(|limited| limited != operation) {
            return Ok(());
        }
        let used = |since: SystemTime| now.duration_since(since).unwrap_or_default();
        let (since, count) = self.window.filter(|(since, _)| used(*since) < limit.window).unwrap_or((now, 0));
        if count < limit.requests {
            self.window = Some((since, count + 1));
            return Ok(());
        }
        let left = limit.window.saturating_sub(used(since));
        Err(match limit.hint {
            RetryHint::Seconds => RetryAfter::Seconds(left),
            RetryHint::Date => RetryAfter::Date(left),
            RetryHint::Absent => RetryAfter::Absent,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(seconds: u32) -> SystemTime {
        SystemTime::UNIX_EPOCH + SECOND * seconds
    }

    #[test]
    fn a_window_begins_with_its_first_request() {
        let mut limiter = Limiter::new(Some(RateLimit::new(2, 10 * SECOND)));
        assert_eq!(limiter.admit(Operation::Login, at(5)), Ok(()));
        assert_eq!(limiter.admit(Operation::DiagnosisSupport, at(8)), Ok(()));
        assert_eq!(limiter.admit(Operation::Login, at(9)), Err(RetryAfter::Seconds(6 * SECOND)));
        assert_eq!(limiter.admit(Operation::Login, at(14)), Err(RetryAfter::Seconds(SECOND)));
        assert_eq!(limiter.admit(Operation::Login, at(15)), Ok(()));
        assert_eq!(limiter.admit(Operation::Login, at(24)), Ok(()));
        assert!(limiter.admit(Operation::Login, at(24)).is_err());
    }

    #[test]
    fn what_is_not_limited_is_not_counted() {
        let operation = Some(Operation::DiagnosisSupport);
        let limit = RateLimit { operation, hint: RetryHint::Date, ..RateLimit::new(1, SECOND) };
        let mut limiter = Limiter::new(Some(limit));
        (0..9).for_each(|_| assert_eq!(limiter.admit(Operation::Login, at(0)), Ok(())));
        assert_eq!(limiter.admit(Operation::DiagnosisSupport, at(0)), Ok(()));
        assert_eq!(limiter.admit(Operation::DiagnosisSupport, at(0)), Err(RetryAfter::Date(SECOND)));
    }

    #[test]
    fn a_limit_of_none_refuses_all() {
        let mut limiter = Limiter::new(Some(RateLimit::new(0, SECOND)));
        assert_eq!(limiter.admit(Operation::Login, at(0)), Err(RetryAfter::Seconds(SECOND)));
        assert_eq!(Limiter::default().admit(Operation::Login, at(0)), Ok(()));
    }
}
