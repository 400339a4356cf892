//! Time limits and retries of a client.

use std::time::Duration;

/// Time limits of a client. Each call can override the overall limit:
/// [`PendingCall::timeout`](crate::calls::PendingCall::timeout).
///
/// ```
/// use legit_health::Timeouts;
/// use std::time::Duration;
///
/// let patient = Timeouts::default().with_attempt(Duration::from_secs(240));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// The limit for connecting, TLS included: 10 s. It is for the built-in HTTP client.
    pub connect: Duration,
    /// The limit for one attempt: 120 s, since the analysis of an image is slow.
    pub attempt: Duration,
    /// The limit for a call as a whole, with queueing, login and pauses: 300 s.
    pub overall: Duration,
    /// The limit for a login, which is independent of the call's: 20 s.
    pub login: Duration,
    /// The limit for a connection on which no byte moves while there is something to send or to receive: 20 s.
    pub idle: Duration,
}

impl Timeouts {
    /// Sets the limit for a connection.
    #[must_use]
    pub fn with_connect(self, connect: Duration) -> Self {
        Self { connect, ..self }
    }

    /// Sets the limit for one attempt.
    #[must_use]
    pub fn with_attempt(self, attempt: Duration) -> Self {
        Self { attempt, ..self }
    }

    /// Sets the limit for a call as a whole.
    #[must_use]
    pub fn with_overall(self, overall: Duration) -> Self {
        Self { overall, ..self }
    }

    /// Sets the limit for a login.
    #[must_use]
    pub fn with_login(self, login: Duration) -> Self {
        Self { login, ..self }
    }

    /// Sets the limit for a connection on which no byte moves.
    #[must_use]
    pub fn with_idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            attempt: Duration::from_secs(120),
            overall: Duration::from_secs(300),
            login: Duration::from_secs(20),
            idle: Duration::from_secs(20),
        }
    }
}

/// How often a call is retried. It is retried if no connection was made, if the connection was lost before the head of
/// the response, and after the statuses 408, 425, 429, 502 and 503. All calls of a client share a budget of about 35
/// retries, which successful calls refill: once it is used up, there is at most one retry for fourteen successful calls.
///
/// After an attempt that took too long, a 500, a 504, and a response that was lost after its head, the device may have done
/// the work. Calls are not retried after these, unless [`repeat_work`](Self::repeat_work) is set. A login, for which nothing is
/// billed, is always retried after these, except after a 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often one call is sent at most, the first time included: 3. With 1, and with 0, nothing is repeated.
    pub max_attempts: u32,
    /// Base of the pause between attempts: 0.5 s, doubled for every further attempt. The pause itself is random, from zero up
    /// to that (full jitter).
    pub base_delay: Duration,
    /// Upper limit of that pause: 8 s. A `Retry-After` of the device is followed as well, up to 120 s.
    pub max_delay: Duration,
    /// Whether a call is also retried where the device may have done its work, which may then be done, and billed, once for
    /// each attempt: false. The error of a call says how many that were:
    /// [`attempts_that_may_have_run`](crate::Error::attempts_that_may_have_run).
    pub repeat_work: bool,
}

impl RetryPolicy {
    /// Sets how many times one call is sent at most.
    #[must_use]
    pub fn with_max_attempts(self, max_attempts: u32) -> Self {
        Self { max_attempts, ..self }
    }

    /// Sets the base of the pause between attempts.
    #[must_use]
    pub fn with_base_delay(self, base_delay: Duration) -> Self {
        Self { base_delay, ..self }
    }

    /// Sets the longest pause before any attempt.
    #[must_use]
    pub fn with_max_delay(self, max_delay: Duration) -> Self {
        Self { max_delay, ..self }
    }

    /// Sets whether a call is also retried where the device may have done, and billed, its work.
    #[must_use]
    pub fn with_repeat_work(self, repeat_work: bool) -> Self {
        Self { repeat_work, ..self }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            repeat_work: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The documentation of the members states these.
    #[test]
    fn the_defaults_are_those_of_the_documentation() {
        let Timeouts { connect, attempt, overall, login, idle } = Timeouts::default();
        assert_eq!([connect, attempt, overall, login, idle], [10, 120, 300, 20, 20].map(seconds));
        let RetryPolicy { max_attempts, base_delay, max_delay, repeat_work } = RetryPolicy::default();
        assert_eq!((max_attempts, base_delay, max_delay), (3, Duration::from_millis(500), seconds(8)));
        assert!(!repeat_work);
    }

    #[test]
    fn each_setter_changes_its_own_member() {
        let timeouts = Timeouts::default()
            .with_connect(seconds(1))
            .with_attempt(seconds(2))
            .with_overall(seconds(3))
            .with_login(seconds(4))
            .with_idle(seconds(5));
        let Timeouts { connect, attempt, overall, login, idle } = timeouts;
        assert_eq!([connect, attempt, overall, login, idle], [1, 2, 3, 4, 5].map(seconds));
        let policy = RetryPolicy::default()
            .with_max_attempts(7)
            .with_base_delay(seconds(8))
            .with_max_delay(seconds(9))
            .with_repeat_work(true);
        let expected =
            RetryPolicy { max_attempts: 7, base_delay: seconds(8), max_delay: seconds(9), repeat_work: true };
        assert_eq!(policy, expected);
    }
}
