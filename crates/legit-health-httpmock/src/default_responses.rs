//! The responses of a device without a mock's help: to the login, to calls without a valid token, and to requests that
//! match no mock.

use std::sync::{Mutex, MutexGuard, PoisonError};

use httpmock::{HttpMockRequest, HttpMockResponse};
use serde_json::{Value, json};

use crate::exchange::{form, header, json_response, path_below_base};
use crate::unmatched::{MockMismatch, UnmatchedRequest};
use crate::when::Expectations;

pub(crate) const USERNAME: &str = "clinic@example.org";
pub(crate) const PASSWORD: &str = "mock-password";

/// Paths that need no token: the login and the public catalog.
const PUBLIC_PATHS: [&str; 4] = ["/login", "/body-sites", "/questionnaires", "/clinical-signs"];

/// The state of one device, shared by its mocks.
#[derive(Default)]
pub(crate) struct DefaultResponses(Mutex<State>);

#[derive(Default)]
pub(crate) struct State {
    tokens: Vec<String>,
    pub(crate) logins: usize,
    /// Whether the test mocks the login. Then any token may come from one of its mocks.
    pub(crate) login_is_mocked: bool,
    /// The mocks by name, in the order they were made.
    pub(crate) mocks: Vec<(&'static str, Expectations)>,
    pub(crate) unmatched: Vec<UnmatchedRequest>,
}

/// Returns the token that the device issues as its `number`th, counted from 1.
pub(crate) fn token(number: usize) -> String {
    format!("mock-token-{number}")
}

impl State {
    pub(crate) fn issue_token(&mut self) -> String {
        let token = token(self.tokens.len() + 1);
        self.tokens.push(token.clone());
        token
    }
}

impl DefaultResponses {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single assignment or push, so a panic elsewhere leaves the state consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Responds to a request that no mock has matched.
    pub(crate) fn respond(&self, request: &HttpMockRequest) -> HttpMockResponse {
        let is_login =
            request.method_str() == "POST" && path_below_base(request).as_deref() == Some("/login");
        if is_login && !self.state().login_is_mocked {
            return self.log_in(request);
        }
        // An expectation of a test may use the device, so the state is not locked while they are checked.
        let mocks = self.state().mocks.clone();
        let mismatches = mocks.into_iter().map(|(operation, expectations)| MockMismatch {
            operation,
            mismatches: expectations.mismatches(request),
        });
        let unmatched = UnmatchedRequest::new(request, mismatches.collect());
        self.state().unmatched.push(unmatched);
        json_response(404, &json!({"detail": "Not Found: no mock matches this request"}))
    }

    fn log_in(&self, request: &HttpMockRequest) -> HttpMockResponse {
        let form = form(request).unwrap_or_default();
        let missing: Vec<Value> = ["username", "password"]
            .into_iter()
            .filter(|name| form[name].is_null())
            .map(|name| json!({"type": "missing", "loc": ["body", name], "msg": "Field required"}))
            .collect();
        if !missing.is_empty() {
            return json_response(422, &json!({"detail": missing}));
        }
        if form["username"] != USERNAME || form["password"] != PASSWORD {
            return json_response(401, &json!({"detail": "Incorrect username or password"}));
        }
        let mut state = self.state();
        state.logins += 1;
        let token = state.issue_token();
        // The minutes are text, as in the vendor's guide.
        let body = json!({"access_token": token, "token_type": "Access token", "expires_in_minutes": "60"});
        json_response(200, &body)
    }

    /// Returns why a request is refused with 401; `None` if it has a valid token or needs none.
    pub(crate) fn refusal(&self, request: &HttpMockRequest) -> Option<&'static str> {
        if path_below_base(request).is_none_or(|path| PUBLIC_PATHS.contains(&path.as_str())) {
            return None;
        }
        let authorization = header(request, "authorization");
        let Some(token) = authorization.as_deref().and_then(|value| value.strip_prefix("Bearer ")) else {
            return Some("Not authenticated");
        };
        let state = self.state();
        let is_valid = state.login_is_mocked || state.tokens.iter().any(|issued| issued == token);
        (!is_valid).then_some("Invalid token")
    }
}
