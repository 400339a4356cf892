//! Requests that matched no mock, and what each mock expected of them.

use std::fmt;

use httpmock::HttpMockRequest;

use crate::exchange::{FORM, header};

/// A request that matched no mock. `Display` says what was requested and how it differs from what each mock expects,
/// and quotes no secret, image or answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnmatchedRequest {
    /// The method, such as `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The kind and the length of the body.
    pub body: String,
    /// Whether there was an `Authorization` header.
    pub authorized: bool,
    /// The mocks, in the order they were made.
    pub mocks: Vec<MockMismatch>,
}

/// How a request differs from what one mock expects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MockMismatch {
    /// The mocked operation, as the contract names it.
    pub operation: &'static str,
    /// A phrase for each expectation that was not met; `None` if the request is for another operation.
    pub mismatches: Option<Vec<String>>,
}

impl UnmatchedRequest {
    pub(crate) fn new(request: &HttpMockRequest, mocks: Vec<MockMismatch>) -> Self {
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
            mocks,
        }
    }
}

impl fmt::Display for UnmatchedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.authorized { "with" } else { "without" };
        write!(f, "{} {}, {}, {token} a token", self.method, self.path, self.body)?;
        let mut others = Vec::new();
        for MockMismatch { operation, mismatches } in &self.mocks {
            match mismatches.as_deref() {
                None => others.push(*operation),
                Some([]) => {
                    let why = "used up, or an expectation added with `and` was not met";
                    write!(f, "\n    {operation}: {why}")?;
                }
                Some(mismatches) => write!(f, "\n    {operation}: {}", mismatches.join("; "))?,
            }
        }
        others.dedup();
        match others[..] {
            [] if self.mocks.is_empty() => f.write_str("\n    there are no mocks"),
            [] => Ok(()),
            _ => write!(f, "\n    mocks of other operations: {}", others.join(", ")),
        }
    }
}
