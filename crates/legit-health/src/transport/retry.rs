//! Retries: which outcomes are retried, their delays and budget, and the pauses that a device requests.

use super::AttemptError;
use crate::clock::{Clock, jitter};
use crate::http_client::HttpErrorKind;
use crate::policy::RetryPolicy;
use crate::sync::lock;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// The longest `Retry-After` that the client waits for. A longer one is reported as an error.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// The time over which calls are spread at the end of a pause, instead of all continuing at once.
const SPREAD: Duration = Duration::from_secs(2);

/// A full budget. Retries spend it, and successful calls refill it.
const FULL_BUDGET: u32 = 500;
/// The cost of a usual retry, such as after a lost connection or a failing gateway.
const COST: u32 = 14;
/// The cost of a retry after a 429, which costs the device little.
const COST_AFTER_429: u32 = 5;

/// Another attempt: its delay, and its cost in the budget.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Retry {
    pub(super) delay: Duration,
    pub(super) cost: u32,
}

impl Retry {
    /// Returns the retry after this outcome of attempt number `attempt`, counted from 1; `None` if the outcome is final.
    ///
    /// A call may be billed, so what can come after the work was done is final, unless the policy says otherwise, or the
    /// request `bills_nothing`.
    pub(super) fn after(
        outcome: &Result<Response<Bytes>, AttemptError>,
        attempt: u32,
        policy: &RetryPolicy,
        bills_nothing: bool,
    ) -> Option<Self> {
        let repeat_work = policy.repeat_work || bills_nothing;
        let cost = match outcome {
            Ok(response) => match response.status().as_u16() {
                429 => COST_AFTER_429,
                408 | 425 | 502 | 503 => COST,
                504 if repeat_work => COST,
                500 if policy.repeat_work => COST,
                _ => return None,
            },
            Err(AttemptError::Http(error)) => match error.kind {
                HttpErrorKind::NotConnected | HttpErrorKind::ConnectionLost => COST,
                // The next attempt would fail in the same way.
                HttpErrorKind::Untrusted(_)
                | HttpErrorKind::ProxyAuthentication
                | HttpErrorKind::ProxyRefused
                | HttpErrorKind::MalformedResponse => return None,
            },
            Err(AttemptError::Timeout | AttemptError::ResponseLost(_)) if repeat_work => COST,
            Err(
                AttemptError::Image(_)
                | AttemptError::Timeout
                | AttemptError::ResponseLost(_)
                | AttemptError::TooLarge(_)
                | AttemptError::InvalidResponse(_),
            ) => return None,
        };
        let doubled = policy.base_delay.saturating_mul(2u32.saturating_pow(attempt - 1));
        Some(Self { delay: jitter(doubled.min(policy.max_delay)), cost })
    }
}

/// Bounds the retries of all calls of a client together. Once it is used up, there is at most one retry for fourteen
/// successful calls, so that a failing device gets little extra load.
pub(super) struct RetryBudget {
    left: AtomicU32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { left: AtomicU32::new(FULL_BUDGET) }
    }
}

impl RetryBudget {
    /// Spends a part of the budget. Returns false if there is not enough left.
    pub(super) fn spend(&self, cost: u32) -> bool {
        let spent =
            self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost));
        spent.is_ok()
    }

    /// Refills a part of the budget after a successful call.
    pub(super) fn earn(&self) {
        // It fails only if the budget is full.
        let _: Result<u32, u32> = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            (left < FULL_BUDGET).then_some(left + 1)
        });
    }
}

/// The pause that a device has requested. It applies to all calls of the client.
#[derive(Default)]
pub(super) struct Cooldown {
    ends_at: Mutex<Duration>,
}

/// The error of a pause that ends after the deadline of the call, with its remaining time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PauseTooLong(pub(super) Duration);

impl Cooldown {
    pub(super) fn extend_until(&self, at: Duration) {
        let mut ends_at = lock(&self.ends_at);
        *ends_at = at.max(*ends_at);
    }

    /// Returns when the pause ends; `None` if there is none.
    pub(super) fn ends_at(&self, now: Duration) -> Option<Duration> {
        let ends_at = *lock(&self.ends_at);
        (now < ends_at).then_some(ends_at)
    }

    /// Waits until there is no pause. It does not wait for a pause that ends after the deadline.
    pub(super) async fn wait(&self, clock: &dyn Clock, deadline: Duration) -> Result<(), PauseTooLong> {
        while let Some(ends_at) = self.ends_at(clock.now()) {
            if ends_at >= deadline {
                return Err(PauseTooLong(ends_at.saturating_sub(clock.now())));
            }
            let spread = jitter(SPREAD.min((deadline - ends_at) / 2));
            clock.sleep_until(ends_at + spread).await;
        }
        Ok(())
    }
}

/// Returns the `Retry-After` of a 429 or 503, which may be a number of seconds or a date.
pub(super) fn retry_after<B>(response: &Response<B>) -> Option<Duration> {
    let asks = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
    asks.contains(&response.status()).then(|| read_retry_after(response.headers(), SystemTime::now()))?
}

/// Returns the pause until a date, by the server's clock if it sent its time, which may differ from this machine's.
fn read_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that overflows is a very long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = headers.get(header::DATE).and_then(date).unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

fn date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::skipping::SkippingClock;
    use crate::http_client::{CertificateProblem, HttpError};
    use crate::image::ImageError;
    use futures_util::FutureExt;

    fn response(status: u16) -> Result<Response<Bytes>, AttemptError> {
        Ok(Response::builder().status(status).body(Bytes::new()).unwrap())
    }

    fn is_tried_again(outcome: &Result<Response<Bytes>, AttemptError>) -> bool {
        Retry::after(outcome, 1, &RetryPolicy::default(), false).is_some()
    }

    #[test]
    fn a_status_is_retried_if_the_work_was_not_done_or_may_be_repeated() {
        let retried = |repeat_work, bills_nothing| -> Vec<u16> {
            let policy = RetryPolicy::default().with_repeat_work(repeat_work);
            let is_retried =
                |status: &u16| Retry::after(&response(*status), 1, &policy, bills_nothing).is_some();
            (200..600).filter(is_retried).collect()
        };
        assert_eq!(retried(false, false), [408, 425, 429, 502, 503]);
        assert_eq!(retried(false, true), [408, 425, 429, 502, 503, 504]);
        assert_eq!(retried(true, false), [408, 425, 429, 500, 502, 503, 504]);
    }

    #[test]
    fn a_retry_after_a_429_costs_less() {
        let cost = |outcome| {
            Retry::after(&outcome, 1, &RetryPolicy::default().with_repeat_work(true), false).unwrap().cost
        };
        for (status, expected) in [(408, 14), (425, 14), (429, 5), (500, 14), (502, 14), (503, 14), (504, 14)]
        {
            assert_eq!(cost(response(status)), expected, "{status}");
        }
        for kind in [HttpErrorKind::NotConnected, HttpErrorKind::ConnectionLost] {
            assert_eq!(cost(Err(AttemptError::Http(HttpError { kind, source: "".into() }))), 14);
        }
    }

    #[test]
    fn timeouts_invalid_responses_and_bad_certificates_are_final() {
        let lost = |kind| AttemptError::Http(HttpError { kind, source: "".into() });
        for error in [
            AttemptError::Timeout,
            AttemptError::TooLarge(""),
            AttemptError::InvalidResponse("".into()),
            AttemptError::Image(ImageError::abandoned()),
            lost(HttpErrorKind::Untrusted(CertificateProblem::Expired)),
            lost(HttpErrorKind::ProxyAuthentication),
            lost(HttpErrorKind::ProxyRefused),
            lost(HttpErrorKind::MalformedResponse),
        ] {
            assert!(!is_tried_again(&Err(error)));
        }
        let (policy, repeating) = (RetryPolicy::default(), RetryPolicy::default().with_repeat_work(true));
        for error in [AttemptError::Timeout, lost(HttpErrorKind::ConnectionLost).within_response()] {
            let outcome = Err(error);
            assert!(!is_tried_again(&outcome), "the work may be done");
            assert!(Retry::after(&outcome, 1, &policy, true).is_some_and(|retry| retry.cost == 14));
            assert!(Retry::after(&outcome, 1, &repeating, false).is_some_and(|retry| retry.cost == 14));
        }
        assert!(is_tried_again(&Err(lost(HttpErrorKind::NotConnected))));
        assert!(is_tried_again(&Err(lost(HttpErrorKind::ConnectionLost))));
    }

    /// Full jitter: each delay is within its bound, and half of it on average.
    #[test]
    fn delays_double_up_to_the_longest() {
        let policy = RetryPolicy::default();
        for (attempt, bound_ms) in
            [(1, 500), (2, 1_000), (3, 2_000), (5, 8_000), (6, 8_000), (u32::MAX, 8_000)]
        {
            let delays: Vec<Duration> = (0..20_000)
                .map(|_| Retry::after(&response(503), attempt, &policy, false).unwrap().delay)
                .collect();
            let bound = Duration::from_millis(bound_ms);
            assert!(delays.iter().all(|delay| *delay <= bound));
            let mean = delays.iter().sum::<Duration>().as_secs_f64() / 20_000.0;
            assert!((mean / bound.as_secs_f64() - 0.5).abs() < 0.02, "{mean} of {bound:?}");
        }
    }

    #[test]
    fn a_budget_runs_out_and_is_refilled_by_success() {
        let budget = RetryBudget::default();
        assert_eq!((0..100).filter(|_| budget.spend(COST)).count(), 35);
        assert!(
            budget.spend(COST_AFTER_429) && budget.spend(COST_AFTER_429) && !budget.spend(COST_AFTER_429)
        );
        for _ in 0..1_000 {
            budget.earn();
        }
        assert_eq!((0..100).filter(|_| budget.spend(COST)).count(), 35);
    }

    /// Returns what is left of a budget, by spending all of it in the smallest steps.
    #[test]
    fn fourteen_successes_pay_for_one_retry_and_five_for_one_after_a_429() {
        let budget = RetryBudget::default();
        while budget.spend(1) {}
        for (successes, cost) in [(14, COST), (5, COST_AFTER_429)] {
            for _ in 0..3 {
                (1..successes).for_each(|_| budget.earn());
                assert!(!budget.spend(cost), "after {} successes", successes - 1);
                budget.earn();
                assert!(budget.spend(cost), "after {successes} successes");
                assert!(!budget.spend(1), "nothing is left");
            }
        }
    }

    #[test]
    fn a_full_budget_is_500_and_earns_nothing() {
        let budget = RetryBudget::default();
        budget.earn();
        assert!(budget.spend(500) && !budget.spend(1));
        (0..1_000).for_each(|_| budget.earn());
        assert!(budget.spend(500) && !budget.spend(1));
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_shorter_pause_does_not_end_a_longer_one() {
        let cooldown = Cooldown::default();
        assert_eq!(cooldown.ends_at(Duration::ZERO), None);
        cooldown.extend_until(seconds(30));
        cooldown.extend_until(seconds(10));
        assert_eq!(cooldown.ends_at(seconds(5)), Some(seconds(30)));
        assert_eq!(cooldown.ends_at(seconds(29)), Some(seconds(30)));
        assert_eq!(cooldown.ends_at(seconds(30)), None, "it has ended");
        cooldown.extend_until(seconds(40));
        assert_eq!(cooldown.ends_at(seconds(30)), Some(seconds(40)));
    }

    /// Calls go on up to two seconds after the end of a pause, but use at most half of the time that they have left.
    #[test]
    fn a_pause_is_waited_for_if_it_ends_before_the_deadline() {
        let waited = |deadline| {
            let (clock, cooldown) = (SkippingClock::default(), Cooldown::default());
            clock.set(seconds(4));
            cooldown.extend_until(seconds(30));
            let outcome = cooldown.wait(&clock, seconds(deadline)).now_or_never().unwrap();
            outcome.map(|()| clock.now())
        };
        for _ in 0..200 {
            for (deadline, latest_ms) in [(300, 32_000), (34, 32_000), (32, 31_000), (31, 30_500)] {
                let at = waited(deadline).unwrap();
                assert!(seconds(30) <= at && at <= Duration::from_millis(latest_ms), "{at:?} of {deadline}");
            }
        }
        let spread: Vec<Duration> = (0..1_000).map(|_| waited(300).unwrap()).collect();
        assert!(spread.iter().any(|at| *at < Duration::from_millis(30_100)));
        assert!(spread.iter().any(|at| *at > Duration::from_millis(31_900)));
        for deadline in [30, 29, 0] {
            assert_eq!(waited(deadline), Err(PauseTooLong(seconds(26))));
        }
    }

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        read_retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_may_be_seconds_or_a_date() {
        const AFTER: &str = "retry-after";
        assert_eq!(wait(&[(AFTER, "30")]), Some(30));
        assert_eq!(wait(&[(AFTER, " 0 ")]), Some(0));
        assert_eq!(wait(&[(AFTER, "99999999999999999999999")]), Some(u64::from(u32::MAX)));
        assert_eq!(wait(&[(AFTER, "Thu, 01 Jan 2026 00:00:30 GMT")]), Some(30));
        assert_eq!(wait(&[(AFTER, "Thu, 01 Jan 1970 00:00:30 GMT")]), Some(0));
        let skewed = [("date", "Thu, 01 Jan 2026 05:00:00 GMT"), (AFTER, "Thu, 01 Jan 2026 05:00:07 GMT")];
        assert_eq!(wait(&skewed), Some(7));
        for nothing in ["", "-1", "1.5", "soon", "1e3", "Thu, 32 Jan 2026 00:00:30 GMT"] {
            assert_eq!(wait(&[(AFTER, nothing)]), None, "{nothing}");
        }
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn retry_after_is_read_of_429_and_503_only() {
        let told = |status: u16| {
            retry_after(
                &Response::builder().status(status).header(header::RETRY_AFTER, "7").body(()).unwrap(),
            )
        };
        let heard: Vec<u16> = (200..600).filter(|&status| told(status).is_some()).collect();
        assert_eq!(heard, [429, 503]);
    }
}
