//! What a device answers when no mock does: the login, and to everything else that it was not expected.

use std::sync::{Mutex, PoisonError};

use httpmock::{HttpMockRequest, HttpMockResponse};
use serde_json::{Value, json};

use crate::expectation::Expectations;
use crate::session::Session;
use crate::unmatched::{Missed, Unmatched};

/// What all mocks of a device share.
#[derive(Default)]
pub(crate) struct DefaultAnswers {
    pub(crate) session: Session,
    /// The mocks there are, by name, in their order.
    expected: Mutex<Vec<(&'static str, Expectations)>>,
    pub(crate) unmatched: Mutex<Vec<Unmatched>>,
}

impl DefaultAnswers {
    pub(crate) fn expect(&self, name: &'static str, expectations: Expectations) {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner).push((name, expectations));
    }

    /// The answer to what no mock has matched.
    pub(crate) fn answer(&self, request: &HttpMockRequest) -> HttpMockResponse {
        if let Some(answer) = self.session.login(request) {
            return answer;
        }
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        let missed = expected.iter().map(|(name, expectations)| Missed::by(name, expectations, request));
        let unmatched = Unmatched::new(request, missed.collect());
        drop(expected);
        self.unmatched.lock().unwrap_or_else(PoisonError::into_inner).push(unmatched);
        answer(404, &json!({"detail": "Not Found: no mock matches this request"}))
    }
}

/// An answer with a JSON body.
pub(crate) fn answer(status: u16, body: &Value) -> HttpMockResponse {
    HttpMockResponse::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_string())
        .build()
}
