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
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// A result, and what is known about how it came. It is used like the result itself.
#[derive(Clone)]
pub struct Reply<T> {
    value: T,
    provenance: Provenance,
    unknown_fields: UnknownFields,
    document: Option<Bytes>,
}

impl<T> Reply<T> {
    pub(crate) fn new(
        value: T,
        provenance: Provenance,
        unknown_fields: UnknownFields,
        document: Option<Bytes>,
    ) -> Self {
        Self { value, provenance, unknown_fields, document }
    }

    /// Where the result comes from: what to keep beside it.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The id that the server gave to the request, if it gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.provenance.request_id.as_deref()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.provenance.attempts
    }

    /// What the document holds that this version has no place for. If there is any, the device is newer than this program
    /// (or it is the sandbox, which marks its answers).
    pub fn unknown_fields(&self) -> &UnknownFields {
        &self.unknown_fields
    }

    /// The document as it came, if the call was told to keep it (`keep_json`).
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
        Ok(ErrorBody { detail: Some(ErrorDetail::ValidationErrors(faults)), .. }) => {
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
