//! The mock device: its server, its account and the order of its mocks.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use httpmock::{Mock, MockServer, Then};
use serde_json::json;

use crate::When;
use crate::default_responses::{DefaultResponses, PASSWORD, USERNAME};
use crate::exchange::{BASE_PATH, json_response};
use crate::unmatched::UnmatchedRequest;

/// A mock of the device on this machine, for one test.
///
/// Without any mock it logs in with its [`username`](Self::username) and [`password`](Self::password), and responds 401
/// to calls without a token that it has issued. A mock of [`login`](Self::login) replaces both.
///
/// Dropping the device fails the test if there were requests that matched no mock, and lists what did not match.
pub struct MockDevice {
    server: MockServer,
    default_responses: Arc<DefaultResponses>,
    /// The id of the mock with the default responses. It has to be the newest, since mocks are tried in order.
    last: Mutex<Option<usize>>,
}

impl MockDevice {
    /// Starts a mock device on a port of its own.
    ///
    /// Blocks for a moment, and longer while very many tests run at the same time: httpmock keeps 25 servers, or as many
    /// as the environment variable `HTTPMOCK_MAX_SERVERS` says.
    pub fn start() -> Self {
        let default_responses = Arc::<DefaultResponses>::default();
        let device = Self { server: MockServer::start(), default_responses, last: Mutex::new(None) };
        let (matcher, responder) = (device.default_responses.clone(), device.default_responses.clone());
        device.server.mock(|when, then| {
            when.is_true(move |request| matcher.refusal(request).is_some());
            then.respond_with(move |request| {
                // `None` only if another thread has issued the token since the request was matched.
                let detail = responder.refusal(request).unwrap_or("Invalid token");
                json_response(401, &json!({"detail": detail}))
            });
        });
        device.move_default_responses_last();
        device
    }

    /// Returns the base URL, version included: `http://127.0.0.1:12345/v2.0`. The catalog has the same base URL.
    pub fn base_url(&self) -> String {
        self.server.url(BASE_PATH)
    }

    /// Returns the user name of the only account, an e-mail address.
    pub fn username(&self) -> &'static str {
        USERNAME
    }

    /// Returns the password of the only account.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Issues a token without a login, for clients that are configured with a token.
    pub fn token(&self) -> String {
        self.default_responses.state().issue_token()
    }

    /// Returns how many logins the device itself has accepted; logins that a mock responded to are not counted.
    pub fn logins(&self) -> usize {
        self.default_responses.state().logins
    }

    /// Mocks a request that is not in the contract.
    pub fn mock(&self, config_fn: impl FnOnce(When, Then)) -> Mock<'_> {
        self.mock_operation("mock", config_fn)
    }

    /// Mocks an operation of the contract; the generated methods call this.
    pub(crate) fn mock_operation(
        &self,
        operation: &'static str,
        config_fn: impl FnOnce(When, Then),
    ) -> Mock<'_> {
        if operation == "login" {
            self.default_responses.state().login_is_mocked = true;
        }
        let mock = self.server.mock(|when, then| {
            let when = When::new(when);
            self.default_responses.state().mocks.push((operation, when.expectations()));
            config_fn(when, then);
        });
        self.move_default_responses_last();
        mock
    }

    /// Adds a mock that the list of mocks beside an unmatched request leaves out.
    pub(crate) fn mock_scenario(&self, config_fn: impl FnOnce(When, Then)) {
        self.server.mock(|when, then| config_fn(When::new(when), then));
        self.move_default_responses_last();
    }

    fn move_default_responses_last(&self) {
        // Locked throughout: of two threads that add mocks, the later one has to leave the newest.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let default_responses = self.default_responses.clone();
        let newest = self.server.mock(|when, then| {
            when.any_request();
            then.respond_with(move |request| default_responses.respond(request));
        });
        if let Some(older) = last.replace(newest.id()) {
            Mock::new(older, &self.server).delete();
        }
    }

    /// Removes and returns the requests that matched no mock so far, oldest first. They no longer fail the test.
    pub fn take_unmatched(&self) -> Vec<UnmatchedRequest> {
        std::mem::take(&mut self.default_responses.state().unmatched)
    }
}

impl Drop for MockDevice {
    /// # Panics
    ///
    /// If requests matched no mock and were not taken with [`take_unmatched`](Self::take_unmatched). In a test that has
    /// already failed, the message is only printed.
    #[allow(clippy::print_stderr)] // A second panic in a failed test would abort the whole program.
    fn drop(&mut self) {
        let unmatched = self.take_unmatched();
        if unmatched.is_empty() {
            return;
        }
        let requests = if unmatched.len() == 1 { "request matches" } else { "requests match" };
        let mut message = format!("{} {requests} no mock of the device:", unmatched.len());
        for request in unmatched {
            message.push_str(&format!("\n  {request}"));
        }
        if thread::panicking() {
            eprintln!("{message}");
        } else {
            panic!("{message}");
        }
    }
}

impl std::fmt::Debug for MockDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockDevice").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

/// Builds a `legit_health::Client` with the base URL and the credentials of a [`MockDevice`](crate::MockDevice).
///
/// The test has to depend on the crate `legit-health`. This crate does not, so that other clients can be tested too.
#[macro_export]
macro_rules! client {
    ($device:expr) => {{
        let device: &$crate::MockDevice = &$device;
        ::legit_health::Client::builder()
            .base_url(device.base_url())
            .credentials(::legit_health::Credentials::password(device.username(), device.password()))
            .build()
            .expect("base URL and credentials are set")
    }};
}
