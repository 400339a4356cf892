//! The login: one at a time for any number of callers, the token that it returns, and when the next one is due.

use super::{Credentials, CredentialsSource};
use crate::BoxFuture;
use crate::call::{Host, Options, Session};
use crate::clock::jitter;
use crate::error::{Error, ErrorKind};
use crate::reply::BrokenContract;
use crate::sync::lock;
use crate::transport::{Token, Tokens};
use futures_util::FutureExt;
use futures_util::future::{Either, Shared, WeakShared, select};
use http::HeaderValue;
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;
use legit_health_api::scalar::{Minutes, Secret};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The pause after a failed renewal, while the old token is still valid.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
const FORBIDDEN_PAUSE: Duration = Duration::from_secs(60);

/// The account of a client, and its token.
///
/// A login in progress is shared by all callers that wait for it. On a tokio runtime it is a separate task; without one,
/// the waiting callers drive it. Either way the time limit or cancellation of one caller does not end it for the others.
pub(crate) struct Account {
    host: Arc<Host>,
    source: Arc<dyn CredentialsSource>,
    state: Mutex<State>,
}

type LoginFuture = BoxFuture<'static, Result<Token, Error>>;
type PendingLogin = Shared<LoginFuture>;

#[derive(Default)]
struct State {
    issued: Option<Issued>,
    pending: Option<WeakShared<LoginFuture>>,
    /// The number of logins that were begun.
    begun: u64,
    no_renewal_before: Duration,
    no_forbidden_before: Duration,
    /// Refused credentials, and the error. Sending them again could lock the account.
    refused: Option<(Credentials, Error)>,
}

#[derive(Clone)]
struct Issued {
    token: Token,
    lifetime: TokenLifetime,
}

/// Reason for a login.
#[derive(Clone, Copy, PartialEq)]
enum LoginReason {
    /// A call needs a token. Refused credentials are not tried again.
    CallNeedsToken,
    /// The user has requested it.
    Requested,
}

/// What drives a pending login.
enum LoginDriver {
    Task,
    Waiters,
}

enum Step {
    Use(Token),
    /// The token is still valid, but without a runtime its renewal proceeds only while it is awaited.
    Renew(Token, PendingLogin),
    Wait(PendingLogin),
}

impl Account {
    pub(crate) fn new(host: Arc<Host>, source: Arc<dyn CredentialsSource>) -> Self {
        Self { host, source, state: Mutex::default() }
    }

    /// Logs in even if there is a token, unless a login in progress succeeds.
    pub(crate) async fn log_in(self: &Arc<Self>) -> Result<Token, Error> {
        let in_progress = lock(&self.state).in_progress();
        if let Some(pending) = in_progress
            && let Ok(token) = pending.await
        {
            return Ok(token);
        }
        let pending = {
            let mut state = lock(&self.state);
            // Another caller may have begun one.
            state.in_progress().unwrap_or_else(|| self.begin(&mut state, LoginReason::Requested).0)
        };
        pending.await
    }

    fn step(self: &Arc<Self>, rejected: Option<u64>) -> Step {
        let now = self.host.transport.clock.now();
        let mut state = lock(&self.state);
        let usable =
            |issued: &Issued| rejected != Some(issued.token.generation) && now < issued.lifetime.ends_at;
        let Some(Issued { token, lifetime }) = state.issued.clone().filter(usable) else {
            let pending = state.in_progress();
            return Step::Wait(
                pending.unwrap_or_else(|| self.begin(&mut state, LoginReason::CallNeedsToken).0),
            );
        };
        if now < lifetime.renew_at.max(state.no_renewal_before) || state.in_progress().is_some() {
            return Step::Use(token);
        }
        state.no_renewal_before = now + RENEWAL_PAUSE;
        match self.begin(&mut state, LoginReason::CallNeedsToken) {
            (_, LoginDriver::Task) => Step::Use(token),
            (pending, LoginDriver::Waiters) => Step::Renew(token, pending),
        }
    }

    fn begin(self: &Arc<Self>, state: &mut State, reason: LoginReason) -> (PendingLogin, LoginDriver) {
        state.begun += 1;
        let generation = state.begun;
        let account = self.clone();
        let login = async move {
            let outcome = account.log_in_once(reason).await;
            account.finish(generation, outcome)
        };
        let pending = login.boxed().shared();
        state.pending = pending.downgrade();
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                drop(runtime.spawn(pending.clone()));
                (pending, LoginDriver::Task)
            }
            Err(_) => (pending, LoginDriver::Waiters),
        }
    }

    async fn log_in_once(&self, reason: LoginReason) -> Result<(Secret, TokenLifetime), Error> {
        let options = Options::of_login(&self.host.transport.settings);
        let credentials = self.credentials_within(options.limit).await?;
        if reason == LoginReason::CallNeedsToken
            && let Some((refused, why)) = &lock(&self.state).refused
            && *refused == credentials
        {
            return Err(why.clone());
        }
        let outcome = self.send_login(credentials.clone(), options).await;
        if let Err(why) = &outcome
            && is_refusal(why)
        {
            lock(&self.state).refused = Some((credentials, why.clone()));
        }
        outcome
    }

    /// Reads the credentials, within a time limit in case the source, such as a vault, does not respond.
    async fn credentials_within(&self, limit: Duration) -> Result<Credentials, Error> {
        let clock = &self.host.transport.clock;
        let limit = clock.sleep_until(clock.now().saturating_add(limit));
        match select(self.source.credentials(), limit).await {
            Either::Left((credentials, _)) => Ok(credentials?),
            Either::Right(_) => Err(Error::before_sending(
                ErrorKind::Timeout,
                "the source of the credentials did not respond within the time limit of a login",
            )),
        }
    }

    /// Sends the login: a call without a token.
    async fn send_login(
        &self,
        Credentials { username, password }: Credentials,
        options: Options,
    ) -> Result<(Secret, TokenLifetime), Error> {
        let session = Session { host: self.host.clone(), tokens: None };
        let context = session.call_device(&operations::LOGIN, options);
        let result = context.api.login(&types::LoginRequest::new(password, username)).await;
        let issued = self.host.transport.clock.now();
        let reply = context.conclude(result, |token| {
            // `token_type` differs between sources and is ignored; the scheme is always Bearer.
            if HeaderValue::from_str(token.access_token.expose()).is_err() {
                return Err(BrokenContract(
                    "the access token holds characters that are invalid in a header".into(),
                ));
            }
            Ok((token.access_token, TokenLifetime::starting(issued, token.expires_in_minutes)))
        });
        reply.map(|reply| reply.value).map_err(|error| match error.status() {
            Some(404) => error.recast(
                ErrorKind::Configuration,
                "there is no login at the base URL: correct it; it ends in the version segment, such as /v2.0",
            ),
            _ => error,
        })
    }

    fn finish(
        &self,
        generation: u64,
        outcome: Result<(Secret, TokenLifetime), Error>,
    ) -> Result<Token, Error> {
        let mut state = lock(&self.state);
        state.pending = None;
        let (secret, lifetime) = outcome?;
        let token = Token { secret, generation };
        state.issued = Some(Issued { token: token.clone(), lifetime });
        state.refused = None;
        Ok(token)
    }
}

impl Tokens for Account {
    fn current(self: Arc<Self>, rejected: Option<u64>) -> BoxFuture<'static, Result<Token, Error>> {
        Box::pin(async move {
            match self.step(rejected) {
                Step::Use(token) => Ok(token),
                // A valid token is kept when its renewal fails.
                Step::Renew(token, pending) => Ok(pending.await.unwrap_or(token)),
                Step::Wait(pending) => pending.await,
            }
        })
    }

    fn may_log_in_after_403(&self) -> bool {
        let now = self.host.transport.clock.now();
        let mut state = lock(&self.state);
        let may = now >= state.no_forbidden_before;
        if may {
            state.no_forbidden_before = now + FORBIDDEN_PAUSE;
        }
        may
    }
}

impl State {
    /// Returns the login in progress, if a caller still waits for it.
    fn in_progress(&self) -> Option<PendingLogin> {
        self.pending.as_ref()?.upgrade().filter(|pending| pending.peek().is_none())
    }
}

/// Returns true if the server refused the credentials, rather than being unreachable or failing.
fn is_refusal(error: &Error) -> bool {
    matches!(error.status(), Some(401 | 403 | 422))
}

/// The usual margin before the end of a token.
const MARGIN: Duration = Duration::from_secs(60);
/// The lifetime that is assumed if the announced one is zero, or longer than [`LONGEST`].
const SHORT: Duration = Duration::from_secs(5 * 60);
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The lifetime of a token, on the client's clock.
#[derive(Clone, Copy)]
struct TokenLifetime {
    /// When a renewal begins, during which this token is still used.
    renew_at: Duration,
    /// When the token is no longer used.
    ends_at: Duration,
}

impl TokenLifetime {
    /// Returns the lifetime of a token. It is renewed a minute, or a tenth of its lifetime, before its end, whichever is
    /// longer; and up to another tenth earlier, so that the clients of a clinic do not all renew at once. Never in the
    /// first half of its lifetime.
    ///
    /// It is not used in its last moments: if the server refuses it during an upload, the refusal can be lost with the
    /// connection.
    fn starting(issued: Duration, announced: Minutes) -> Self {
        let lifetime = Duration::from_secs(60 * u64::from(announced.get()));
        let lifetime = if lifetime.is_zero() || lifetime > LONGEST { SHORT } else { lifetime };
        let early = (MARGIN.max(lifetime / 10) + jitter(lifetime / 10)).min(lifetime / 2);
        let last_moments = Duration::from_secs(5).min(lifetime / 10);
        Self { renew_at: issued + lifetime - early, ends_at: issued + lifetime - last_moments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetime(minutes: u32) -> (u64, u64) {
        let issued = Duration::from_secs(7);
        let lifetime = TokenLifetime::starting(issued, Minutes::new(minutes));
        ((lifetime.renew_at - issued).as_secs(), (lifetime.ends_at - issued).as_secs())
    }

    #[test]
    fn a_token_is_renewed_early_and_not_used_in_its_last_moments() {
        for _ in 0..1_000 {
            let (renew, end) = lifetime(60);
            assert!((48 * 60..=54 * 60).contains(&renew) && end == 60 * 60 - 5, "{renew} {end}");
            let (renew, end) = lifetime(1);
            assert!(renew == 30 && end == 55, "{renew} {end}");
        }
    }

    #[test]
    fn an_implausible_lifetime_counts_as_five_minutes() {
        assert_eq!(lifetime(5).1, 295);
        assert_eq!(lifetime(0).1, lifetime(5).1);
        assert_eq!(lifetime(7 * 24 * 60 + 1).1, lifetime(5).1);
        assert_eq!(lifetime(u32::MAX).1, lifetime(5).1);
        assert_eq!(lifetime(7 * 24 * 60).1, 7 * 24 * 60 * 60 - 5);
    }
}
