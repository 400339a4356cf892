//! Turns a prepared request into a complete response: pauses, token, queue, attempts, retries, deadline.
//!
//! It uses time and the network only through [`Clock`] and [`HttpClient`], and does not depend on the operation.

mod attempt;
mod failure;
mod json_guard;
mod record;
mod response;
mod retry;
mod unknown_fields;
mod upload;

pub(crate) use failure::{AttemptError, CallFailure, seconds};
pub(crate) use json_guard::without_long_strings;
pub(crate) use record::{Outcome, Record};
pub(crate) use response::is_json;
pub use unknown_fields::UnknownFields;
pub(crate) use upload::Upload;

use crate::BoxFuture;
use crate::clock::Clock;
use crate::config::DefaultHeaders;
use crate::error::{Error, Secrets};
use crate::http_client::{BodyPlan, Buffers, HttpClient};
use crate::observe::Observers;
use crate::policy::{RetryPolicy, Timeouts};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use legit_health_api::scalar::Secret;
use legit_health_api::shape::Shape;
use retry::{Cooldown, LONGEST_PAUSE, PauseTooLong, Retry, RetryBudget, retry_after};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use upload::RefusedSize;

/// The transport to one host. All calls to it share its pauses, its retry budget, its queue, and which size it has refused.
pub(crate) struct Transport {
    http_client: Arc<dyn HttpClient>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    budget: RetryBudget,
    cooldown: Cooldown,
    refused_size: RefusedSize,
    queue: Semaphore,
    buffers: Buffers,
    /// The values of added headers.
    header_secrets: Secrets,
}

/// The settings of a client.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) timeouts: Timeouts,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) max_concurrent_requests: usize,
    /// The headers of the client, sent with every request.
    pub(crate) headers: HeaderMap,
    pub(crate) observers: Observers,
    /// The address of the login, if it is not the usual one.
    pub(crate) login_address: Option<Uri>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            retry_policy: RetryPolicy::default(),
            max_concurrent_requests: 64,
            headers: DefaultHeaders::usual(),
            observers: Observers::default(),
            login_address: None,
        }
    }
}

/// A request that can be attempted any number of times.
pub(crate) struct PreparedRequest {
    pub(crate) operation: &'static str,
    /// The shape of a successful response; `None` if any response is one, also without JSON.
    pub(crate) expected: Option<&'static Shape>,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BodyPlan,
    /// The deadline of the call, on the client's clock.
    pub(crate) deadline: Duration,
    pub(crate) max_attempts: u32,
    /// Whether nothing is billed for it, so that it may be sent again although it may have been processed.
    pub(crate) bills_nothing: bool,
    pub(crate) priority: RequestPriority,
}

/// Whether a request waits in the queue.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum RequestPriority {
    Queued,
    /// For a login, since all other requests wait for it.
    Immediate,
}

/// A token that was issued to this client.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    /// The token and what it was issued for, which no error shows.
    pub(crate) secrets: Secrets,
    /// Distinguishes it from earlier tokens, so that a 401 counts against the token that was sent.
    pub(crate) generation: u64,
}

/// The source of the tokens of calls.
pub(crate) trait Tokens: Send + Sync {
    /// Returns the current token, after a login if there is none, if it has expired, or if it is the `rejected` one.
    fn current(self: Arc<Self>, rejected: Option<u64>) -> BoxFuture<'static, Result<Token, Error>>;

    /// Returns true if a login is allowed after a 403, at most once a minute: the token may be outdated, or the account may
    /// lack the right.
    fn may_log_in_after_403(&self) -> bool;
}

impl Transport {
    pub(crate) fn new(http_client: Arc<dyn HttpClient>, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let header_secrets = header_secrets(&settings.headers);
        let queue = Semaphore::new(settings.max_concurrent_requests.clamp(1, Semaphore::MAX_PERMITS));
        Self {
            http_client,
            clock,
            settings,
            budget: RetryBudget::default(),
            cooldown: Cooldown::default(),
            refused_size: RefusedSize::default(),
            queue,
            buffers: Buffers::default(),
            header_secrets,
        }
    }

    /// Runs `request` to its end, or to its deadline. `tokens` is `None` for a request without a token.
    pub(crate) async fn run(
        &self,
        request: &PreparedRequest,
        tokens: Option<&Arc<dyn Tokens>>,
        record: &Record,
    ) -> Result<Response<Bytes>, CallFailure> {
        if self.clock.now() >= request.deadline {
            return Err(CallFailure::Timeout);
        }
        let attempts = pin!(self.attempts(request, tokens, record));
        match select(attempts, self.clock.sleep_until(request.deadline)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(CallFailure::Timeout),
        }
    }

    async fn attempts(
        &self,
        request: &PreparedRequest,
        tokens: Option<&Arc<dyn Tokens>>,
        record: &Record,
    ) -> Result<Response<Bytes>, CallFailure> {
        record.sends_secrets(&self.header_secrets);
        let mut rejected = None;
        let mut attempt = 0;
        loop {
            let paused = self.cooldown.wait(&*self.clock, request.deadline).await;
            paused.map_err(|PauseTooLong(pause)| CallFailure::Paused(pause))?;
            let token = match tokens {
                None => None,
                Some(tokens) => match tokens.clone().current(rejected).await {
                    Ok(token) => Some(token),
                    Err(error) if self.may_wait_for_login(&error, attempt, request) => {
                        attempt += 1;
                        continue;
                    }
                    Err(error) => return Err(CallFailure::Login(error)),
                },
            };
            let permit = self.queue(request.priority).await;
            if self.cooldown.ends_at(self.clock.now()).is_some() {
                // The pause began while this request waited in the queue.
                continue;
            }
            attempt += 1;
            if let Some(token) = &token {
                record.sends_secrets(&token.secrets);
            }
            let secret = token.as_ref().map(|token| &token.secret);
            let outcome = self.attempt(request, attempt, secret, record).await;
            drop(permit);

            if let (None, Some(token), Some(tokens)) = (rejected, &token, tokens)
                && is_token_refused(&outcome, &**tokens)
            {
                // One login and one replay, which does not count as a retry.
                rejected = Some(token.generation);
                attempt -= 1;
                continue;
            }
            match self.next_attempt_at(request, &outcome, attempt, record) {
                Some(at) => self.clock.sleep_until(at).await,
                None => return outcome.map_err(CallFailure::Attempt),
            }
        }
    }

    /// Returns when to make another attempt; `None` if the outcome is final.
    fn next_attempt_at(
        &self,
        request: &PreparedRequest,
        outcome: &Result<Response<Bytes>, AttemptError>,
        attempt: u32,
        record: &Record,
    ) -> Option<Duration> {
        let now = self.clock.now();
        let mut asked = Duration::ZERO;
        if let Ok(response) = outcome {
            if response.status().is_success() {
                self.budget.earn();
            }
            if let Some(pause) = retry_after(response) {
                record.asked_to_wait(pause);
                self.cooldown.extend_until(now + pause.min(LONGEST_PAUSE));
                asked = pause;
            }
        }
        let retry = Retry::after(outcome, attempt, &self.settings.retry_policy, request.bills_nothing)?;
        let in_time = now.saturating_add(retry.delay.max(asked)) < request.deadline;
        let allowed = attempt < request.max_attempts && asked <= LONGEST_PAUSE && in_time;
        // The cooldown waits for the rest of the requested pause.
        (allowed && self.budget.spend(retry.cost)).then(|| now + retry.delay)
    }

    /// Returns true if the device requested a pause in response to the login, and the call has the time to wait for it.
    fn may_wait_for_login(&self, error: &Error, attempt: u32, request: &PreparedRequest) -> bool {
        let ends_at = self.cooldown.ends_at(self.clock.now());
        attempt < request.max_attempts
            && error.retry_after().is_some_and(|pause| pause <= LONGEST_PAUSE)
            && ends_at.is_some_and(|ends_at| ends_at < request.deadline)
    }

    async fn queue(&self, priority: RequestPriority) -> Option<SemaphorePermit<'_>> {
        match priority {
            RequestPriority::Queued => Some(self.queue.acquire().await.expect("the queue is never closed")),
            RequestPriority::Immediate => None,
        }
    }
}

/// Returns the values of added headers that may be secrets. Shorter ones are rather the name of a language or a tenant.
fn header_secrets(headers: &HeaderMap) -> Secrets {
    const SHORTEST: usize = 8;
    let added = headers.values().filter(|value| value.is_sensitive() && value.len() >= SHORTEST);
    Secrets::new(added.filter_map(|value| value.to_str().ok()))
}

/// Returns true if the token may be outdated, so that a new one may help.
fn is_token_refused(outcome: &Result<Response<Bytes>, AttemptError>, tokens: &dyn Tokens) -> bool {
    match outcome.as_ref().map(Response::status) {
        Ok(StatusCode::UNAUTHORIZED) => true,
        Ok(StatusCode::FORBIDDEN) => tokens.may_log_in_after_403(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
