//! Who is calling: credentials, and the token that they are exchanged for.

mod credentials;
mod expiry;
mod single_flight;
mod sources;

pub use credentials::{Credentials, CredentialsSource};
pub use sources::{PasswordCommand, PasswordFile};

pub(crate) use expiry::Life;
pub(crate) use single_flight::{LoggedIn, Occasion, Pilot, SingleFlight};
pub(crate) use sources::{EnvironmentSource, first_line};

use crate::BoxFuture;
use crate::error::Error;
use legit_health_api::scalar::Secret;

/// A token that was issued to this client.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    /// Tells it from its predecessors, so that a refusal is judged by the token that was used.
    pub(crate) generation: u64,
    pub(crate) life: Life,
}

/// Where a call gets its token from.
pub(crate) trait Tokens: Send + Sync {
    /// The current token, after a login if there is none, if it has ended, or if `rejected` is the current one.
    fn current(&self, rejected: Option<u64>) -> BoxFuture<'_, Result<Token, Error>>;

    /// A 403 may come from an outdated token, or from an account without the right. Yes, at most once a minute.
    fn forbidden_is_worth_a_login(&self) -> bool;
}
