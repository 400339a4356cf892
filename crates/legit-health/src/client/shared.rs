//! What all clones of a client have in common.

use crate::BoxFuture;
use crate::auth::{Credentials, SingleFlight, Token, Tokens, renewal_due};
use crate::call::Call;
use crate::catalog::Catalog;
use crate::config::BaseUrl;
use crate::error::{Error, Kind};
use crate::reply::{BrokenContract, Keep, Reply, join};
use crate::transport::Transport;
use http::HeaderValue;
use legit_health_api::device::types;
use legit_health_api::scalar::Secret;
use std::sync::Arc;
use std::time::Duration;

/// A login has a limit of its own, so that a slow one does not eat the time of an analysis.
const LOGIN: Duration = Duration::from_secs(20);

pub(crate) struct Shared {
    pub(crate) base_url: BaseUrl,
    pub(crate) transport: Arc<Transport>,
    /// The generated clients want one. It builds requests and never sends any.
    pub(crate) request_builder: reqwest::Client,
    pub(super) catalog: Catalog,
    pub(super) credentials: Credentials,
    pub(super) tokens: SingleFlight,
}

impl Shared {
    pub(super) async fn renew_token(self: &Arc<Self>) -> Result<(), Error> {
        self.tokens.renew(async || login(self).await).await.map(drop)
    }
}

impl Tokens for Arc<Shared> {
    fn current(&self, rejected: Option<u64>) -> BoxFuture<'_, Result<Token, Error>> {
        let now = self.transport.clock.now();
        Box::pin(self.tokens.current(now, rejected, async || login(self).await))
    }
}

/// The login is a generated call like any other, in a scope of its own and without a token.
async fn login(shared: &Arc<Shared>) -> Result<(Secret, Duration), Error> {
    let bound = Call::without_token(shared, LOGIN);
    let Credentials { username, password } = shared.credentials.clone();
    let result = bound.api.login(&types::LoginRequest { username, password }).await;
    let issued = shared.transport.clock.now();
    let reply = join(bound.outcome(), result, Keep::Report, |token| {
        // The label `token_type` differs between sources and is not looked at; the scheme is always Bearer.
        if HeaderValue::from_str(token.access_token.expose()).is_err() {
            return Err(BrokenContract("the access token holds characters that no token has".into()));
        }
        Ok((token.access_token, renewal_due(issued, token.expires_in_minutes)))
    });
    reply.map(Reply::into_inner).map_err(|error| match error.status() {
        Some(404) => error.recast(
            Kind::Configuration,
            "there is no login at the base URL: correct it; it ends in the version segment, such as /v2.0",
        ),
        _ => error,
    })
}
