//! The account of a mock device, its login, and the tokens that it has issued.

use std::sync::{Mutex, MutexGuard, PoisonError};

use httpmock::{HttpMockRequest, HttpMockResponse};
use serde_json::{Value, json};

use crate::default_answers::answer;
use crate::when::{FORM, below_base, header};

pub(crate) const USERNAME: &str = "clinic@example.org";
pub(crate) const PASSWORD: &str = "mock-password";

/// What needs no token: the login, and the public catalogue.
const OPEN: [&str; 4] = ["/login", "/body-sites", "/questionnaires", "/clinical-signs"];

/// Who may call.
#[derive(Default)]
pub(crate) struct Session(Mutex<Parts>);

#[derive(Default)]
struct Parts {
    issued: Vec<String>,
    logins: usize,
    /// The test logs in by mocks of its own, so that any token may be one of theirs.
    left_to_mocks: bool,
}

/// The token of the first login.
pub(crate) fn first_token() -> String {
    numbered(1)
}

fn numbered(number: usize) -> String {
    format!("mock-token-{number}")
}

impl Session {
    pub(crate) fn issue(&self) -> String {
        let mut parts = self.parts();
        let token = numbered(parts.issued.len() + 1);
        parts.issued.push(token.clone());
        token
    }

    pub(crate) fn logins(&self) -> usize {
        self.parts().logins
    }

    pub(crate) fn leave_to_mocks(&self) {
        self.parts().left_to_mocks = true;
    }

    /// What the device says to a login; nothing if this is none, or if the test has mocks for it.
    pub(crate) fn login(&self, request: &HttpMockRequest) -> Option<HttpMockResponse> {
        let is_login = request.method_str() == "POST" && below_base(request).as_deref() == Some("/login");
        if !is_login || self.parts().left_to_mocks {
            return None;
        }
        let is_form = header(request, "content-type").is_some_and(|found| found.starts_with(FORM));
        let form: Vec<(String, String)> = match is_form {
            true => form_urlencoded::parse(request.body_ref()).into_owned().collect(),
            false => Vec::new(),
        };
        let field =
            |name: &str| form.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let missing: Vec<Value> = ["username", "password"]
            .into_iter()
            .filter(|name| field(name).is_none())
            .map(|name| json!({"type": "missing", "loc": ["body", name], "msg": "Field required"}))
            .collect();
        if !missing.is_empty() {
            return Some(answer(422, &json!({"detail": missing})));
        }
        if (field("username"), field("password")) != (Some(USERNAME), Some(PASSWORD)) {
            return Some(unauthorized("Incorrect username or password"));
        }
        let token = self.issue();
        self.parts().logins += 1;
        // Minutes as text, as the vendor's guide has them.
        Some(answer(
            200,
            &json!({"access_token": token, "token_type": "Access token", "expires_in_minutes": "60"}),
        ))
    }

    /// Why the device does not serve a request, if it does not.
    pub(crate) fn refusal(&self, request: &HttpMockRequest) -> Option<&'static str> {
        if below_base(request).is_none_or(|path| OPEN.contains(&path.as_str())) {
            return None;
        }
        let authorization = header(request, "authorization");
        let Some(token) = authorization.as_deref().and_then(|value| value.strip_prefix("Bearer ")) else {
            return Some("Not authenticated");
        };
        let parts = self.parts();
        let is_known = parts.left_to_mocks || parts.issued.iter().any(|issued| issued == token);
        (!is_known).then_some("Invalid token")
    }

    pub(crate) fn refused(&self, request: &HttpMockRequest) -> HttpMockResponse {
        unauthorized(self.refusal(request).unwrap_or("Not authenticated"))
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sentences are the device's.
fn unauthorized(sentence: &str) -> HttpMockResponse {
    answer(401, &json!({"detail": sentence}))
}
