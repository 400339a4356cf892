//! The record of a call: its attempts, the last response, and whether the device may have done the work.

use super::{CallFailure, UnknownFields};
use crate::error::Delivery;
use crate::http_client::ResponseBody;
use crate::provenance::{SentDigest, Sha256Digest};
use crate::sync::lock;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use std::sync::Mutex;
use std::time::Duration;

/// The record of a running call, read once when the call has ended.
pub(crate) struct Record {
    outcome: Mutex<Outcome>,
    sent_digest: Option<SentDigest>,
}

/// The record of a call that has ended.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) delivery: Delivery,
    pub(crate) attempts: u32,
    /// The status of the last attempt, from the head of its response.
    pub(crate) status: Option<StatusCode>,
    pub(crate) request_id: Option<String>,
    /// The pause that the last response requested.
    pub(crate) retry_after: Option<Duration>,
    /// Whether the device may have done the work of an earlier attempt, whatever the last response is.
    earlier_may_have_run: bool,
    /// The body of the last complete response, shared with the parser.
    pub(crate) response: Option<Bytes>,
    pub(crate) unknown_fields: UnknownFields,
    /// Why there is no response.
    pub(crate) failure: Option<CallFailure>,
}

impl Record {
    pub(crate) fn new(with_digest: bool) -> Self {
        Self { outcome: Mutex::default(), sent_digest: with_digest.then(SentDigest::default) }
    }

    /// Returns the place for the digest of the request body, if digests are recorded.
    pub(super) fn sent_digest(&self) -> Option<SentDigest> {
        self.sent_digest.clone()
    }

    /// Returns the digest of the request body, if it was sent completely at least once.
    pub(crate) fn sent(&self) -> Option<Sha256Digest> {
        self.sent_digest.as_ref()?.get().copied()
    }

    /// Begins an attempt and returns the delivery before it, which is restored if the attempt is not sent.
    pub(super) fn begin_attempt(&self) -> Delivery {
        let mut outcome = lock(&self.outcome);
        outcome.attempts += 1;
        outcome.status = None;
        outcome.request_id = None;
        outcome.retry_after = None;
        outcome.response = None;
        outcome.unknown_fields = UnknownFields::default();
        let before = std::mem::replace(&mut outcome.delivery, Delivery::MayHaveRun);
        outcome.earlier_may_have_run |= before == Delivery::MayHaveRun;
        before
    }

    /// Records that nothing of the attempt was sent.
    pub(super) fn not_sent(&self, delivery_before: Delivery) {
        lock(&self.outcome).delivery = delivery_before;
    }

    /// Records that the request of the attempt was incomplete, so its response does not count.
    pub(super) fn incomplete_request(&self, delivery_before: Delivery) {
        let mut outcome = lock(&self.outcome);
        outcome.delivery = delivery_before;
        outcome.status = None;
        outcome.request_id = None;
    }

    /// Records the head of a response. Without its body the delivery stays [`Delivery::MayHaveRun`].
    pub(super) fn head_arrived(&self, response: &Response<ResponseBody>) {
        let mut outcome = lock(&self.outcome);
        outcome.status = Some(response.status());
        outcome.request_id = request_id(response.headers());
    }

    pub(super) fn response_arrived(&self, response: &Response<Bytes>) {
        let mut outcome = lock(&self.outcome);
        let may_have_run = outcome.earlier_may_have_run || may_follow_work(response.status());
        outcome.delivery = if may_have_run { Delivery::MayHaveRun } else { Delivery::Responded };
        outcome.response = Some(response.body().clone());
    }

    pub(super) fn checked(&self, unknown_fields: UnknownFields) {
        lock(&self.outcome).unknown_fields = unknown_fields;
    }

    pub(super) fn asked_to_wait(&self, pause: Duration) {
        lock(&self.outcome).retry_after = Some(pause);
    }

    pub(crate) fn failed(&self, why: CallFailure) {
        let mut outcome = lock(&self.outcome);
        if let CallFailure::Paused(pause) = why {
            outcome.retry_after = Some(pause);
        }
        outcome.failure = Some(why);
    }

    /// Takes the record at the end of the call.
    pub(crate) fn take(&self) -> Outcome {
        std::mem::take(&mut lock(&self.outcome))
    }
}

/// Returns true if the device may have done the work before it responded with this status. Of the server errors, only 502
/// and 503 mean that it has not.
fn may_follow_work(status: StatusCode) -> bool {
    status.is_server_error() && !matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE)
}

/// Returns the request id, if it is short and printable, since it is repeated in logs and tickets.
fn request_id(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 128;
    let id = headers.get("x-request-id")?.to_str().ok()?;
    (!id.is_empty() && id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .then(|| id.to_owned())
}
