//! The record of a call: its attempts, the last response, and whether the device may have done the work.

use super::{CallFailure, UnknownFields, Upload};
use crate::error::{Delivery, Secrets};
use crate::http_client::{ResponseBody, SentBytes};
use crate::provenance::{SentDigest, Sha256Digest};
use crate::sync::lock;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
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
    /// The number of attempts whose work the device may have done, whatever the last response is.
    pub(crate) may_have_run: u32,
    /// The `WWW-Authenticate` of the last response.
    pub(crate) challenge: Option<String>,
    /// The request of the last attempt.
    pub(crate) upload: Option<Upload>,
    /// The body of the last complete response, shared with the parser.
    pub(crate) response: Option<Bytes>,
    pub(crate) unknown_fields: UnknownFields,
    /// What the call has sent as a secret.
    pub(crate) secrets: Secrets,
    /// Why there is no response.
    pub(crate) failure: Option<CallFailure>,
}

/// What was known before an attempt, which is restored if the attempt is not sent.
#[derive(Clone, Copy)]
pub(super) struct Before {
    delivery: Delivery,
    may_have_run: u32,
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

    /// Records what is sent as a secret, which the texts of responses may repeat.
    pub(crate) fn sends_secrets(&self, secrets: &Secrets) {
        lock(&self.outcome).secrets.extend(secrets);
    }

    pub(super) fn begin_attempt(&self) -> Before {
        let mut outcome = lock(&self.outcome);
        outcome.attempts += 1;
        outcome.status = None;
        outcome.request_id = None;
        outcome.retry_after = None;
        outcome.challenge = None;
        outcome.upload = None;
        outcome.response = None;
        outcome.unknown_fields = UnknownFields::default();
        let before = Before { delivery: outcome.delivery, may_have_run: outcome.may_have_run };
        outcome.delivery = Delivery::MayHaveRun;
        outcome.may_have_run += 1;
        before
    }

    /// Records the size of the request, and returns the place to count what was sent of it.
    pub(super) fn begin_upload(&self, size: u64, refused_before: Option<u64>) -> SentBytes {
        let sent = SentBytes::default();
        lock(&self.outcome).upload = Some(Upload { size, sent: sent.clone(), refused_before });
        sent
    }

    /// Records that nothing of the attempt was sent.
    pub(super) fn not_sent(&self, before: Before) {
        lock(&self.outcome).restore(before);
    }

    /// Records that the request of the attempt was incomplete, so its response does not count.
    pub(super) fn incomplete_request(&self, before: Before) {
        let mut outcome = lock(&self.outcome);
        outcome.restore(before);
        outcome.status = None;
        outcome.request_id = None;
    }

    /// Records the head of a response. Without its body the delivery stays [`Delivery::MayHaveRun`].
    pub(super) fn head_arrived(&self, response: &Response<ResponseBody>) {
        let mut outcome = lock(&self.outcome);
        outcome.status = Some(response.status());
        outcome.request_id = request_id(response.headers()).filter(|id| !outcome.secrets.are_in(id));
        let challenge = response.headers().get(header::WWW_AUTHENTICATE);
        outcome.challenge = challenge.and_then(|value| value.to_str().ok()).map(str::to_owned);
    }

    /// Returns true if the head of a response to the running attempt has arrived.
    pub(super) fn has_head(&self) -> bool {
        lock(&self.outcome).status.is_some()
    }

    pub(super) fn response_arrived(&self, response: &Response<Bytes>) {
        let mut outcome = lock(&self.outcome);
        if !may_follow_work(response.status()) {
            outcome.may_have_run -= 1;
        }
        outcome.delivery = if outcome.may_have_run > 0 { Delivery::MayHaveRun } else { Delivery::Responded };
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

impl Outcome {
    /// Returns true if the status of the last attempt is that of a success.
    pub(crate) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| status.is_success())
    }

    fn restore(&mut self, before: Before) {
        (self.delivery, self.may_have_run) = (before.delivery, before.may_have_run);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_client::scripted::json;
    use http_body_util::BodyExt;

    #[test]
    fn after_a_server_error_other_than_502_and_503_the_work_may_be_done() {
        let may_have_run = |status| {
            let record = Record::new(false);
            record.begin_attempt();
            record.response_arrived(&json(status, "{}"));
            record.take().delivery == Delivery::MayHaveRun
        };
        let statuses: Vec<u16> = (200..1_000).filter(|status| may_have_run(*status)).collect();
        assert_eq!(statuses, [500, 501].into_iter().chain(504..600).collect::<Vec<u16>>());
    }

    #[test]
    fn an_attempt_begins_without_what_is_known_of_the_last_one() {
        let record = Record::new(false);
        record.begin_attempt();
        let mut head = Response::builder().status(503).header("x-request-id", "request-7");
        head = head.header("retry-after", "7");
        let body: ResponseBody = Box::pin(http_body_util::Empty::new().map_err(|never| match never {}));
        record.head_arrived(&head.body(body).unwrap());
        record.response_arrived(&json(503, "{}"));
        record.asked_to_wait(Duration::from_secs(7));
        let mut unknown_fields = UnknownFields::default();
        unknown_fields.note(std::iter::empty(), "new");
        record.checked(unknown_fields);
        {
            let outcome = lock(&record.outcome);
            assert_eq!(outcome.status, Some(StatusCode::SERVICE_UNAVAILABLE));
            assert_eq!(outcome.request_id.as_deref(), Some("request-7"));
            assert_eq!(outcome.retry_after, Some(Duration::from_secs(7)));
            assert_eq!(outcome.response.as_deref(), Some(&b"{}"[..]));
            assert_eq!(outcome.unknown_fields.len(), 1);
        }
        record.begin_attempt();
        let outcome = record.take();
        assert_eq!((outcome.attempts, outcome.delivery), (2, Delivery::MayHaveRun));
        assert!(outcome.status.is_none() && outcome.request_id.is_none() && outcome.retry_after.is_none());
        assert!(outcome.response.is_none() && outcome.unknown_fields.is_empty());
    }

    #[test]
    fn an_incomplete_request_has_neither_a_response_nor_run() {
        let record = Record::new(false);
        let before = record.begin_attempt();
        let head = Response::builder().status(200).header("x-request-id", "request-7");
        let body: ResponseBody = Box::pin(http_body_util::Empty::new().map_err(|never| match never {}));
        record.head_arrived(&head.body(body).unwrap());
        record.incomplete_request(before);
        let outcome = record.take();
        assert_eq!((outcome.attempts, outcome.delivery), (1, Delivery::NotSent));
        assert!(outcome.status.is_none() && outcome.request_id.is_none());
    }

    #[test]
    fn a_call_that_fails_in_a_pause_says_what_is_left_of_it() {
        let record = Record::new(false);
        record.failed(CallFailure::Paused(Duration::from_secs(30)));
        let outcome = record.take();
        assert_eq!(outcome.retry_after, Some(Duration::from_secs(30)));
        assert!(matches!(outcome.failure, Some(CallFailure::Paused(_))));
    }

    #[test]
    fn a_request_id_is_kept_if_it_is_short_and_printable() {
        let kept = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", http::HeaderValue::from_bytes(id.as_bytes()).unwrap());
            request_id(&headers)
        };
        let (longest, too_long) = ("x".repeat(128), "x".repeat(129));
        for id in ["request-7", "7", "~!", &longest] {
            assert_eq!(kept(id).as_deref(), Some(id));
        }
        for id in ["", "two words", "tab\tbed", "é", &too_long] {
            assert_eq!(kept(id), None, "{id}");
        }
        assert_eq!(request_id(&HeaderMap::new()), None);
    }

    #[test]
    fn a_request_id_that_repeats_a_secret_is_not_kept() {
        let kept = |secret| {
            let record = Record::new(false);
            record.sends_secrets(&Secrets::new([secret]));
            record.begin_attempt();
            let head = Response::builder().header("x-request-id", "id-of-SECRET");
            let body: ResponseBody = Box::pin(http_body_util::Empty::new().map_err(|never| match never {}));
            record.head_arrived(&head.body(body).unwrap());
            record.take().request_id
        };
        assert_eq!((kept("secret"), kept("other")), (None, Some("id-of-SECRET".to_owned())));
    }

    #[test]
    fn a_digest_is_recorded_on_request() {
        assert!(Record::new(false).sent_digest().is_none());
        let record = Record::new(true);
        assert_eq!(record.sent(), None, "nothing was sent");
        record.sent_digest().unwrap().set(Sha256Digest::of(b"body")).unwrap();
        assert_eq!(record.sent(), Some(Sha256Digest::of(b"body")));
    }
}
