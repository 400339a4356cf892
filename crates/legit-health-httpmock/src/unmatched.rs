//! Requests that matched no mock, and why.

use std::fmt;

use httpmock::HttpMockRequest;

use crate::expectation::Expectations;
use crate::when::{FORM, header};

/// A request that matched no mock. Displays as what came and what of it each mock missed; it quotes no secret, image or
/// answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unmatched {
    /// Such as `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// What the body is, and how long.
    pub body: String,
    /// Whether there was an `Authorization` header.
    pub authorized: bool,
    /// The mocks there were, in their order.
    pub missed: Vec<Missed>,
}

/// What one mock missed in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missed {
    /// The operation that is mocked, as the contract names it.
    pub operation: &'static str,
    /// A phrase for each expectation that was not met; `None` if the request was for another operation.
    pub expectations: Option<Vec<String>>,
}

impl Missed {
    pub(crate) fn by(
        operation: &'static str,
        expectations: &Expectations,
        request: &HttpMockRequest,
    ) -> Self {
        Self { operation, expectations: expectations.missed_by(request) }
    }
}

impl Unmatched {
    pub(crate) fn new(request: &HttpMockRequest, missed: Vec<Missed>) -> Self {
        let length = request.body_ref().len();
        let content_type = header(request, "content-type").unwrap_or_default();
        let kind = match content_type.split(';').next().unwrap_or_default() {
            "application/json" => "JSON",
            FORM => "a form",
            _ => "a body",
        };
        Self {
            method: request.method_str().to_owned(),
            path: request.uri().path().to_owned(),
            body: if length == 0 { "no body".into() } else { format!("{kind} of {length} bytes") },
            authorized: header(request, "authorization").is_some(),
            missed,
        }
    }
}

impl fmt::Display for Unmatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.authorized { "with" } else { "without" };
        write!(f, "{} {}, {}, {token} a token", self.method, self.path, self.body)?;
        let mut others = Vec::new();
        for Missed { operation, expectations } in &self.missed {
            match expectations.as_deref() {
                None => others.push(*operation),
                Some([]) => {
                    let why = "it was used up, or missed what was expected with `and`";
                    write!(f, "\n    {operation}: {why}")?;
                }
                Some(missed) => write!(f, "\n    {operation}: {}", missed.join("; "))?,
            }
        }
        others.dedup();
        match others[..] {
            [] if self.missed.is_empty() => f.write_str("\n    there are no mocks"),
            [] => Ok(()),
            _ => write!(f, "\n    for something else: {}", others.join(", ")),
        }
    }
}

/// What a test says about them.
pub(crate) fn in_words(unmatched: &[Unmatched]) -> String {
    let requests = if unmatched.len() == 1 { "request matches" } else { "requests match" };
    let each: Vec<String> = unmatched.iter().map(|request| format!("  {request}")).collect();
    format!("{} {requests} no mock of the device:\n{}", unmatched.len(), each.join("\n"))
}
