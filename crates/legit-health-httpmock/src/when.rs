//! What a request has to be like.

mod differences;

use httpmock::{HttpMockRequest, Method};
use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use crate::expectation::Expectations;
use crate::mock_device::BASE_PATH;

/// What a request has to be like to be answered by a mock.
///
/// In place of httpmock's own matcher, which prints what it compares when it fails: here that may be a password, a
/// photograph or a patient's answer. This one says where a request differs and quotes nothing. Each method adds an
/// expectation; what they return may be dropped.
pub struct When {
    inner: httpmock::When,
    expectations: Expectations,
}

impl When {
    pub(crate) fn new(inner: httpmock::When) -> Self {
        let expectations = Expectations::default();
        let shared = expectations.clone();
        Self { inner: inner.is_true(move |request| shared.are_met_by(request)), expectations }
    }

    pub(crate) fn expectations(&self) -> Expectations {
        self.expectations.clone()
    }

    /// Expects this method.
    pub fn method(self, method: Method) -> Self {
        let method = method.to_string();
        self.expectations
            .target(move |request| (request.method_str() != method).then(|| "the method differs".into()));
        self
    }

    /// Expects this path, below the base URL: `/login`.
    pub fn path(self, path: &str) -> Self {
        let path = path.to_owned();
        self.expectations.target(move |request| {
            (below_base(request).as_ref() != Some(&path)).then(|| "the path differs".into())
        });
        self
    }

    /// What the generated code calls: the pattern knows nothing of the base URL.
    pub(crate) fn path_matches(self, pattern: Regex) -> Self {
        self.expectations.target(move |request| {
            let met = below_base(request).is_some_and(|path| pattern.is_match(&path));
            (!met).then(|| "the path differs".into())
        });
        self
    }

    /// Expects a query parameter with this value.
    pub fn query_param(self, name: &str, value: impl Into<String>) -> Self {
        let (name, value) = (name.to_owned(), value.into());
        self.expectations.add(move |request| {
            let what = || format!("the query parameter `{name}`");
            difference(what, query(request, &name).map(|found| found == value))
        });
        self
    }

    /// Expects that there is no such query parameter.
    pub fn query_param_missing(self, name: &str) -> Self {
        let name = name.to_owned();
        self.expectations.add(move |request| {
            query(request, &name).map(|_| format!("the query parameter `{name}` should not be there"))
        });
        self
    }

    /// Expects a header with this value.
    pub fn header(self, name: &str, value: impl Into<String>) -> Self {
        let (name, value) = (name.to_owned(), value.into());
        self.expectations.add(move |request| {
            difference(|| format!("the header `{name}`"), header(request, &name).map(|found| found == value))
        });
        self
    }

    /// Expects that there is no such header.
    pub fn header_missing(self, name: &str) -> Self {
        let name = name.to_owned();
        self.expectations.add(move |request| {
            header(request, &name).map(|_| format!("the header `{name}` should not be there"))
        });
        self
    }

    /// Expects this JSON as the body, in any order of its members.
    pub fn json_body(self, body: impl Into<Value>) -> Self {
        let body = body.into();
        self.expectations.add(move |request| match json(request) {
            Some(found) => differences::of(&body, &found),
            None => Some("the body is no JSON".into()),
        });
        self
    }

    /// Expects the JSON of this value as the body.
    ///
    /// # Panics
    ///
    /// If the value cannot be written as JSON.
    pub fn json_body_obj(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_value(body).expect("what is expected can be written as JSON");
        self.json_body(body)
    }

    /// Expects one value in a JSON body, at a JSON pointer: `/bodySite`.
    pub fn json_at(self, pointer: &str, value: impl Into<Value>) -> Self {
        let (pointer, value) = (pointer.to_owned(), value.into());
        self.expectations.add(move |request| {
            let Some(body) = json(request) else {
                return Some("the body is no JSON".into());
            };
            difference(
                || format!("the body at {pointer}"),
                body.pointer(&pointer).map(|found| *found == value),
            )
        });
        self
    }

    /// Expects a form with the members of this value as its fields, in any order.
    ///
    /// # Panics
    ///
    /// If the value is not written as text by name.
    pub fn form_body_obj(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_value(body).expect("what is expected can be written as JSON");
        let fields = body.as_object().expect("a form has names").clone();
        self.expectations.add(move |request| {
            let form = form_urlencoded::parse(request.body_ref()).into_owned();
            let found: Value = form.map(|(name, value)| (name, Value::String(value))).collect();
            if header(request, "content-type").is_none_or(|found| !found.starts_with(FORM)) {
                return Some("the body is no form".into());
            }
            differences::of(&Value::Object(fields.clone()), &found)
        });
        self
    }

    /// Expects this text as the body.
    pub fn body(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.expectations
            .add(move |request| (request.body_ref() != text.as_bytes()).then(|| "the body differs".into()));
        self
    }

    /// Expects whatever `expected` does of the request. `what` is what is said of one for which it does not hold.
    pub fn is_true(
        self,
        what: impl Into<String>,
        expected: impl Fn(&HttpMockRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        let what = what.into();
        self.expectations.add(move |request| (!expected(request)).then(|| what.clone()));
        self
    }

    /// Adds expectations of httpmock's own. These it prints when a mock's `assert` fails, with what it compared.
    pub fn and(self, raw: impl FnOnce(httpmock::When) -> httpmock::When) -> Self {
        Self { inner: raw(self.inner), expectations: self.expectations }
    }
}

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The path below the base URL, if it is.
pub(crate) fn below_base(request: &HttpMockRequest) -> Option<String> {
    request.uri().path().strip_prefix(BASE_PATH).map(str::to_owned)
}

pub(crate) fn header(request: &HttpMockRequest, name: &str) -> Option<String> {
    let mut headers = request.headers_vec().iter();
    headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

pub(crate) fn json(request: &HttpMockRequest) -> Option<Value> {
    serde_json::from_slice(request.body_ref()).ok()
}

fn query(request: &HttpMockRequest, name: &str) -> Option<String> {
    request.query_params().into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// What is said of something that is missing, or not as expected.
fn difference(what: impl FnOnce() -> String, is_as_expected: Option<bool>) -> Option<String> {
    match is_as_expected {
        Some(true) => None,
        Some(false) => Some(format!("{} differs", what())),
        None => Some(format!("{} is missing", what())),
    }
}
