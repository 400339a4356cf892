//! Error responses in the shape of the framework: `detail` is a sentence or a list of validation errors.

use std::time::SystemTime;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::document::{json_response, with_notice};
use crate::contract::ValidationError;
use crate::http::RetryAfter;

/// A response other than a success.
#[derive(Debug)]
pub(super) struct ErrorResponse {
    status: StatusCode,
    detail: Value,
    /// `Retry-After`, and the time it is relative to.
    retry_after: Option<Box<(RetryAfter, SystemTime)>>,
    /// What to do about it, for a header of ours: the body is that of the device.
    hint: Option<Box<str>>,
}

/// The header with a hint.
const HINT_HEADER: HeaderName = HeaderName::from_static("x-sandbox-hint");

impl ErrorResponse {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: Value::from(detail.into()), retry_after: None, hint: None }
    }

    /// With the standard phrase of the status, as for an unknown path.
    pub(super) fn standard(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or_default())
    }

    pub(super) fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// For a locked account. The response of the device is unknown.
    pub(super) fn locked() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Account locked: too many refused logins")
    }

    pub(super) fn unreadable_body() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "There was an error parsing the body")
    }

    /// For a request beyond a rate limit. The response of the device is unknown.
    pub(super) fn too_many_requests(retry_after: RetryAfter, now: SystemTime) -> Self {
        let retry_after = Some(Box::new((retry_after, now)));
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests") }
    }

    pub(super) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
    }

    /// Returns the `detail` of the body.
    pub(super) fn detail(&self) -> &Value {
        &self.detail
    }

    /// 422 with these errors.
    pub(super) fn invalid(errors: &[ValidationError]) -> Self {
        let detail = errors.iter().map(ValidationError::to_json).collect();
        let is_data_uri =
            |error: &ValidationError| error.input.as_str().is_some_and(|it| it.starts_with("data:"));
        let hint = errors.iter().any(is_data_uri);
        let hint =
            hint.then(|| "send the base64 text alone, without `data:...;base64,` before it".to_owned());
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail, retry_after: None, hint: None }
            .with_hint(hint)
    }

    pub(super) fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint: hint.map(String::into_boxed_str), ..self }
    }

    /// Returns a 422 if there are errors.
    pub(super) fn check(errors: &[ValidationError]) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self::invalid(errors)) }
    }
}

impl ErrorResponse {
    /// Returns the response with the `sandbox` object, to requests that are none to the device.
    pub(super) fn into_marked_response(mut self) -> Response {
        let body = with_notice(json!({"detail": self.detail.take()}));
        self.into_response_with(&body)
    }

    fn into_response_with(self, body: &Value) -> Response {
        let mut response = json_response(self.status, body);
        if let Some((retry_after, now)) = self.retry_after.as_deref() {
            retry_after.insert_into(response.headers_mut(), *now);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // A path that cannot stand in a header has no hint.
        if let Some(Ok(hint)) = self.hint.as_deref().map(HeaderValue::from_str) {
            response.headers_mut().insert(HINT_HEADER, hint);
        }
        response
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(mut self) -> Response {
        let body = json!({"detail": self.detail.take()});
        self.into_response_with(&body)
    }
}
