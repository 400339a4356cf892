//! What a program can watch: numbers for its metrics, and entries for its audit log.

use crate::error::{Delivery, ErrorKind};
use crate::provenance::Provenance;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Sees every call, for metrics. What it is shown are names of ours, numbers and enums: nothing that was sent or received.
///
/// Its methods run inside the call that they tell of, so they should be quick, and must not panic.
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
///         if matches!(call.ending, CallOutcome::Failed(_)) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// A call has come to its end, or was dropped. Logins are calls too.
    fn call_ended(&self, call: &CallEnd) {
        let _ = call;
    }

    /// One attempt of a call has come to its end.
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
    /// How it ended.
    pub ending: CallOutcome,
    /// What may have become of its request.
    pub delivery: Delivery,
    /// The status of the last answer, if the head of one came.
    pub status: Option<u16>,
    /// How often the request was sent, or tried to be sent.
    pub attempts: u32,
    /// How many kinds of members its answer had that this version has no place for, as in
    /// [`Reply::unknown_fields`](crate::calls::Reply::unknown_fields). A number that stays above 0 says that the device has become newer
    /// than this program.
    pub unknown_fields: usize,
    /// All of it: queueing, login and pauses included.
    pub duration: Duration,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// With a result.
    Responded,
    /// With an error of this kind.
    Failed(ErrorKind),
    /// The future was dropped before its end.
    Abandoned,
}

/// The end of one attempt. One that was dropped has none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AttemptEnd {
    /// The operation, as the contract names it.
    pub operation: &'static str,
    /// Which attempt of its call it was, from 1. The replay after a new login has the number of the attempt it repeats.
    pub number: u32,
    /// The status of its answer, if a whole one came.
    pub status: Option<u16>,
    /// Why no answer came that can be used.
    pub failure: Option<ErrorKind>,
    /// From its beginning to the last byte of its answer.
    pub duration: Duration,
}

/// Keeps a record of who was told what, for the log that regulations ask for. It is shown every call to the device but the
/// login, with hashes of what was sent and received.
///
/// It runs inside the call, before its result is handed out, so it should be quick, and must not panic.
pub trait Audit: Send + Sync + 'static {
    /// A call has come to its end, or was dropped.
    fn record(&self, entry: &AuditEntry);
}

/// One line of an audit log.
#[derive(Clone)]
#[non_exhaustive]
pub struct AuditEntry {
    /// What was asked, when, and what came of it.
    pub provenance: Provenance,
    /// How it ended.
    pub ending: CallOutcome,
    /// Whether the device may have done the work.
    pub delivery: Delivery,
    /// The status of the last answer, if the head of one came.
    pub status: Option<u16>,
}

impl fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEntry")
            .field("provenance", &self.provenance)
            .field("ending", &self.ending)
            .field("delivery", &self.delivery)
            .field("status", &self.status)
            .finish()
    }
}

/// Those who watch a client.
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

/// The span of one call. Only names of ours, numbers and enums are recorded in it.
pub(crate) fn span(operation: &'static str) -> tracing::Span {
    tracing::debug_span!(
        "legit_health_call",
        operation,
        ending = tracing::field::Empty,
        delivery = tracing::field::Empty,
        status = tracing::field::Empty,
        attempts = tracing::field::Empty,
        unknown_fields = tracing::field::Empty,
        milliseconds = tracing::field::Empty,
    )
}

pub(crate) fn record_end(span: &tracing::Span, call: &CallEnd) {
    span.record("ending", tracing::field::debug(call.ending));
    span.record("delivery", tracing::field::debug(call.delivery));
    span.record("status", call.status);
    span.record("attempts", call.attempts);
    span.record("unknown_fields", call.unknown_fields);
    span.record("milliseconds", milliseconds(call.duration));
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
