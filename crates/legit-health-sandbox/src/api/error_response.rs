//! Error responses in the shape of the framework: `detail` is a sentence or a list of validation errors.

use std::time::SystemTime;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::document::json_response;
use crate::contract::ValidationError;
use crate::http::RetryAfter;

/// A response other than a success.
#[derive(Debug)]
pub(super) struct ErrorResponse {
    status: StatusCode,
    detail: Value,
    /// `Retry-After`, and the time it is relative to.
    retry_after: Option<Box<(RetryAfter, SystemTime)>>,
}

impl ErrorResponse {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: Value::from(detail.into()), retry_after: None }
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
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail, retry_after: None }
    }

    /// Returns a 422 if there are errors.
    pub(super) fn check(errors: &[ValidationError]) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self::invalid(errors)) }
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        let mut response = json_response(self.status, &json!({"detail": self.detail}));
        if let Some((retry_after, now)) = self.retry_after.as_deref() {
            retry_after.insert_into(response.headers_mut(), *now);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
