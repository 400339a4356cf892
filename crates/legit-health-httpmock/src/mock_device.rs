//! The device that a test talks to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use httpmock::{Mock, MockServer, Then};

use crate::When;
use crate::default_answers::DefaultAnswers;
use crate::unmatched::{Unmatched, in_words};

/// The path of the base URL: it holds the version, as that of the device does.
pub(crate) const BASE_PATH: &str = "/v2.0";

/// A device on this machine, for one test. It answers what its mocks say.
///
/// By itself it logs in whoever has its [`username`](Self::username) and [`password`](Self::password), and refuses calls
/// without a token that it has issued. A mock of [`login`](Self::login) takes over both.
///
/// Dropping it fails the test if there were requests that matched no mock, and says what they missed.
pub struct MockDevice {
    server: MockServer,
    answers: Arc<DefaultAnswers>,
    /// The mock that answers last, by its number. It has to be the newest, since they are asked in turn.
    last: Mutex<Option<usize>>,
}

impl MockDevice {
    /// Starts one. It blocks for a moment, and longer while very many tests have one at the same time: httpmock keeps 25
    /// of them, or as many as `HTTPMOCK_MAX_SERVERS` says.
    pub fn start() -> Self {
        let device = Self { server: MockServer::start(), answers: Arc::default(), last: Mutex::new(None) };
        let answers = device.answers.clone();
        device.server.mock(|when, then| {
            let refusing = answers.clone();
            when.is_true(move |request| refusing.session.refusal(request).is_some());
            then.respond_with(move |request| answers.session.refused(request));
        });
        device.answer_last();
        device
    }

    /// The address, version included: `http://127.0.0.1:12345/v2.0`. The catalogue is there too.
    pub fn base_url(&self) -> String {
        self.server.url(BASE_PATH)
    }

    /// The e-mail address of the one account.
    pub fn username(&self) -> &'static str {
        crate::session::USERNAME
    }

    /// The password of the one account.
    pub fn password(&self) -> &'static str {
        crate::session::PASSWORD
    }

    /// A token as a login would bring it: for clients that are given theirs.
    pub fn token(&self) -> String {
        self.answers.session.issue()
    }

    /// How often the device itself has logged somebody in.
    pub fn logins(&self) -> usize {
        self.answers.session.logins()
    }

    /// A mock of something that the contract does not have.
    pub fn mock(&self, config_fn: impl FnOnce(When, Then)) -> Mock<'_> {
        self.register("mock", config_fn)
    }

    /// What the generated methods call.
    pub(crate) fn mock_operation(
        &self,
        operation: &'static str,
        config_fn: impl FnOnce(When, Then),
    ) -> Mock<'_> {
        if operation == "login" {
            self.answers.session.leave_to_mocks();
        }
        self.register(operation, config_fn)
    }

    fn register(&self, name: &'static str, config_fn: impl FnOnce(When, Then)) -> Mock<'_> {
        let mock = self.server.mock(|when, then| {
            let when = When::new(when);
            self.answers.expect(name, when.expectations());
            config_fn(when, then);
        });
        self.answer_last();
        mock
    }

    /// Has the default answers come after all mocks there are.
    fn answer_last(&self) {
        // Held all the way: of two threads that add mocks, the later one has to leave the newest.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = self.answers.clone();
        let newest = self.server.mock(|when, then| {
            when.any_request();
            then.respond_with(move |request| answers.answer(request));
        });
        if let Some(older) = last.replace(newest.id()) {
            Mock::new(older, &self.server).delete();
        }
    }

    /// A mock that comes before everything said later, and is not spoken of when a request matches nothing.
    pub(crate) fn interrupt(&self, config_fn: impl FnOnce(When, Then)) {
        self.server.mock(|when, then| config_fn(When::new(when), then));
        self.answer_last();
    }

    /// The requests that matched no mock so far, oldest first. They no longer fail the test.
    pub fn take_unmatched(&self) -> Vec<Unmatched> {
        std::mem::take(&mut *self.unmatched())
    }

    fn unmatched(&self) -> MutexGuard<'_, Vec<Unmatched>> {
        self.answers.unmatched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for MockDevice {
    /// # Panics
    ///
    /// If requests matched no mock and nobody has taken them out. In a test that has failed already it only says so.
    #[allow(clippy::print_stderr)] // The output of a failed test, where a second panic would end the whole program.
    fn drop(&mut self) {
        let unmatched = self.take_unmatched();
        if unmatched.is_empty() {
            return;
        }
        let words = in_words(&unmatched);
        if thread::panicking() {
            eprintln!("{words}");
        } else {
            panic!("{words}");
        }
    }
}

impl std::fmt::Debug for MockDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockDevice").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
