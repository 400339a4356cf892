//! From a prepared request to a complete answer: token, attempts, back-off, deadline. It sees time and the network only
//! through [`Clock`] and [`Wire`], and knows no endpoint.

mod body;
mod receive;
mod retry;

pub(crate) use body::BodyPlan;
pub use body::RequestBody;

use crate::auth::Tokens;
use crate::call::Record;
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::wire::{Wire, WireError};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use legit_health_api::scalar::Secret;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// The time one call may take as a whole: login, queueing and pauses included.
pub(crate) const OVERALL: Duration = Duration::from_secs(300);
/// The time one attempt may take; the analysis of a photograph is slow.
const ATTEMPT: Duration = Duration::from_secs(120);
const MAX_RESPONSE: usize = 64 * 1024 * 1024;
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("legit-health-rust/", env!("CARGO_PKG_VERSION")));

pub(crate) struct Transport {
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A request that can be attempted any number of times.
pub(crate) struct Prepared {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BodyPlan,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The last attempt failed.
    Attempt(AttemptError),
    /// The call's own limit passed.
    Deadline,
    /// There is no token to send the request with.
    Login(Error),
}

#[derive(Debug)]
pub(crate) enum AttemptError {
    /// The connection was never made, or was lost before the answer was complete.
    Lost(WireError),
    TimedOut,
    TooLarge,
    /// The answer cannot be read, for this reason.
    Broken(&'static str),
}

impl Transport {
    /// Runs `request` to its end, or to `deadline`. `tokens` is `None` for the login itself.
    pub(crate) async fn run(
        &self,
        request: &Prepared,
        tokens: Option<&dyn Tokens>,
        deadline: Duration,
        record: &Record,
    ) -> Result<Response<Bytes>, Stopped> {
        let work = pin!(self.attempts(request, tokens, deadline, record));
        match select(work, self.clock.sleep_until(deadline)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(Stopped::Deadline),
        }
    }

    async fn attempts(
        &self,
        request: &Prepared,
        tokens: Option<&dyn Tokens>,
        deadline: Duration,
        record: &Record,
    ) -> Result<Response<Bytes>, Stopped> {
        let mut rejected = None;
        let mut tried = 0;
        loop {
            let token = match tokens {
                Some(tokens) => Some(tokens.current(rejected).await.map_err(Stopped::Login)?),
                None => None,
            };
            tried += 1;
            let outcome = self.attempt(request, token.as_ref().map(|token| &token.secret), record).await;

            let refused = matches!(&outcome, Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED);
            if let (true, None, Some(token)) = (refused, rejected, &token) {
                // One login and one replay, which does not count as a retry.
                rejected = Some(token.generation);
                tried -= 1;
                continue;
            }
            let Some(pause) = retry::pause(&outcome, tried) else {
                return outcome.map_err(Stopped::Attempt);
            };
            let resume = self.clock.now() + pause;
            if resume >= deadline {
                return outcome.map_err(Stopped::Attempt);
            }
            self.clock.sleep_until(resume).await;
        }
    }

    async fn attempt(
        &self,
        request: &Prepared,
        token: Option<&Secret>,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let limit = self.clock.sleep_until(self.clock.now() + ATTEMPT);
        let exchange = pin!(self.exchange(request, token, record));
        match select(exchange, limit).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(AttemptError::TimedOut),
        }
    }

    async fn exchange(
        &self,
        request: &Prepared,
        token: Option<&Secret>,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let fate_before = record.begin_attempt();
        let response = self.wire.attempt(request.with_fresh_body(token)).await.map_err(|error| {
            if error.not_sent {
                record.restore_fate(fate_before);
            }
            AttemptError::Lost(error)
        })?;
        record.head_arrived(&response);
        let answer = receive::complete(response, MAX_RESPONSE).await?;
        record.answered(&answer);
        receive::check_content(&answer)?;
        Ok(answer)
    }
}

impl Prepared {
    fn with_fresh_body(&self, token: Option<&Secret>) -> Request<RequestBody> {
        let mut request = Request::new(self.body.open());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.clone_from(&self.headers);
        headers.insert(header::CONTENT_LENGTH, self.body.length().into());
        headers.insert(header::ACCEPT_ENCODING, receive::ACCEPTED_ENCODINGS);
        headers.insert(header::USER_AGENT, USER_AGENT);
        if let Some(token) = token {
            headers.insert(header::AUTHORIZATION, bearer(token));
        }
        request
    }
}

fn bearer(token: &Secret) -> HeaderValue {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .expect("a token is taken from a login only if it fits into a header");
    value.set_sensitive(true);
    value
}

impl Stopped {
    /// The kind of error, in words that hold nothing the server or the caller sent.
    pub(crate) fn explain(&self) -> (Kind, &'static str) {
        match self {
            Stopped::Deadline => (Kind::Deadline, "the call did not end within its time limit"),
            Stopped::Login(error) => (error.kind(), "the login failed"),
            Stopped::Attempt(AttemptError::TimedOut) => (
                Kind::Deadline,
                "one attempt took too long; it is not repeated, since it may still be running",
            ),
            Stopped::Attempt(AttemptError::Lost(error)) if error.not_sent => {
                (Kind::Connection, "no connection to the device could be made")
            }
            Stopped::Attempt(AttemptError::Lost(_)) => {
                (Kind::Connection, "the connection to the device was lost before the answer was complete")
            }
            Stopped::Attempt(AttemptError::TooLarge) => (Kind::TooLarge, "the answer is larger than 64 MiB"),
            Stopped::Attempt(AttemptError::Broken(reason)) => (Kind::Contract, reason),
        }
    }
}

impl Stopped {
    /// What lies behind the sentence.
    pub(crate) fn into_source(self) -> Option<Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Stopped::Attempt(AttemptError::Lost(error)) => Some(error.source),
            _ => None,
        }
    }
}
