//! What a successful call gives back, and the one place where a call becomes a reply or an error.

use crate::call::{Outcome, Unanswered};
use crate::error::{Error, FieldError, Kind, Parts};
use crate::report::wire::FromWire;
use crate::transport::Stopped;
use bytes::Bytes;
use http::StatusCode;
use legit_health_api::ResponseValue;
use legit_health_api::device::types::ErrorBody;
use legit_health_api::scalar::ErrorDetail;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// A result, and what is known about how it came. It is used like the result itself.
#[derive(Clone)]
pub struct Reply<T> {
    value: T,
    request_id: Option<String>,
    attempts: u32,
    document: Option<Bytes>,
}

/// What is kept of an answer.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Keep {
    Report,
    Document,
}

impl<T> Reply<T> {
    /// The id that the server gave to the request, if it gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The document as it came, if the call was told to keep it (`keep_raw`).
    pub fn json(&self) -> Option<&str> {
        let document = self.document.as_ref()?;
        Some(std::str::from_utf8(document).expect("a document that is no UTF-8 is refused when it arrives"))
    }

    /// The result alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("value", &self.value)
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// An answer that can be parsed and still breaks the contract.
pub(crate) struct BrokenContract(pub(crate) Cow<'static, str>);

/// Joins the record of a call and the parser's result. Nothing else makes a reply or a call's error.
pub(crate) fn join<W, T>(
    outcome: Outcome,
    parsed: Result<ResponseValue<W>, legit_health_api::Error<()>>,
    keep: Keep,
    read: impl FnOnce(W) -> Result<T, BrokenContract>,
) -> Result<Reply<T>, Error> {
    let value = match (&outcome.why_unanswered, parsed) {
        (Some(_), _) => None,
        // The parser does not look into texts that nothing asks for.
        (None, Ok(_))
            if outcome.answer.as_deref().is_some_and(|answer| std::str::from_utf8(answer).is_err()) =>
        {
            Some(Err("the answer is not UTF-8, as JSON must be".to_owned()))
        }
        (None, Ok(wire)) => {
            Some(read(wire.into_inner()).map_err(|BrokenContract(reason)| reason.into_owned()))
        }
        (None, Err(error)) => explain(error).map(Err),
    };
    match value {
        Some(Ok(value)) => Ok(Reply {
            value,
            request_id: outcome.request_id,
            attempts: outcome.attempts,
            document: outcome.answer.filter(|_| keep == Keep::Document),
        }),
        Some(Err(sentence)) => Err(failed(outcome, Kind::Contract, sentence, Vec::new())),
        None => Err(unanswered_or_refused(outcome)),
    }
}

/// Why the answer could not be parsed; `None` if it is an error status. The parser's own texts quote bodies, so
/// none of them is passed on.
fn explain(error: legit_health_api::Error<()>) -> Option<String> {
    match error {
        legit_health_api::Error::UnexpectedResponse(_) => None,
        legit_health_api::Error::InvalidResponsePayload(_, cause) => Some(format!(
            "the answer does not match the contract (line {}, column {} of its JSON)",
            cause.line(),
            cause.column()
        )),
        _ => Some("the request could not be built, or its answer not be read".to_owned()),
    }
}

fn unanswered_or_refused(mut outcome: Outcome) -> Error {
    match outcome.why_unanswered.take() {
        Some(Unanswered::Seam(why)) => failed(outcome, Kind::Internal, why.to_string(), Vec::new()),
        // The call itself was not sent; what there is to know is the login's.
        Some(Unanswered::Stopped(Stopped::Login(login))) => {
            let sentence = format!("the login failed: {}", login.sentence());
            let parts = parts(outcome, login.kind(), sentence, login.fields().to_vec());
            Error::new(Parts {
                status: login.status().and_then(|status| StatusCode::from_u16(status).ok()),
                request_id: login.request_id().map(str::to_owned),
                source: Some(Box::new(login)),
                ..parts
            })
        }
        Some(Unanswered::Stopped(why)) => {
            let (kind, sentence) = why.explain();
            let mut parts = parts(outcome, kind, sentence.to_owned(), Vec::new());
            parts.source = why.into_source();
            Error::new(parts)
        }
        None => refused(outcome),
    }
}

fn refused(outcome: Outcome) -> Error {
    let fields = outcome.answer.as_deref().map(faults).unwrap_or_default();
    let (kind, sentence) = match outcome.status {
        Some(StatusCode::UNAUTHORIZED) => (Kind::Authentication, "the device did not accept the credentials"),
        Some(StatusCode::FORBIDDEN) => (Kind::Authentication, "this account may not do this"),
        Some(StatusCode::TOO_MANY_REQUESTS) => {
            (Kind::RateLimited, "too many requests: wait before the next one")
        }
        Some(StatusCode::PAYLOAD_TOO_LARGE) => {
            (Kind::Rejected, "the request is larger than the device takes: send smaller images")
        }
        Some(status) if status.is_redirection() => {
            (Kind::Contract, "the answer is a redirect, which is never followed: correct the base URL")
        }
        Some(status) if status.is_server_error() => (Kind::Server, "the device is not available"),
        Some(status) if status.is_client_error() => (Kind::Rejected, "the device refused the request"),
        _ => (Kind::Contract, "the answer has a status that means nothing here"),
    };
    let sentence = format!("{sentence}{}", named(&fields));
    failed(outcome, kind, sentence, fields)
}

/// The refused fields that we have words for: each once, and a few at most.
fn named(fields: &[FieldError]) -> String {
    const MOST: usize = 3;
    let mut names: Vec<&str> = Vec::new();
    for name in fields.iter().filter_map(FieldError::known_argument) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let rest = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    match (names.as_slice(), rest) {
        ([], _) => String::new(),
        (names, 0) => format!(": {}", names.join(", ")),
        (names, rest) => format!(": {} and {rest} more", names.join(", ")),
    }
}

/// What the body of an error says about single fields; nothing if it is no such body.
fn faults(body: &[u8]) -> Vec<FieldError> {
    match serde_json::from_slice::<ErrorBody>(body) {
        Ok(ErrorBody { detail: Some(ErrorDetail::Faults(faults)), .. }) => {
            faults.into_iter().map(FieldError::from_wire).collect()
        }
        _ => Vec::new(),
    }
}

fn failed(outcome: Outcome, kind: Kind, sentence: String, fields: Vec<FieldError>) -> Error {
    Error::new(parts(outcome, kind, sentence, fields))
}

fn parts(outcome: Outcome, kind: Kind, sentence: String, fields: Vec<FieldError>) -> Parts {
    Parts {
        kind,
        fate: outcome.fate,
        status: outcome.status,
        request_id: outcome.request_id,
        attempts: outcome.attempts,
        fields,
        sentence,
        source: None,
    }
}
