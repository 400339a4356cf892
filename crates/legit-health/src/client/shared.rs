//! What all clones of a client have in common.

use crate::BoxFuture;
use crate::auth::{
    Credentials, CredentialsSource, Life, LoggedIn, Occasion, Pilot, SingleFlight, Token, Tokens,
};
use crate::call::{Call, Options};
use crate::catalog::Catalog;
use crate::config::BaseUrl;
use crate::error::{Error, ErrorKind};
use crate::reply::BrokenContract;
use crate::transport::Transport;
use futures_util::future::{Either, select};
use http::HeaderValue;
use legit_health_api::device::types;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) struct Shared {
    pub(crate) base_url: BaseUrl,
    pub(crate) transport: Arc<Transport>,
    /// The generated clients want one. It builds requests and never sends any.
    pub(crate) request_builder: reqwest::Client,
    pub(super) catalog: Catalog,
    pub(super) credentials: Arc<dyn CredentialsSource>,
    pub(super) tokens: SingleFlight,
    /// As the device told it last.
    pub(super) device_version: Mutex<Option<String>>,
}

impl Shared {
    pub(crate) fn usual_options(&self) -> Options {
        Options::usual(&self.transport.settings)
    }

    pub(crate) fn device_version(&self) -> Option<String> {
        self.device_version.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note_device_version(&self, version: Option<String>) {
        *self.device_version.lock().unwrap_or_else(PoisonError::into_inner) = version;
    }
}

impl Tokens for Arc<Shared> {
    fn current(&self, rejected: Option<u64>) -> BoxFuture<'_, Result<Token, Error>> {
        Box::pin(SingleFlight::current(self, self.transport.clock.now(), rejected))
    }

    fn forbidden_is_worth_a_login(&self) -> bool {
        self.tokens.forbidden_is_worth_a_login(self.transport.clock.now())
    }
}

impl Pilot for Arc<Shared> {
    fn single_flight(&self) -> &SingleFlight {
        &self.tokens
    }

    fn log_in(&self, occasion: Occasion) -> BoxFuture<'static, Result<LoggedIn, Error>> {
        let shared = self.clone();
        Box::pin(async move {
            let options = Options::of_login(&shared.transport.settings);
            let credentials = credentials_within(&shared, &options).await?;
            if occasion == Occasion::Needed
                && let Some(refusal) = shared.tokens.refusal_of(&credentials)
            {
                return Err(refusal);
            }
            let outcome = log_in(&shared, credentials.clone(), options).await;
            if let Err(why) = &outcome
                && is_refusal(why)
            {
                shared.tokens.refused(credentials, why.clone());
            }
            outcome
        })
    }
}

/// The server has judged the credentials, and not just been out of reach or in the middle of something.
fn is_refusal(error: &Error) -> bool {
    matches!(error.status(), Some(401 | 403 | 422))
}

/// A vault that does not answer is no reason to wait for ever.
async fn credentials_within(shared: &Arc<Shared>, options: &Options) -> Result<Credentials, Error> {
    let clock = &shared.transport.clock;
    let limit = clock.sleep_until(clock.now().saturating_add(options.limit));
    match select(shared.credentials.credentials(), limit).await {
        Either::Left((credentials, _)) => Ok(credentials?),
        Either::Right(_) => {
            Err(Error::before_sending(ErrorKind::Timeout, "the credentials could not be had in time"))
        }
    }
}

/// The login is a generated call like any other, in a scope of its own and without a token.
async fn log_in(shared: &Arc<Shared>, credentials: Credentials, options: Options) -> Result<LoggedIn, Error> {
    let bound = Call::login(shared, options);
    let Credentials { username, password } = credentials;
    let result = bound.api.login(&types::LoginRequest::new(password, username)).await;
    let issued = shared.transport.clock.now();
    let reply = bound.conclude(result, |token| {
        // The label `token_type` differs between sources and is not looked at; the scheme is always Bearer.
        if HeaderValue::from_str(token.access_token.expose()).is_err() {
            return Err(BrokenContract("the access token holds characters that no token has".into()));
        }
        Ok(LoggedIn { secret: token.access_token, life: Life::starting(issued, token.expires_in_minutes) })
    });
    reply.map(|reply| reply.value).map_err(|error| match error.status() {
        Some(404) => error.recast(
            ErrorKind::Configuration,
            "there is no login at the base URL: correct it; it ends in the version segment, such as /v2.0",
        ),
        _ => error,
    })
}
