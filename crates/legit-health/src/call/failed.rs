//! The error of a call that failed, built from its record and the failure.

use crate::error::{Error, ErrorKind, FieldError, Parts};
use crate::transport::{CallFailure, Outcome, without_long_strings};
use http::StatusCode;
use legit_health_api::device::types::ErrorBody;
use legit_health_api::dispatch::DispatchError;
use legit_health_api::scalar::ErrorDetail;

/// Returns the error of a call that has no usable response.
pub(super) fn without_response(outcome: &Outcome, failure: CallFailure) -> Error {
    let (kind, sentence) = failure.explain();
    let mut parts = parts(outcome, kind, sentence);
    if let CallFailure::Login(login) = &failure {
        // The call itself was not sent, or was refused, so these come from the login.
        parts.status = login.status().and_then(|status| StatusCode::from_u16(status).ok());
        parts.request_id = login.request_id().map(str::to_owned);
        parts.retry_after = login.retry_after();
        parts.fields = login.fields().to_vec();
    }
    parts.source = failure.into_source();
    Error::new(parts)
}

/// Returns the error of a response that is an error status or could not be parsed. The texts of the generated error quote
/// bodies, so none of them is passed on.
pub(super) fn with_response(
    outcome: &Outcome,
    error: legit_health_api::Error<()>,
    images_sent: usize,
) -> Error {
    if let Some(why) = DispatchError::of(&error) {
        return Error::new(parts(outcome, ErrorKind::Internal, why.to_string()));
    }
    match error {
        legit_health_api::Error::UnexpectedResponse(_) => refused(outcome, images_sent),
        legit_health_api::Error::InvalidResponsePayload(_, cause) => invalid_response(
            outcome,
            format!(
                "the response does not match the contract (line {}, column {} of its JSON)",
                cause.line(),
                cause.column()
            ),
        ),
        _ => invalid_response(
            outcome,
            "the request could not be built, or its response could not be read".into(),
        ),
    }
}

/// Returns the error of a response that breaks the contract.
pub(super) fn invalid_response(outcome: &Outcome, sentence: String) -> Error {
    Error::new(parts(outcome, ErrorKind::InvalidResponse, sentence))
}

fn refused(outcome: &Outcome, images_sent: usize) -> Error {
    let fields = outcome.response.as_deref().map(|body| field_errors(body, images_sent)).unwrap_or_default();
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
            "the response is a redirect, which is never followed: correct the base URL",
        ),
        Some(StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT) => {
            (ErrorKind::Server, "the device is not available")
        }
        Some(StatusCode::NOT_IMPLEMENTED) => (ErrorKind::Server, "the device cannot do what was requested"),
        Some(status) if status.is_server_error() => (ErrorKind::Server, "the device failed"),
        Some(status) if status.is_client_error() => (ErrorKind::Rejected, "the device refused the request"),
        _ => (ErrorKind::InvalidResponse, "the response has a status that is not in the contract"),
    };
    let sentence = format!("{sentence}{}", names(&fields));
    Error::new(Parts { fields, ..parts(outcome, kind, sentence) })
}

/// Returns the names of the refused fields that this library knows: each once, and three at most.
fn names(fields: &[FieldError]) -> String {
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

/// Returns the errors of single fields in the body of an error; none if it has another form.
fn field_errors(body: &[u8], images_sent: usize) -> Vec<FieldError> {
    let body = without_long_strings(body);
    match body.and_then(|body| serde_json::from_slice::<ErrorBody>(&body).ok()) {
        Some(ErrorBody { detail: Some(ErrorDetail::ValidationErrors(faults)), .. }) => {
            faults.into_iter().map(|fault| FieldError::read(fault, images_sent)).collect()
        }
        _ => Vec::new(),
    }
}

fn parts(outcome: &Outcome, kind: ErrorKind, sentence: String) -> Parts {
    Parts {
        kind,
        delivery: outcome.delivery,
        status: outcome.status,
        request_id: outcome.request_id.clone(),
        retry_after: outcome.retry_after,
        attempts: outcome.attempts,
        fields: Vec::new(),
        sentence,
        source: None,
    }
}
