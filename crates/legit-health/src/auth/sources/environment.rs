//! The account that the environment names.

use super::off_thread;
use crate::BoxFuture;
use crate::auth::{Credentials, CredentialsSource};
use crate::config::{ConfigError, Environment};

/// `LEGIT_HEALTH_USERNAME` with `LEGIT_HEALTH_PASSWORD` or `LEGIT_HEALTH_PASSWORD_FILE`; a file is read again each time.
pub(crate) struct EnvironmentSource;

impl CredentialsSource for EnvironmentSource {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        Box::pin(async {
            let read = off_thread(|| Environment::read().map(|environment| environment.credentials)).await;
            read.unwrap_or_else(|| Err(ConfigError::new("the environment could not be read")))
        })
    }
}
