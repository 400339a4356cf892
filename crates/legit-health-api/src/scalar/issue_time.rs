//! The moment of a report.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The moment of a report as the server wrote it: ISO 8601 with microseconds and usually without an offset, so not
/// RFC 3339. It is kept as text, because a guessed time zone in a patient's record would be wrong silently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssueTime(String);

impl IssueTime {
    /// Takes the text in as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IssueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
