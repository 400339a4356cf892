//! Answers that are no success, in the shapes of the framework: `detail` is a sentence or a list of faults.

use std::time::SystemTime;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::json;
use crate::contract::Fault;
use crate::retry_after::RetryAfter;

/// A request that is not granted.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    detail: Value,
    /// When to come back, seen from now.
    retry_after: Option<Box<(RetryAfter, SystemTime)>>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, detail: Value::from(sentence.into()), retry_after: None }
    }

    /// In the words of HTTP itself, as for an unknown path.
    pub(super) fn standard(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or_default())
    }

    pub(super) fn unauthorized(sentence: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, sentence)
    }

    /// For an account that is locked. How the device says so is unknown.
    pub(super) fn locked() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Account locked: too many refused logins")
    }

    pub(super) fn unreadable() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "There was an error parsing the body")
    }

    /// How the device says that there were too many requests is unknown.
    pub(super) fn too_many(retry_after: RetryAfter, now: SystemTime) -> Self {
        let retry_after = Some(Box::new((retry_after, now)));
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests") }
    }

    pub(super) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
    }

    pub(super) fn not_yet(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, sentence)
    }

    /// 422 with one fault.
    pub(super) fn of_fault(fault: &Fault) -> Self {
        Self::of_faults(vec![fault.to_json()])
    }

    /// 422 with every fault; no faults are no refusal.
    pub(super) fn unless_faultless(faults: &[Fault]) -> Result<(), Self> {
        if faults.is_empty() {
            return Ok(());
        }
        let detail = faults.iter().map(Fault::to_json).collect();
        Err(Self::of_faults(detail))
    }

    fn of_faults(detail: Vec<Value>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self { status, detail: Value::Array(detail), retry_after: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &json!({"detail": self.detail}));
        if let Some((retry_after, now)) = self.retry_after.as_deref() {
            retry_after.stamp(response.headers_mut(), *now);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
