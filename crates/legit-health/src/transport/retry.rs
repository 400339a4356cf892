//! What is tried again, and after how long.

use super::AttemptError;
use bytes::Bytes;
use http::Response;
use std::time::Duration;

/// Attempts of one call, the first included. A replay after a new login does not count.
pub(super) const ATTEMPTS: u32 = 3;
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(8);

/// The pause before the next attempt; `None` if the outcome is final. `tried` counts from 1.
///
/// A call may be billed, so a status that could come after the work was done (500) and a timeout are final.
pub(super) fn pause(outcome: &Result<Response<Bytes>, AttemptError>, tried: u32) -> Option<Duration> {
    let again = match outcome {
        Ok(answer) => matches!(answer.status().as_u16(), 429 | 502..=504),
        Err(AttemptError::Lost(_)) => true,
        Err(AttemptError::TimedOut | AttemptError::TooLarge | AttemptError::Broken(_)) => false,
    };
    (again && tried < ATTEMPTS).then(|| jitter(LONGEST.min(FIRST * 2u32.pow(tried - 1))))
}

/// Full jitter: anything from nothing to `limit`. Without random bytes the pause is as long as allowed.
fn jitter(limit: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    limit.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Result<Response<Bytes>, AttemptError> {
        Ok(Response::builder().status(status).body(Bytes::new()).unwrap())
    }

    #[test]
    fn retried_are_the_statuses_of_the_table_and_no_others() {
        let retried: Vec<u16> = (200..600).filter(|&status| pause(&answer(status), 1).is_some()).collect();
        assert_eq!(retried, [429, 502, 503, 504]);
    }

    #[test]
    fn timeouts_and_broken_answers_are_final() {
        for error in [AttemptError::TimedOut, AttemptError::TooLarge, AttemptError::Broken("")] {
            assert_eq!(pause(&Err(error), 1), None);
        }
    }

    #[test]
    fn attempts_and_pauses_are_bounded() {
        assert!((0..1_000).all(|_| pause(&answer(503), 1).is_some_and(|pause| pause <= FIRST)));
        assert!((0..1_000).all(|_| pause(&answer(503), 2).is_some_and(|pause| pause <= FIRST * 2)));
        assert_eq!(pause(&answer(503), ATTEMPTS), None);
    }
}
