//! What happened to a call, noted below parsing.

use super::Hashes;
use crate::error::Delivery;
use crate::http_client::ResponseBody;
use crate::reply::UnknownFields;
use crate::transport::{DigestOfSent, Sha256Digest, Stopped};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use legit_health_api::seam::SeamError;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Written while a call runs; read once, when it has ended.
pub(crate) struct Record {
    outcome: Mutex<Outcome>,
    digest_of_sent: Option<DigestOfSent>,
}

/// The record of a call that has ended.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) delivery: Delivery,
    pub(crate) attempts: u32,
    /// Of the last attempt, from the head of its answer.
    pub(crate) status: Option<StatusCode>,
    pub(crate) request_id: Option<String>,
    /// How long the last answer asked to be left alone.
    pub(crate) retry_after: Option<Duration>,
    /// An attempt before the last one was sent and never answered: what it did, no later answer can tell.
    earlier_unanswered: bool,
    /// The last complete answer, shared with the parser.
    pub(crate) answer: Option<Bytes>,
    /// What this version does not know of it.
    pub(crate) unknown_fields: UnknownFields,
    pub(crate) why_unanswered: Option<Unanswered>,
}

pub(crate) enum Unanswered {
    Seam(SeamError),
    Stopped(Stopped),
}

impl Record {
    pub(crate) fn taking(hashes: Hashes) -> Self {
        let digest_of_sent = (hashes == Hashes::Taken).then(DigestOfSent::default);
        Self { outcome: Mutex::default(), digest_of_sent }
    }

    /// Where the digest of the body goes, if it is wanted.
    pub(crate) fn digest_of_sent(&self) -> Option<DigestOfSent> {
        self.digest_of_sent.clone()
    }

    /// Of a body that went out to its end at least once.
    pub(crate) fn sent(&self) -> Option<Sha256Digest> {
        self.digest_of_sent.as_ref()?.get().copied()
    }

    /// The delivery before this attempt comes back, in case no byte of it leaves.
    pub(crate) fn begin_attempt(&self) -> Delivery {
        let mut outcome = self.outcome();
        outcome.attempts += 1;
        outcome.status = None;
        outcome.request_id = None;
        outcome.retry_after = None;
        outcome.answer = None;
        outcome.unknown_fields = UnknownFields::default();
        let before = std::mem::replace(&mut outcome.delivery, Delivery::MayHaveRun);
        outcome.earlier_unanswered |= before == Delivery::MayHaveRun;
        before
    }

    pub(crate) fn restore_fate(&self, delivery: Delivery) {
        self.outcome().delivery = delivery;
    }

    /// The attempt's request came to no end on this side, so nobody has answered it.
    pub(crate) fn broken_off(&self, delivery: Delivery) {
        let mut outcome = self.outcome();
        outcome.delivery = delivery;
        outcome.status = None;
        outcome.request_id = None;
    }

    /// A head without its body leaves the delivery open: the call may have run.
    pub(crate) fn head_arrived(&self, response: &Response<ResponseBody>) {
        let mut outcome = self.outcome();
        outcome.status = Some(response.status());
        outcome.request_id = request_id(response.headers());
    }

    pub(crate) fn answered(&self, answer: &Response<Bytes>) {
        let mut outcome = self.outcome();
        outcome.delivery =
            if outcome.earlier_unanswered { Delivery::MayHaveRun } else { Delivery::Responded };
        outcome.answer = Some(answer.body().clone());
    }

    pub(crate) fn looked_through(&self, unknown_fields: UnknownFields) {
        self.outcome().unknown_fields = unknown_fields;
    }

    pub(crate) fn told_to_wait(&self, pause: Duration) {
        self.outcome().retry_after = Some(pause);
    }

    pub(crate) fn stopped(&self, why: Stopped) {
        let mut outcome = self.outcome();
        if let Stopped::Paused(pause) = why {
            outcome.retry_after = Some(pause);
        }
        outcome.why_unanswered = Some(Unanswered::Stopped(why));
    }

    pub(crate) fn refused(&self, why: SeamError) {
        self.outcome().why_unanswered = Some(Unanswered::Seam(why));
    }

    pub(crate) fn take(&self) -> Outcome {
        std::mem::take(&mut self.outcome())
    }

    /// No code runs under this lock that could panic half-way, so a poisoned record is a whole one.
    fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id is repeated in logs and tickets, so it must look like one.
fn request_id(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 128;
    let id = headers.get("x-request-id")?.to_str().ok()?;
    (!id.is_empty() && id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .then(|| id.to_owned())
}
