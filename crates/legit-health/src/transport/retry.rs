//! What is tried again, and after how long.

use super::AttemptError;
use super::budget::{THROTTLED, TROUBLE};
use crate::http_client::HttpErrorKind;
use crate::policy::RetryPolicy;
use crate::random::jitter;
use bytes::Bytes;
use http::Response;
use std::time::Duration;

/// Another attempt: after what pause, and what it costs of the budget.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Again {
    pub(super) pause: Duration,
    pub(super) cost: u32,
}

/// `None` if the outcome is final. `tried` counts from 1.
///
/// A call may be billed, so a status that could come after the work was done (500) and a timeout are final.
pub(super) fn again(
    outcome: &Result<Response<Bytes>, AttemptError>,
    tried: u32,
    policy: &RetryPolicy,
) -> Option<Again> {
    let cost = match outcome {
        Ok(answer) => match answer.status().as_u16() {
            429 => THROTTLED,
            502..=504 => TROUBLE,
            _ => return None,
        },
        Err(AttemptError::Lost(error)) => match error.kind {
            HttpErrorKind::NotConnected | HttpErrorKind::ConnectionLost => TROUBLE,
            // The certificate is the same the next time, and so are the proxy and whoever answers.
            HttpErrorKind::Untrusted(_)
            | HttpErrorKind::ProxyAuthentication
            | HttpErrorKind::MalformedResponse => return None,
        },
        Err(
            AttemptError::Image(_)
            | AttemptError::TimedOut
            | AttemptError::TooLarge
            | AttemptError::Broken(_),
        ) => return None,
    };
    let doubled = policy.min_delay.saturating_mul(2u32.saturating_pow(tried - 1));
    Some(Again { pause: jitter(doubled.min(policy.max_delay)), cost })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_client::{CertificateProblem, HttpError};

    fn answer(status: u16) -> Result<Response<Bytes>, AttemptError> {
        Ok(Response::builder().status(status).body(Bytes::new()).unwrap())
    }

    fn is_tried_again(outcome: &Result<Response<Bytes>, AttemptError>) -> bool {
        again(outcome, 1, &RetryPolicy::default()).is_some()
    }

    #[test]
    fn retried_are_the_statuses_of_the_table_and_no_others() {
        let retried: Vec<u16> = (200..600).filter(|&status| is_tried_again(&answer(status))).collect();
        assert_eq!(retried, [429, 502, 503, 504]);
    }

    #[test]
    fn timeouts_broken_answers_and_bad_certificates_are_final() {
        let lost = |kind| AttemptError::Lost(HttpError { kind, source: "".into() });
        for error in [
            AttemptError::TimedOut,
            AttemptError::TooLarge,
            AttemptError::Broken("".into()),
            lost(HttpErrorKind::Untrusted(CertificateProblem::Expired)),
        ] {
            assert!(!is_tried_again(&Err(error)));
        }
        assert!(is_tried_again(&Err(lost(HttpErrorKind::NotConnected))));
        assert!(is_tried_again(&Err(lost(HttpErrorKind::ConnectionLost))));
    }

    /// Full jitter: each pause is within its bound, and on average half of it.
    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = RetryPolicy::default();
        for (tried, bound_ms) in [(1, 500), (2, 1_000), (3, 2_000), (5, 8_000), (6, 8_000), (u32::MAX, 8_000)]
        {
            let pauses: Vec<Duration> =
                (0..20_000).map(|_| again(&answer(503), tried, &policy).unwrap().pause).collect();
            let bound = Duration::from_millis(bound_ms);
            assert!(pauses.iter().all(|pause| *pause <= bound));
            let mean = pauses.iter().sum::<Duration>().as_secs_f64() / 20_000.0;
            assert!((mean / bound.as_secs_f64() - 0.5).abs() < 0.02, "{mean} of {bound:?}");
        }
    }
}
