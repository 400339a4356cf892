//! What is exchanged for a token.

use legit_health_api::scalar::{Secret, Username};
use std::fmt;

/// The e-mail address and the password that the vendor sent for an account.
#[derive(Clone)]
pub struct Credentials {
    pub(crate) username: Username,
    pub(crate) password: Secret,
}

impl Credentials {
    /// Takes them in; they are used at the first call.
    pub fn password(username: impl Into<Username>, password: impl Into<Secret>) -> Self {
        Self { username: username.into(), password: password.into() }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}
