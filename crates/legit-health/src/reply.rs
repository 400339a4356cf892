//! What a successful call gives back, and the one place where a call becomes a result or an error.

mod provenance;
mod unknown_fields;

pub use provenance::Provenance;
pub use unknown_fields::UnknownFields;

use crate::call::{Outcome, Unanswered};
use crate::error::{Error, ErrorKind, FieldError, Parts};
use crate::transport::Stopped;
use bytes::Bytes;
use http::StatusCode;
use legit_health_api::ResponseValue;
use legit_health_api::device::types::ErrorBody;
use legit_health_api::scalar::ErrorDetail;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A result, and what is known about the call that produced it.
///
/// [`PendingCall::reply`](crate::calls::PendingCall::reply) asks for it. It can be stored as JSON and read back; that document has
/// the members `value`, `provenance`, `unknownFields` and `json`. A test of your own builds one from such a document.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Reply<T> {
    /// The result.
    pub value: T,
    /// Where the result comes from.
    pub provenance: Provenance,
    /// The members of the response that this version does not know. If there are any, the device is newer than this program
    /// (or it is the sandbox, which marks its responses).
    #[serde(default)]
    pub unknown_fields: UnknownFields,
    /// The response's JSON as it came, if the call was told to keep it ([`keep_json`](crate::calls::PendingCall::keep_json)).
    #[serde(default)]
    pub json: Option<String>,
}

impl<T> Reply<T> {
    pub(crate) fn new(
        value: T,
        provenance: Provenance,
        unknown_fields: UnknownFields,
        document: Option<Bytes>,
    ) -> Self {
        let text = |document: Bytes| String::from_utf8(document.into());
        let json =
            document.map(text).map(|text| text.expect("a response that is not UTF-8 is refused before"));
        Self { value, provenance, unknown_fields, json }
    }
}

/// Hides the text of the response, and of the value what the value's own `Debug` hides.
impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("value", &self.value)
            .field("provenance", &self.provenance)
            .field("unknown_fields", &self.unknown_fields)
            .finish_non_exhaustive()
    }
}

/// An answer that can be parsed and still breaks the contract.
pub(crate) struct BrokenContract(pub(crate) Cow<'static, str>);

/// What became of a call, and the document it came from.
pub(crate) struct Joined<T> {
    pub(crate) result: Result<T, Error>,
    pub(crate) document: Option<Bytes>,
}

/// Joins the record of a call and the parser's result. Nothing else makes a call's result or error.
pub(crate) fn join<W, T>(
    mut outcome: Outcome,
    images_sent: usize,
    parsed: Result<ResponseValue<W>, legit_health_api::Error<()>>,
    read: impl FnOnce(W) -> Result<T, BrokenContract>,
) -> Joined<T> {
    let value = match (&outcome.why_unanswered, parsed) {
        (Some(_), _) => None,
        (None, Ok(wire)) => {
            Some(read(wire.into_inner()).map_err(|BrokenContract(reason)| reason.into_owned()))
        }
        (None, Err(error)) => explain(error).map(Err),
    };
    let document = match value {
        Some(Ok(_)) => outcome.answer.take(),
        _ => None,
    };
    let result = match value {
        Some(Ok(value)) => Ok(value),
        Some(Err(sentence)) => Err(failed(outcome, ErrorKind::InvalidResponse, sentence, Vec::new())),
        None => Err(unanswered_or_refused(outcome, images_sent)),
    };
    Joined { result, document }
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

fn unanswered_or_refused(mut outcome: Outcome, images_sent: usize) -> Error {
    match outcome.why_unanswered.take() {
        None => refused(outcome, images_sent),
        Some(Unanswered::Seam(why)) => failed(outcome, ErrorKind::Internal, why.to_string(), Vec::new()),
        Some(Unanswered::Stopped(why)) => {
            let (kind, sentence) = why.explain();
            let mut parts = parts(outcome, kind, sentence, Vec::new());
            if let Stopped::Login(login) = &why {
                // The call itself was not sent, or refused; what there is to know is the login's.
                parts.status = login.status().and_then(|status| StatusCode::from_u16(status).ok());
                parts.request_id = login.request_id().map(str::to_owned);
                parts.retry_after = login.retry_after();
                parts.fields = login.fields().to_vec();
            }
            parts.source = why.into_source();
            Error::new(parts)
        }
    }
}

fn refused(outcome: Outcome, images_sent: usize) -> Error {
    let fields = outcome.answer.as_deref().map(|body| faults(body, images_sent)).unwrap_or_default();
    let (kind, sentence) = match outcome.status {
        Some(StatusCode::UNAUTHORIZED) => {
            (ErrorKind::Authentication, "the device did not accept the credentials")
        }
        Some(StatusCode::FORBIDDEN) => (ErrorKind::Authentication, "this account may not do this"),
        Some(StatusCode::TOO_MANY_REQUESTS) => {
            (ErrorKind::RateLimited, "too many requests: wait before the next one")
        }
        Some(StatusCode::PAYLOAD_TOO_LARGE) => {
            (ErrorKind::Rejected, "the request is larger than the device takes: send smaller images")
        }
        Some(status) if status.is_redirection() => (
            ErrorKind::InvalidResponse,
            "the answer is a redirect, which is never followed: correct the base URL",
        ),
        Some(status) if status.is_server_error() => (ErrorKind::Server, "the device is not available"),
        Some(status) if status.is_client_error() => (ErrorKind::Rejected, "the device refused the request"),
        _ => (ErrorKind::InvalidResponse, "the answer has a status that means nothing here"),
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
fn faults(body: &[u8], images_sent: usize) -> Vec<FieldError> {
    match serde_json::from_slice::<ErrorBody>(body) {
        Ok(ErrorBody { detail: Some(ErrorDetail::Faults(faults)), .. }) => {
            faults.into_iter().map(|fault| FieldError::read(fault, images_sent)).collect()
        }
        _ => Vec::new(),
    }
}

fn failed(outcome: Outcome, kind: ErrorKind, sentence: String, fields: Vec<FieldError>) -> Error {
    Error::new(parts(outcome, kind, sentence, fields))
}

fn parts(outcome: Outcome, kind: ErrorKind, sentence: String, fields: Vec<FieldError>) -> Parts {
    Parts {
        kind,
        delivery: outcome.delivery,
        status: outcome.status,
        request_id: outcome.request_id,
        retry_after: outcome.retry_after,
        attempts: outcome.attempts,
        fields,
        sentence,
        source: None,
    }
}
