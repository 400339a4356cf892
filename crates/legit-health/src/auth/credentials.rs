//! What is exchanged for a token, and where it comes from.

use crate::BoxFuture;
use crate::config::ConfigError;
use legit_health_api::scalar::{Secret, Username};
use std::fmt;

/// The e-mail address and the password that the vendor sent for an account.
#[derive(Clone, PartialEq, Eq)]
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

/// Where a client gets its credentials from. It is asked again at every login, so a password can be changed while a program
/// runs.
///
/// [`Credentials`] are a source themselves, as are [`PasswordFile`](crate::credentials::PasswordFile) and
/// [`PasswordCommand`](crate::credentials::PasswordCommand). One of your own, over a vault:
///
/// ```
/// use legit_health::{BoxFuture, ConfigError, Credentials};
/// use legit_health::credentials::CredentialsSource;
///
/// struct Vault;
/// # impl Vault { async fn read(&self, _: &str) -> Option<String> { None } }
///
/// impl CredentialsSource for Vault {
///     fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
///         Box::pin(async {
///             let password = self.read("dermatology/password").await;
///             let password = password.ok_or_else(|| ConfigError::new("the vault has no password for this device"))?;
///             Ok(Credentials::password("clinic@example.org", password))
///         })
///     }
/// }
/// ```
pub trait CredentialsSource: Send + Sync + 'static {
    /// The credentials of this moment. The time it takes counts against the limit of a login.
    ///
    /// # Errors
    ///
    /// They cannot be had. The sentence is shown to users and must not hold a secret.
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>>;
}

impl CredentialsSource for Credentials {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let credentials = self.clone();
        Box::pin(async { Ok(credentials) })
    }
}
