//! Metrics and audit logs: what a client reports of every call.
//!
//! Implement [`Observer`] to count calls and their durations, and [`Audit`] to keep a log, and give them to
//! [`ClientBuilder::observer`](crate::ClientBuilder::observer) and [`ClientBuilder::audit`](crate::ClientBuilder::audit).

use crate::error::{Delivery, ErrorKind};
use crate::provenance::Provenance;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Receives the end of every call and attempt, for metrics: operation names, numbers and enums, nothing that was sent or
/// received.
///
/// Its methods run inside the call, so they should be quick, and must not panic.
///
/// ```
/// use legit_health::observe::{CallEnd, CallOutcome, Observer};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Observer for Failures {
///     fn call_ended(&self, call: &CallEnd) {
///         if matches!(call.outcome, CallOutcome::Failed(_)) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Called when a call has ended or was dropped. Logins are calls too.
    fn call_ended(&self, call: &CallEnd) {
        let _ = call;
    }

    /// Called when one attempt of a call has ended.
    fn attempt_ended(&self, attempt: &AttemptEnd) {
        let _ = attempt;
    }
}

/// The end of a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CallEnd {
    /// The operation, as the contract names it: `login`, `diagnosis_support`, `severity_local`, …
    pub operation: &'static str,
    /// The outcome of the call.
    pub outcome: CallOutcome,
    /// Whether the device may have done the work.
    pub delivery: Delivery,
    /// The status of the last response, if one came.
    pub status: Option<u16>,
    /// How many attempts were made to send the request.
    pub attempts: u32,
    /// The number of different members of the response that this version does not know, as in
    /// [`Reply::unknown_fields`](crate::calls::Reply::unknown_fields). A number that stays above 0 means that the device
    /// is newer than this program.
    pub unknown_fields: usize,
    /// The duration of the call: queueing, login and pauses included.
    pub duration: Duration,
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// The call returned a result.
    Responded,
    /// The call returned an error of this kind.
    Failed(ErrorKind),
    /// The future was dropped before its end.
    Abandoned,
}

/// The end of one attempt. An attempt that was dropped has none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AttemptEnd {
    /// The operation, as the contract names it.
    pub operation: &'static str,
    /// The number of the attempt within its call, from 1. The repetition after a new login has the number of the attempt
    /// that it repeats.
    pub number: u32,
    /// The status of the response, if it was complete.
    pub status: Option<u16>,
    /// Why there is no usable response.
    pub failure: Option<ErrorKind>,
    /// The time from the start to the last byte of the response.
    pub duration: Duration,
}

/// Receives every call to the device except logins, for an audit log, with SHA-256 digests of what was sent and received.
///
/// It runs inside the call, before its result is returned, so it should be quick, and must not panic.
pub trait Audit: Send + Sync + 'static {
    /// Called when a call has ended or was dropped.
    fn record(&self, entry: &AuditEntry);
}

/// One entry of an audit log.
#[derive(Clone)]
#[non_exhaustive]
pub struct AuditEntry {
    /// The operation, its times and its digests.
    pub provenance: Provenance,
    /// The outcome of the call.
    pub outcome: CallOutcome,
    /// Whether the device may have done the work.
    pub delivery: Delivery,
    /// The status of the last response, if one came.
    pub status: Option<u16>,
}

impl fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEntry")
            .field("provenance", &self.provenance)
            .field("outcome", &self.outcome)
            .field("delivery", &self.delivery)
            .field("status", &self.status)
            .finish()
    }
}

/// The observers of a client.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) audit: Option<Arc<dyn Audit>>,
}

impl Observers {
    pub(crate) fn attempt_ended(&self, attempt: &AttemptEnd) {
        tracing::debug!(
            operation = attempt.operation,
            number = attempt.number,
            status = attempt.status,
            failure = attempt.failure.map(tracing::field::debug),
            milliseconds = milliseconds(attempt.duration),
            "attempt ended"
        );
        if let Some(observer) = &self.observer {
            observer.attempt_ended(attempt);
        }
    }

    pub(crate) fn call_ended(&self, call: &CallEnd) {
        if let Some(observer) = &self.observer {
            observer.call_ended(call);
        }
    }
}

/// Creates the span of one call. It records only operation names, numbers and enums.
pub(crate) fn span(operation: &'static str) -> tracing::Span {
    tracing::debug_span!(
        "legit_health_call",
        operation,
        outcome = tracing::field::Empty,
        delivery = tracing::field::Empty,
        status = tracing::field::Empty,
        attempts = tracing::field::Empty,
        unknown_fields = tracing::field::Empty,
        milliseconds = tracing::field::Empty,
    )
}

pub(crate) fn record_end(span: &tracing::Span, call: &CallEnd) {
    span.record("outcome", tracing::field::debug(call.outcome));
    span.record("delivery", tracing::field::debug(call.delivery));
    span.record("status", call.status);
    span.record("attempts", call.attempts);
    span.record("unknown_fields", call.unknown_fields);
    span.record("milliseconds", milliseconds(call.duration));
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
