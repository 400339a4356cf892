//! Who is calling: credentials, and the token that they are exchanged for.

mod credentials;
mod expiry;
mod single_flight;

pub use credentials::Credentials;

pub(crate) use expiry::renewal_due;
pub(crate) use single_flight::SingleFlight;

use crate::BoxFuture;
use crate::error::Error;
use legit_health_api::scalar::Secret;
use std::time::Duration;

/// A token that was issued to this client.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    /// Tells it from its predecessors, so that a refusal is judged by the token that was used.
    pub(crate) generation: u64,
    /// When it should no longer be used, on the client's clock.
    pub(crate) stale_at: Duration,
}

/// Where a call gets its token from.
pub(crate) trait Tokens: Send + Sync {
    /// The current token, after a login if there is none, if it is stale, or if `rejected` is the current one.
    fn current(&self, rejected: Option<u64>) -> BoxFuture<'_, Result<Token, Error>>;
}
