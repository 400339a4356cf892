//! From a prepared request to a complete answer: pause, token, attempts, back-off, deadline. It sees time and the network
//! only through [`Clock`] and [`HttpClient`], and knows no endpoint.

mod attempt;
mod body;
mod budget;
mod decode;
mod digest;
mod gate;
mod pulse;
mod receive;
mod retry;
mod retry_after;
mod strict;

pub(crate) use attempt::AttemptError;
pub(crate) use body::BodyPlan;
use body::Buffers;
pub use body::{RequestBody, RequestBodyError};
pub(crate) use digest::DigestOfSent;
pub use digest::{ParseDigestError, Sha256Digest};

use crate::auth::Tokens;
use crate::call::Record;
use crate::clock::Clock;
use crate::config::DefaultHeaders;
use crate::error::{Error, ErrorKind};
use crate::http_client::HttpClient;
use crate::observe::Observers;
use crate::policy::{RetryPolicy, Timeouts};
use budget::Budget;
use bytes::Bytes;
use futures_util::future::{Either, select};
use gate::{Gate, TooLong};
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use legit_health_api::shape::Shape;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// One per host. All calls to it share its pauses, its budget and its queue.
pub(crate) struct Transport {
    wire: Arc<dyn HttpClient>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    budget: Budget,
    gate: Gate,
    queue: Semaphore,
    buffers: Buffers,
}

/// What a user may set.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) timeouts: Timeouts,
    pub(crate) retry_policy: RetryPolicy,
    /// How many requests are under way at the same time.
    pub(crate) max_concurrent_requests: usize,
    /// Sent with every request beside our own.
    pub(crate) headers: HeaderMap,
    pub(crate) observers: Observers,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            retry_policy: RetryPolicy::default(),
            max_concurrent_requests: 64,
            headers: DefaultHeaders::usual(),
            observers: Observers::default(),
        }
    }
}

/// A request that can be attempted any number of times.
pub(crate) struct Prepared {
    pub(crate) operation: &'static str,
    /// What its good answer has a place for.
    pub(crate) expected: &'static Shape,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BodyPlan,
    /// When the call must have ended, on the client's clock.
    pub(crate) deadline: Duration,
    /// How often it may be sent.
    pub(crate) attempts: u32,
    pub(crate) lane: Lane,
}

/// Whether a request waits for its turn.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Lane {
    Queue,
    /// The login: all others wait for it.
    Express,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The last attempt failed.
    Attempt(AttemptError),
    /// The call's own limit passed.
    Deadline,
    /// The device asked for a pause that outlasts the call.
    Paused(Duration),
    /// There is no token to send the request with.
    Login(Error),
}

impl Transport {
    pub(crate) fn new(wire: Arc<dyn HttpClient>, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let queue = Semaphore::new(settings.max_concurrent_requests.clamp(1, Semaphore::MAX_PERMITS));
        Self {
            wire,
            clock,
            settings,
            budget: Budget::default(),
            gate: Gate::default(),
            queue,
            buffers: Buffers::default(),
        }
    }

    /// Runs `request` to its end, or to its deadline. `tokens` is `None` for what is sent without one.
    pub(crate) async fn run(
        &self,
        request: &Prepared,
        tokens: Option<&dyn Tokens>,
        record: &Record,
    ) -> Result<Response<Bytes>, Stopped> {
        if self.clock.now() >= request.deadline {
            return Err(Stopped::Deadline);
        }
        let work = pin!(self.attempts(request, tokens, record));
        match select(work, self.clock.sleep_until(request.deadline)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(Stopped::Deadline),
        }
    }

    async fn attempts(
        &self,
        request: &Prepared,
        tokens: Option<&dyn Tokens>,
        record: &Record,
    ) -> Result<Response<Bytes>, Stopped> {
        let mut rejected = None;
        let mut tried = 0;
        loop {
            self.pass_gate(request).await?;
            let token = match tokens {
                None => None,
                Some(tokens) => match tokens.current(rejected).await {
                    Ok(token) => Some(token),
                    Err(error) if self.may_wait_for(&error, tried, request) => {
                        tried += 1;
                        continue;
                    }
                    Err(error) => return Err(Stopped::Login(error)),
                },
            };
            let turn = self.turn(request.lane).await;
            if self.gate.opens_at(self.clock.now()).is_some() {
                // Somebody was told to wait while this one stood in the queue.
                continue;
            }
            tried += 1;
            let secret = token.as_ref().map(|token| &token.secret);
            let outcome = self.attempt(request, tried, secret, record).await;
            drop(turn);

            if let (None, Some(token), Some(tokens)) = (rejected, &token, tokens)
                && is_refused(&outcome, tokens)
            {
                // One login and one replay, which does not count as a retry.
                rejected = Some(token.generation);
                tried -= 1;
                continue;
            }
            match self.next(request, &outcome, tried, record) {
                Some(pause) => self.clock.sleep_until(pause).await,
                None => return outcome.map_err(Stopped::Attempt),
            }
        }
    }

    /// Until when to wait before another attempt; `None` if the outcome is final.
    fn next(
        &self,
        request: &Prepared,
        outcome: &Result<Response<Bytes>, AttemptError>,
        tried: u32,
        record: &Record,
    ) -> Option<Duration> {
        let now = self.clock.now();
        let mut asked = Duration::ZERO;
        if let Ok(answer) = outcome {
            if answer.status().is_success() {
                self.budget.earn();
            }
            if let Some(pause) = retry_after::of(answer) {
                record.told_to_wait(pause);
                self.gate.close_until(now + pause.min(retry_after::LONGEST));
                asked = pause;
            }
        }
        let again = retry::again(outcome, tried, &self.settings.retry_policy)?;
        let in_time = now.saturating_add(again.pause.max(asked)) < request.deadline;
        let worth = tried < request.attempts && asked <= retry_after::LONGEST && in_time;
        // The rest of what was asked for is waited for at the gate.
        (worth && self.budget.spend(again.cost)).then(|| now + again.pause)
    }

    async fn pass_gate(&self, request: &Prepared) -> Result<(), Stopped> {
        let passed = self.gate.pass(&*self.clock, request.deadline).await;
        passed.map_err(|TooLong(pause)| Stopped::Paused(pause))
    }

    /// A login that was told to wait, and a call that has the time.
    fn may_wait_for(&self, login: &Error, tried: u32, request: &Prepared) -> bool {
        let opens_at = self.gate.opens_at(self.clock.now());
        tried < request.attempts
            && login.retry_after().is_some_and(|pause| pause <= retry_after::LONGEST)
            && opens_at.is_some_and(|opens_at| opens_at < request.deadline)
    }

    async fn turn(&self, lane: Lane) -> Option<SemaphorePermit<'_>> {
        match lane {
            Lane::Queue => Some(self.queue.acquire().await.expect("the queue is never closed")),
            Lane::Express => None,
        }
    }
}

/// The token may be outdated, and a new one help.
fn is_refused(outcome: &Result<Response<Bytes>, AttemptError>, tokens: &dyn Tokens) -> bool {
    match outcome.as_ref().map(Response::status) {
        Ok(StatusCode::UNAUTHORIZED) => true,
        Ok(StatusCode::FORBIDDEN) => tokens.forbidden_is_worth_a_login(),
        _ => false,
    }
}

impl Stopped {
    /// The kind of error, in words that hold nothing the server or the caller sent.
    pub(crate) fn explain(&self) -> (ErrorKind, String) {
        match self {
            Stopped::Deadline => (ErrorKind::Timeout, "the call did not end within its time limit".into()),
            Stopped::Paused(_) => (
                ErrorKind::RateLimited,
                "the device has asked for a pause that ends after the time limit of this call".into(),
            ),
            Stopped::Login(error) => (error.kind(), format!("the login failed: {}", error.sentence())),
            Stopped::Attempt(error) => {
                let (kind, words) = error.explain();
                (kind, words.to_owned())
            }
        }
    }

    /// What lies behind the sentence.
    pub(crate) fn into_source(self) -> Option<Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Stopped::Attempt(AttemptError::Lost(error)) => Some(error.source),
            Stopped::Attempt(AttemptError::Image(failure)) => Some(Box::new(failure)),
            Stopped::Login(error) => Some(Box::new(error)),
            Stopped::Deadline | Stopped::Paused(_) | Stopped::Attempt(_) => None,
        }
    }
}
