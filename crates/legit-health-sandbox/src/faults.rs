//! Faults that a test can inject between a client and the device.

mod edit;

use std::fmt;
use std::time::Duration;

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

pub use edit::Change;

use crate::http::{Coding, RetryAfter};

/// A fault of one request. [`Sandbox::inject`](crate::Sandbox::inject) plans it.
///
/// Every response keeps the header `x-legit-health-sandbox`, and every document of a success its `sandbox` object. Sizes of
/// bodies are those sent, compressed where they are compressed.
///
/// As JSON, for the controls: `kind` is the [kind](Self::kind), the fields stand beside it in `camelCase`, durations
/// are in seconds.
///
/// ```json
/// {"kind": "status", "status": 503, "body": "html", "retryAfter": {"seconds": 30}}
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum InjectedFault {
    /// Holds the request until the [clock of the sandbox](crate::Clock) has advanced. A fixed clock must be moved,
    /// and nothing sleeps; the system clock takes that long unless it is moved. Applies before any other fault of
    /// the same request.
    Latency {
        /// How long.
        #[serde(rename = "seconds", alias = "by", with = "crate::clock::seconds")]
        by: Duration,
    },
    /// Reads the whole request and responds with a status, without validation.
    Status {
        /// 200 to 599.
        status: u16,
        /// Body of the response.
        #[serde(default)]
        body: StatusBody,
        /// `Retry-After` of the response.
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// Responds before the request body is read, as a gateway does with a body that is too large. Over TCP a client
    /// that is still sending may lose the response with the connection. A login is read all the same, because its
    /// account is in the form.
    EarlyStatus {
        /// 200 to 599.
        status: u16,
    },
    /// Reads the whole request and redirects it.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// Value of `Location`.
        location: String,
    },
    /// Stops reading the request body and never responds.
    StallUpload {
        /// Bytes of the body that are read at least.
        after: u64,
    },
    /// Reads the whole request and never responds.
    Stall,
    /// Stops sending the response body and never ends it. A body that is not longer is sent whole. Kind:
    /// `stall_answer`.
    #[serde(rename = "stall_answer")]
    StallResponse {
        /// Bytes of the body that are sent.
        after: u64,
    },
    /// Closes the connection while the request body is read, or at its end if it is shorter.
    CutUpload {
        /// Bytes of the body that are read at least.
        after: u64,
    },
    /// Reads the whole request and closes the connection without a response. Kind: `no_answer`.
    #[serde(rename = "no_answer")]
    NoResponse,
    /// Closes the connection while the response body is sent; `Content-Length` is that of the whole. A body that is
    /// not longer is sent whole. Kind: `cut_answer`.
    #[serde(rename = "cut_answer")]
    CutResponse {
        /// Bytes of the body that are sent.
        after: u64,
    },
    /// Truncates the response body; `Content-Length` is that of the truncated body.
    Truncate {
        /// Bytes of the body that are kept.
        keep: u64,
    },
    /// Sends a `Content-Length` that is larger or smaller than the body. Over TCP the connection is closed after a
    /// body that is too short, and the rest of one that is too long is not sent; in process the whole body is.
    WrongLength {
        /// Added to the true length; the sum is at least 0.
        by: i64,
    },
    /// Responds with a valid document that is large when it is unpacked. It is generated while it is sent.
    Bomb {
        /// Compression.
        coding: Coding,
        /// Size in bytes when unpacked.
        unpacked: u64,
        /// Whether it is also sent to a client that does not accept the coding, which otherwise gets a 406.
        #[serde(default)]
        forced: bool,
    },
    /// Responds with a valid document of nested lists.
    Nesting {
        /// Number of lists.
        depth: u64,
    },
    /// Changes one place in the document of a 200. The response is a 500 if the place does not exist.
    Edit {
        /// JSON pointer (RFC 6901), such as `/clinicalIndicator/malignancy`, but not into `/sandbox`. The empty one,
        /// the document itself, takes only [`Change::Insert`].
        at: String,
        /// The change.
        change: Change,
    },
}

/// Body of a response that does not come from the device itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatusBody {
    /// `{"detail": "…"}`, like an error of the device.
    #[default]
    Detail,
    /// JSON of another server: `{"error": {"code": …, "message": …}}`.
    OtherJson,
    /// An HTML page, as of a proxy.
    Html,
    /// A line of text.
    PlainText,
    /// Nothing, and no content type.
    Empty,
}

impl InjectedFault {
    /// An example of each kind, as the controls list and take them.
    pub(crate) const EXAMPLES: [&str; 15] = [
        r#"{"kind": "latency", "seconds": 2}"#,
        r#"{"kind": "status", "status": 503, "body": "html", "retryAfter": {"seconds": 30}}"#,
        r#"{"kind": "early_status", "status": 413}"#,
        r#"{"kind": "redirect", "status": 307, "location": "https://example.org/"}"#,
        r#"{"kind": "stall_upload", "after": 1000}"#,
        r#"{"kind": "stall"}"#,
        r#"{"kind": "stall_answer", "after": 100}"#,
        r#"{"kind": "cut_upload", "after": 1000}"#,
        r#"{"kind": "no_answer"}"#,
        r#"{"kind": "cut_answer", "after": 100}"#,
        r#"{"kind": "truncate", "keep": 100}"#,
        r#"{"kind": "wrong_length", "by": -7}"#,
        r#"{"kind": "bomb", "coding": "gzip", "unpacked": 1000000, "forced": false}"#,
        r#"{"kind": "nesting", "depth": 1000}"#,
        r#"{"kind": "edit", "at": "/clinicalIndicator/malignancy", "change": {"replace": "140"}}"#,
    ];

    /// Returns its name in JSON and in the ledger, such as `cut_upload`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Status { .. } => "status",
            Self::EarlyStatus { .. } => "early_status",
            Self::Redirect { .. } => "redirect",
            Self::StallUpload { .. } => "stall_upload",
            Self::Stall => "stall",
            Self::StallResponse { .. } => "stall_answer",
            Self::CutUpload { .. } => "cut_upload",
            Self::NoResponse => "no_answer",
            Self::CutResponse { .. } => "cut_answer",
            Self::Truncate { .. } => "truncate",
            Self::WrongLength { .. } => "wrong_length",
            Self::Bomb { .. } => "bomb",
            Self::Nesting { .. } => "nesting",
            Self::Edit { .. } => "edit",
        }
    }

    pub(crate) fn check(&self) -> Result<(), InvalidFaultError> {
        match self {
            Self::Status { status, retry_after, .. } => {
                if let RetryAfter::Text(text) = retry_after {
                    check_header("retryAfter", text)?;
                }
                check_status(*status)
            }
            Self::EarlyStatus { status } => check_status(*status),
            Self::Redirect { status, .. } if ![301, 302, 303, 307, 308].contains(status) => {
                Err(InvalidFaultError::new(format!(
                    "a redirect is 301, 302, 303, 307 or 308, and {status} is none"
                )))
            }
            Self::Redirect { location, .. } => check_header("location", location),
            Self::Edit { at, change } if !change.is_allowed_at(at) => Err(InvalidFaultError::new(format!(
                "an edit is at a JSON pointer such as `/clinicalIndicator`, not into `/sandbox`, and `{at}` is none"
            ))),
            _ => Ok(()),
        }
    }
}

fn check_status(status: u16) -> Result<(), InvalidFaultError> {
    if (200..=599).contains(&status) {
        return Ok(());
    }
    let message = format!("the status of an answer goes from 200 to 599, and {status} does not");
    Err(InvalidFaultError::new(message))
}

fn check_header(name: &str, text: &str) -> Result<(), InvalidFaultError> {
    let message = || format!("{name} cannot stand in a header: it has a line break or another control sign");
    HeaderValue::try_from(text).map(drop).map_err(|_| InvalidFaultError::new(message()))
}

/// Error for a fault that is not possible. Its message says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFaultError(String);

impl InvalidFaultError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for InvalidFaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidFaultError {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn impossible_faults_are_rejected_with_a_reason() {
        let location = |text: &str| text.to_owned();
        for (fault, message) in [
            (InjectedFault::EarlyStatus { status: 199 }, "200 to 599, and 199 does not"),
            (InjectedFault::EarlyStatus { status: 600 }, "200 to 599, and 600 does not"),
            (InjectedFault::Redirect { status: 304, location: location("/") }, "and 304 is none"),
            (
                InjectedFault::Redirect { status: 307, location: location("/\r\nx: y") },
                "location cannot stand",
            ),
            (
                InjectedFault::Edit { at: location("/sandbox"), change: Change::Remove },
                "and `/sandbox` is none",
            ),
        ] {
            let error = fault.check().unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
        }
    }

    #[test]
    fn every_kind_has_an_example() {
        let faults = InjectedFault::EXAMPLES.map(|text| serde_json::from_str::<InjectedFault>(text).unwrap());
        let kinds: std::collections::BTreeSet<&str> = faults.iter().map(InjectedFault::kind).collect();
        assert_eq!(kinds.len(), InjectedFault::EXAMPLES.len());
        assert!(faults.iter().all(|fault| fault.check().is_ok()));
        let unknown = serde_json::from_str::<InjectedFault>(r#"{"kind": "none"}"#).unwrap_err().to_string();
        // serde lists the kinds that there are.
        assert_eq!(unknown.matches('`').count() / 2, kinds.len() + 1, "{unknown}");
        assert_eq!(
            serde_json::from_str::<InjectedFault>(r#"{"kind": "latency", "by": 2}"#).unwrap(),
            faults[0]
        );
    }

    #[test]
    fn the_kind_is_the_tag_in_json() {
        for fault in [
            InjectedFault::StallResponse { after: 1 },
            InjectedFault::NoResponse,
            InjectedFault::CutResponse { after: 1 },
            InjectedFault::CutUpload { after: 1 },
        ] {
            assert_eq!(json!(fault)["kind"], fault.kind());
        }
    }
}
