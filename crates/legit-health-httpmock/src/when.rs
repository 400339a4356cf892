//! What a mock expects of a request, checked without printing the request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use httpmock::{HttpMockRequest, Method};
use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use crate::exchange::{form, header, json, path_below_base, query_parameter};
use crate::json_diff::difference;

/// The expectations of a mock; a request that meets all of them is matched.
///
/// It replaces httpmock's own matcher, which prints what it compares when an assertion fails: a password, an image or
/// a patient's answer. This one says where a request differs and quotes nothing. Each method adds an expectation; the
/// returned value may be dropped.
pub struct When {
    inner: httpmock::When,
    expectations: Expectations,
}

/// The expectations, shared by the [`When`] that adds to them, the server, and the device's list of mocks.
#[derive(Clone, Default)]
pub(crate) struct Expectations(Arc<Mutex<Checks>>);

#[derive(Default)]
struct Checks {
    /// Method and path, which tell the operations apart.
    operation: Vec<Box<Predicate>>,
    /// All other expectations.
    details: Vec<Box<Mismatch>>,
}

type Predicate = dyn Fn(&HttpMockRequest) -> bool + Send + Sync;

/// Returns a phrase about the mismatch, if there is one.
type Mismatch = dyn Fn(&HttpMockRequest) -> Option<String> + Send + Sync;

impl When {
    pub(crate) fn new(inner: httpmock::When) -> Self {
        let expectations = Expectations::default();
        let checked = expectations.clone();
        let matches =
            move |request: &HttpMockRequest| checked.mismatches(request).is_some_and(|it| it.is_empty());
        Self { inner: inner.is_true(matches), expectations }
    }

    pub(crate) fn expectations(&self) -> Expectations {
        self.expectations.clone()
    }

    /// Expects this method.
    pub fn method(self, method: Method) -> Self {
        let method = method.to_string();
        self.operation(move |request| request.method_str() == method)
    }

    /// Expects this path, below the base URL: `/login`.
    pub fn path(self, path: &str) -> Self {
        let path = path.to_owned();
        self.operation(move |request| path_below_base(request).as_ref() == Some(&path))
    }

    /// Expects a path below the base URL that matches. The generated code calls this.
    pub(crate) fn path_matches(self, pattern: Regex) -> Self {
        self.operation(move |request| path_below_base(request).is_some_and(|path| pattern.is_match(&path)))
    }

    /// Expects a query parameter with this value.
    pub fn query_param(self, name: &str, value: impl Into<String>) -> Self {
        self.text("query parameter", name, Some(value.into()), query_parameter)
    }

    /// Expects that there is no such query parameter.
    pub fn query_param_missing(self, name: &str) -> Self {
        self.text("query parameter", name, None, query_parameter)
    }

    /// Expects a header with this value.
    pub fn header(self, name: &str, value: impl Into<String>) -> Self {
        self.text("header", name, Some(value.into()), header)
    }

    /// Expects that there is no such header.
    pub fn header_missing(self, name: &str) -> Self {
        self.text("header", name, None, header)
    }

    /// Expects this JSON as the body, in any order of its members.
    pub fn json_body(self, body: impl Into<Value>) -> Self {
        let body = body.into();
        self.detail(move |request| match json(request) {
            Some(found) => difference(&body, &found),
            None => Some("the body is not JSON".into()),
        })
    }

    /// Expects the JSON of this value as the body.
    ///
    /// # Panics
    ///
    /// If the value cannot be serialised as JSON.
    pub fn json_body_obj(self, body: &impl Serialize) -> Self {
        self.json_body(serde_json::to_value(body).expect("the expected body can be serialised"))
    }

    /// Expects one value in a JSON body, at a JSON pointer: `/bodySite`.
    pub fn json_at(self, pointer: &str, value: impl Into<Value>) -> Self {
        let (pointer, value) = (pointer.to_owned(), value.into());
        self.detail(move |request| {
            let Some(body) = json(request) else {
                return Some("the body is not JSON".into());
            };
            match body.pointer(&pointer) {
                Some(found) if *found == value => None,
                Some(_) => Some(format!("the body at {pointer} differs")),
                None => Some(format!("the body at {pointer} is missing")),
            }
        })
    }

    /// Expects a form with the members of this value as its fields, in any order.
    ///
    /// # Panics
    ///
    /// If the value cannot be serialised as JSON.
    pub fn form_body_obj(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_value(body).expect("the expected form can be serialised");
        self.detail(move |request| match form(request) {
            Some(found) => difference(&body, &found),
            None => Some("the body is not a form".into()),
        })
    }

    /// Expects this text as the body.
    pub fn body(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.detail(move |request| (request.body_ref() != text.as_bytes()).then(|| "the body differs".into()))
    }

    /// Expects that `expected` returns true for the request; `mismatch` is the phrase for one for which it does not.
    pub fn is_true(
        self,
        mismatch: impl Into<String>,
        expected: impl Fn(&HttpMockRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        let mismatch = mismatch.into();
        self.detail(move |request| (!expected(request)).then(|| mismatch.clone()))
    }

    /// Adds expectations of httpmock's own. It prints what they compare when the `assert` of a mock fails.
    pub fn and(self, raw: impl FnOnce(httpmock::When) -> httpmock::When) -> Self {
        Self { inner: raw(self.inner), expectations: self.expectations }
    }

    fn operation(self, expected: impl Fn(&HttpMockRequest) -> bool + Send + Sync + 'static) -> Self {
        self.expectations.checks().operation.push(Box::new(expected));
        self
    }

    fn detail(self, mismatch: impl Fn(&HttpMockRequest) -> Option<String> + Send + Sync + 'static) -> Self {
        self.expectations.checks().details.push(Box::new(mismatch));
        self
    }

    /// Expects a named text with this value, or that it is absent.
    fn text(
        self,
        kind: &'static str,
        name: &str,
        expected: Option<String>,
        find: fn(&HttpMockRequest, &str) -> Option<String>,
    ) -> Self {
        let name = name.to_owned();
        self.detail(move |request| {
            let found = find(request, &name);
            let mismatch = match (&expected, &found) {
                _ if found == expected => return None,
                (Some(_), Some(_)) => "differs",
                (Some(_), None) => "is missing",
                (None, _) => "should not be there",
            };
            Some(format!("the {kind} `{name}` {mismatch}"))
        })
    }
}

impl Expectations {
    /// Returns a phrase for each mismatch, or `None` if the request is for another operation.
    pub(crate) fn mismatches(&self, request: &HttpMockRequest) -> Option<Vec<String>> {
        let checks = self.checks();
        let is_same_operation = checks.operation.iter().all(|matches| matches(request));
        is_same_operation.then(|| checks.details.iter().filter_map(|mismatch| mismatch(request)).collect())
    }

    fn checks(&self) -> MutexGuard<'_, Checks> {
        // A panic elsewhere leaves the lists complete.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
