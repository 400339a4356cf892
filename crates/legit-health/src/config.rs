//! Where a client gets its address and its account from. Configuration comes whole from one source.

mod base_url;
mod default_headers;

pub use base_url::BaseUrl;
pub(crate) use default_headers::DefaultHeaders;

use std::fmt;

/// A client could not be set up. `Display` is one sentence that names the setting and says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    sentence: String,
}

impl ConfigError {
    /// For a [`CredentialsSource`](crate::CredentialsSource) of your own. The sentence is shown to users: it says what is
    /// wrong and what to do, and holds no secret.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for ConfigError {}
