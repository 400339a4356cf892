//! What happened to a call, noted below parsing.

use crate::error::Fate;
use crate::transport::Stopped;
use crate::wire::ResponseBody;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use legit_health_api::seam::SeamError;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Written while a call runs; read once, when it has ended.
#[derive(Default)]
pub(crate) struct Record(Mutex<Outcome>);

/// The record of a call that has ended.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) fate: Fate,
    pub(crate) attempts: u32,
    /// Of the last attempt, from the head of its answer.
    pub(crate) status: Option<StatusCode>,
    pub(crate) request_id: Option<String>,
    /// An attempt before the last one was sent and never answered: what it did, no later answer can tell.
    earlier_unanswered: bool,
    /// The last complete answer, shared with the parser.
    pub(crate) answer: Option<Bytes>,
    pub(crate) why_unanswered: Option<Unanswered>,
}

pub(crate) enum Unanswered {
    Seam(SeamError),
    Stopped(Stopped),
}

impl Record {
    /// The fate before this attempt comes back, in case no byte of it leaves.
    pub(crate) fn begin_attempt(&self) -> Fate {
        let mut outcome = self.outcome();
        outcome.attempts += 1;
        outcome.status = None;
        outcome.request_id = None;
        outcome.answer = None;
        let before = std::mem::replace(&mut outcome.fate, Fate::MayHaveRun);
        outcome.earlier_unanswered |= before == Fate::MayHaveRun;
        before
    }

    pub(crate) fn restore_fate(&self, fate: Fate) {
        self.outcome().fate = fate;
    }

    /// A head without its body leaves the fate open: the call may have run.
    pub(crate) fn head_arrived(&self, response: &Response<ResponseBody>) {
        let mut outcome = self.outcome();
        outcome.status = Some(response.status());
        outcome.request_id = request_id(response.headers());
    }

    pub(crate) fn answered(&self, answer: &Response<Bytes>) {
        let mut outcome = self.outcome();
        outcome.fate = if outcome.earlier_unanswered { Fate::MayHaveRun } else { Fate::Answered };
        outcome.answer = Some(answer.body().clone());
    }

    pub(crate) fn stopped(&self, why: Stopped) {
        self.outcome().why_unanswered = Some(Unanswered::Stopped(why));
    }

    pub(crate) fn refused(&self, why: SeamError) {
        self.outcome().why_unanswered = Some(Unanswered::Seam(why));
    }

    pub(crate) fn take(&self) -> Outcome {
        std::mem::take(&mut self.outcome())
    }

    /// No code runs under this lock that could panic half-way, so a poisoned record is a whole one.
    fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id is repeated in logs and tickets, so it must look like one.
fn request_id(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 128;
    let id = headers.get("x-request-id")?.to_str().ok()?;
    (!id.is_empty() && id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .then(|| id.to_owned())
}
