//! The login: one at a time for any number of callers, the token that it returns, and when the next one is due.

use super::{Credentials, CredentialsSource, StoredToken, TokenStore};
use crate::BoxFuture;
use crate::call::{Host, Options, Session};
use crate::clock::{Clock, jitter};
use crate::error::{Error, ErrorKind, Secrets};
use crate::reply::BrokenContract;
use crate::sync::lock;
use crate::transport::{Token, Tokens, is_json};
use futures_util::FutureExt;
use futures_util::future::{Either, Shared, WeakShared, select};
use http::{HeaderValue, StatusCode};
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;
use legit_health_api::scalar::{Minutes, Secret};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// The pause after a failed renewal, while the old token is still valid.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
/// The pause before refused credentials are sent again. It doubles with every refusal, up to the longest.
const REFUSAL_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_REFUSAL_PAUSE: Duration = Duration::from_secs(15 * 60);
/// How long the runtime of a login may run no task before others take over.
const PATIENCE: Duration = Duration::from_secs(1);
const FORBIDDEN_PAUSE: Duration = Duration::from_secs(60);

/// The account of a client, and its token.
///
/// A login in progress is shared by all callers that wait for it. On a tokio runtime it is a separate task; without one,
/// the waiting callers drive it. Either way the time limit or cancellation of one caller does not end it for the others. If
/// the runtime of the task shuts down, or is not polled any more, callers on other runtimes begin another login.
pub(crate) struct Account {
    host: Arc<Host>,
    source: Arc<dyn CredentialsSource>,
    store: Option<Arc<dyn TokenStore>>,
    state: Mutex<State>,
}

/// Its outcome is `None` if the runtime of the login has shut down.
type LoginFuture = BoxFuture<'static, Option<Result<Token, Error>>>;

/// A login in progress.
struct PendingLogin {
    outcome: Shared<LoginFuture>,
    /// The runtime that drives it; `None` if the waiting callers do.
    runtime: Option<Handle>,
    generation: u64,
}

#[derive(Default)]
struct State {
    issued: Option<Issued>,
    pending: Option<(WeakShared<LoginFuture>, Option<Handle>)>,
    /// The number of logins that were begun.
    begun: u64,
    no_renewal_before: Duration,
    no_forbidden_before: Duration,
    refusal: Option<Refusal>,
}

/// The refusal of credentials by the device. Sending them again too often could lock the account.
struct Refusal {
    credentials: Credentials,
    why: Error,
    pause: Duration,
    /// When a call may send them again.
    ends_at: Duration,
}

/// A token of a login or of the store.
struct Issue {
    token: StoredToken,
    /// The token, and the credentials that it was issued for.
    secrets: Secrets,
    lifetime: TokenLifetime,
}

#[derive(Clone)]
struct Issued {
    token: Token,
    lifetime: TokenLifetime,
}

/// Reason for a login.
#[derive(Clone, Copy, PartialEq)]
enum LoginReason {
    /// A call needs a token. Refused credentials are not sent again before the pause after their refusal has ended.
    CallNeedsToken,
    /// The user has requested it.
    Requested,
}

enum Step {
    Use(Token),
    /// The token is still valid, but without a runtime its renewal proceeds only while it is awaited.
    Renew(Token, PendingLogin),
    Wait(PendingLogin),
}

impl Account {
    pub(crate) fn new(
        host: Arc<Host>,
        source: Arc<dyn CredentialsSource>,
        store: Option<Arc<dyn TokenStore>>,
    ) -> Self {
        Self { host, source, store, state: Mutex::default() }
    }

    /// Logs in even if there is a token, unless a login in progress succeeds.
    pub(crate) async fn log_in(self: &Arc<Self>) -> Result<Token, Error> {
        let in_progress = lock(&self.state).in_progress();
        if let Some(pending) = in_progress
            && let Some(Ok(token)) = self.outcome_of(pending).await
        {
            return Ok(token);
        }
        loop {
            let pending = {
                let mut state = lock(&self.state);
                // Another caller may have begun one.
                state.in_progress().unwrap_or_else(|| self.begin(&mut state, LoginReason::Requested))
            };
            if let Some(outcome) = self.outcome_of(pending).await {
                return outcome;
            }
        }
    }

    fn step(self: &Arc<Self>, rejected: Option<u64>) -> Step {
        let now = self.host.transport.clock.now();
        let mut state = lock(&self.state);
        let usable =
            |issued: &Issued| rejected != Some(issued.token.generation) && now < issued.lifetime.ends_at;
        let Some(Issued { token, lifetime }) = state.issued.clone().filter(usable) else {
            let pending = state.in_progress();
            return Step::Wait(
                pending.unwrap_or_else(|| self.begin(&mut state, LoginReason::CallNeedsToken)),
            );
        };
        if now < lifetime.renew_at.max(state.no_renewal_before) || state.in_progress().is_some() {
            return Step::Use(token);
        }
        state.no_renewal_before = now + RENEWAL_PAUSE;
        let pending = self.begin(&mut state, LoginReason::CallNeedsToken);
        if pending.runtime.is_some() { Step::Use(token) } else { Step::Renew(token, pending) }
    }

    fn begin(self: &Arc<Self>, state: &mut State, reason: LoginReason) -> PendingLogin {
        state.begun += 1;
        let generation = state.begun;
        let account = self.clone();
        let login = async move {
            let outcome = account.stored_or_issued(reason).await;
            account.finish(generation, outcome)
        };
        let runtime = Handle::try_current().ok();
        let outcome = match &runtime {
            // Only the task polls the login, so that its timers and sockets never belong to the runtime of a waiting caller.
            Some(runtime) => task_outcome(runtime.spawn(login)).boxed().shared(),
            None => login.map(Some).boxed().shared(),
        };
        if let Some(runtime) = &runtime {
            // It stays in progress when no caller waits.
            drop(runtime.spawn(outcome.clone()));
        }
        state.pending = outcome.downgrade().map(|outcome| (outcome, runtime.clone()));
        PendingLogin { outcome, runtime, generation }
    }

    /// Waits for a login. `None` means that nothing drives it any more, so another one has to begin.
    async fn outcome_of(&self, login: PendingLogin) -> Option<Result<Token, Error>> {
        let here = Handle::try_current().ok();
        let outcome = match &login.runtime {
            Some(runtime) if here.is_none_or(|here| here.id() != runtime.id()) => {
                let stalled = pin!(stalled(runtime, &*self.host.transport.clock));
                match select(login.outcome, stalled).await {
                    Either::Left((outcome, _)) => outcome,
                    Either::Right(((), _)) => None,
                }
            }
            // Another login on the same runtime would not fare better.
            Some(_) => Some(login.outcome.await.unwrap_or_else(|| {
                Err(Error::before_sending(
                    ErrorKind::Configuration,
                    "the async runtime of this call has shut down: make the call on one that runs",
                ))
            })),
            None => login.outcome.await,
        };
        if outcome.is_none() {
            let mut state = lock(&self.state);
            if state.begun == login.generation {
                state.pending = None;
            }
        }
        outcome
    }

    /// Returns the token of the store, or that of a login, which is then stored. Clients that share a store log in one at a
    /// time.
    async fn stored_or_issued(&self, reason: LoginReason) -> Result<Issue, Error> {
        let Some(store) = &self.store else { return self.log_in_once(reason).await };
        // The token that this client has is due for renewal, or was refused.
        let known = lock(&self.state).issued.as_ref().map(|issued| issued.token.secret.clone());
        let load = async || {
            let stored = self.within_login(store.load()).await?;
            let other = stored.filter(|stored| Some(stored.token()) != known.as_ref());
            Some(other.and_then(|stored| self.issue(stored)))
        };
        let is_fresh = |issue: &Issue| self.host.transport.clock.now() < issue.lifetime.renew_at;
        let mut stored = None;
        if reason == LoginReason::CallNeedsToken {
            match load().await {
                None => return self.log_in_once(reason).await,
                Some(Some(issue)) if is_fresh(&issue) => return Ok(issue),
                Some(_) => {}
            }
        }
        let _lock = self.within_login(store.lock()).await;
        if reason == LoginReason::CallNeedsToken {
            stored = load().await.flatten();
            if let Some(issue) = stored.take_if(|issue| is_fresh(issue)) {
                return Ok(issue);
            }
        }
        match (self.log_in_once(reason).await, stored) {
            (Ok(issue), _) => {
                self.within_login(store.save(issue.token.clone())).await;
                Ok(issue)
            }
            // It is due for renewal, but valid.
            (Err(_), Some(stored)) => {
                lock(&self.state).no_renewal_before = self.host.transport.clock.now() + RENEWAL_PAUSE;
                Ok(stored)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Returns a stored token as that of a login; `None` if it was not issued by this device or is not valid any more.
    fn issue(&self, stored: StoredToken) -> Option<Issue> {
        let (lifetime, remaining) = stored.remaining()?;
        let now = self.host.transport.clock.now();
        let lifetime = TokenLifetime::ending(now.saturating_add(remaining), lifetime);
        let is_usable = stored.base_url() == self.host.base_url.as_str()
            && now < lifetime.ends_at
            && is_for_a_header(stored.token());
        let secrets = Secrets::new([stored.username().expose(), stored.token().expose()]);
        is_usable.then_some(Issue { token: stored, secrets, lifetime })
    }

    /// Waits as long as a login may take.
    async fn within_login<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let clock = &self.host.transport.clock;
        let limit = Options::of_login(&self.host.transport.settings).limit;
        match select(pin!(work), clock.sleep_until(clock.now().saturating_add(limit))).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        }
    }

    async fn log_in_once(&self, reason: LoginReason) -> Result<Issue, Error> {
        let options = Options::of_login(&self.host.transport.settings);
        let credentials = self.credentials().await?;
        let now = self.host.transport.clock.now();
        if reason == LoginReason::CallNeedsToken
            && let Some(refusal) = &lock(&self.state).refusal
            && refusal.credentials == credentials
            && now < refusal.ends_at
        {
            return Err(refusal.why.clone());
        }
        self.send_login(credentials, options).await
    }

    /// Reads the credentials, within a time limit in case the source, such as a vault, does not respond.
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.within_login(self.source.credentials()).await.map_or_else(
            || {
                Err(Error::before_sending(
                    ErrorKind::Timeout,
                    "the source of the credentials did not respond within the time limit of a login",
                ))
            },
            |credentials| Ok(credentials?),
        )
    }

    /// Sends the login: a call without a token.
    async fn send_login(&self, credentials: Credentials, options: Options) -> Result<Issue, Error> {
        let Credentials { username, password } = credentials.clone();
        let session = Session { host: self.host.clone(), tokens: None };
        let context = session.call_device(&operations::LOGIN, options);
        let mut secrets = Secrets::new([username.expose(), password.expose()]);
        context.sends_secrets(&secrets);
        let result = context.api.login(&types::LoginRequest::new(username.clone(), password)).await;
        let ended = self.host.transport.clock.now();
        let is_refused = is_refusal(&result);
        let reply = context.conclude(result, |token| {
            // `token_type` differs between sources and is ignored; the scheme is always Bearer.
            if !is_for_a_header(&token.access_token) {
                return Err(BrokenContract(
                    "the access token holds characters that are invalid in a header".into(),
                ));
            }
            let lifetime = plausible_lifetime(token.expires_in_minutes);
            secrets.extend(&Secrets::new([token.access_token.expose()]));
            let base_url = self.host.base_url.as_str();
            let token = StoredToken::new(base_url, username, token.access_token, lifetime);
            Ok(Issue { token, secrets, lifetime: TokenLifetime::ending(ended + lifetime, lifetime) })
        });
        reply.map(|reply| reply.value).map_err(|error| match error.status() {
            Some(404) => error.recast(
                ErrorKind::Configuration,
                "there is no login at the base URL: correct it; it ends in the version segment, such as /v2.0",
            ),
            _ => {
                if is_refused {
                    lock(&self.state).refuse(credentials, &error, ended);
                }
                error
            }
        })
    }

    fn finish(&self, generation: u64, outcome: Result<Issue, Error>) -> Result<Token, Error> {
        let mut state = lock(&self.state);
        if state.begun == generation {
            state.pending = None;
        }
        let Issue { token, secrets, lifetime } = outcome?;
        let token = Token { secret: token.token().clone(), secrets, generation };
        // Another login may have taken over from this one.
        if state.issued.as_ref().is_none_or(|issued| issued.token.generation < generation) {
            state.issued = Some(Issued { token: token.clone(), lifetime });
        }
        state.refusal = None;
        Ok(token)
    }
}

impl Tokens for Account {
    fn current(self: Arc<Self>, rejected: Option<u64>) -> BoxFuture<'static, Result<Token, Error>> {
        Box::pin(async move {
            loop {
                match self.step(rejected) {
                    Step::Use(token) => return Ok(token),
                    // A valid token is kept when its renewal fails.
                    Step::Renew(token, pending) => {
                        return Ok(self.outcome_of(pending).await.and_then(Result::ok).unwrap_or(token));
                    }
                    Step::Wait(pending) => {
                        if let Some(outcome) = self.outcome_of(pending).await {
                            return outcome;
                        }
                    }
                }
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
        let (outcome, runtime) = self.pending.as_ref()?;
        let outcome = outcome.upgrade().filter(|outcome| outcome.peek().is_none())?;
        Some(PendingLogin { outcome, runtime: runtime.clone(), generation: self.begun })
    }

    fn refuse(&mut self, credentials: Credentials, why: &Error, now: Duration) {
        let pause = match &self.refusal {
            Some(earlier) if earlier.credentials == credentials => {
                LONGEST_REFUSAL_PAUSE.min(2 * earlier.pause)
            }
            _ => REFUSAL_PAUSE,
        };
        self.refusal = Some(Refusal { credentials, why: why.clone(), pause, ends_at: now + pause });
    }
}

/// Returns the outcome of the task of a login; `None` if its runtime has shut down.
async fn task_outcome(task: JoinHandle<Result<Token, Error>>) -> Option<Result<Token, Error>> {
    match task.await {
        Ok(outcome) => Some(outcome),
        Err(error) if error.is_panic() => Some(Err(Error::before_sending(
            ErrorKind::Internal,
            "its task panicked, perhaps in the source of the credentials: see what this program has printed",
        ))),
        Err(_) => None,
    }
}

/// Waits until a runtime has shut down, or has run no task for a while.
async fn stalled(runtime: &Handle, clock: &dyn Clock) {
    loop {
        let patience = clock.sleep_until(clock.now().saturating_add(PATIENCE));
        match select(runtime.spawn(async {}), patience).await {
            Either::Left((Ok(()), patience)) => patience.await,
            Either::Left((Err(_), _)) | Either::Right(_) => return,
        }
    }
}

/// Returns true if the device itself refused the credentials. A 403, or a page that is not JSON, comes from something before
/// it, such as a firewall.
fn is_refusal<T>(outcome: &Result<T, legit_health_api::Error<()>>) -> bool {
    matches!(outcome, Err(legit_health_api::Error::UnexpectedResponse(response))
        if response.status() == StatusCode::UNAUTHORIZED && is_json(response.headers()))
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
    /// Returns the lifetime of a token that expires at this moment. It is renewed a minute, or a tenth of its lifetime, before
    /// its end, whichever is longer; and up to another tenth earlier, so that the clients of a clinic do not all renew at once.
    /// Never in the first half of its lifetime.
    ///
    /// It is not used in its last moments: if the server refuses it during an upload, the refusal can be lost with the
    /// connection.
    fn ending(expires: Duration, lifetime: Duration) -> Self {
        let early = (MARGIN.max(lifetime / 10) + jitter(lifetime / 10)).min(lifetime / 2);
        let last_moments = Duration::from_secs(5).min(lifetime / 10);
        Self { renew_at: expires.saturating_sub(early), ends_at: expires.saturating_sub(last_moments) }
    }
}

fn plausible_lifetime(announced: Minutes) -> Duration {
    let lifetime = Duration::from_secs(60 * u64::from(announced.get()));
    if lifetime.is_zero() || lifetime > LONGEST { SHORT } else { lifetime }
}

fn is_for_a_header(token: &Secret) -> bool {
    HeaderValue::from_str(token.expose()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::skipping::SkippingClock;
    use crate::error::Delivery;
    use crate::http_client::scripted::{End, ScriptedClient, json};
    use crate::http_client::{HttpErrorKind, ReqwestClient};
    use crate::transport::{Settings, Transport};
    use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The seconds after which a token of this many minutes is renewed, and no longer used.
    fn lifetime(minutes: u32) -> (f64, f64) {
        let issued = seconds(7);
        let lifetime = plausible_lifetime(Minutes::new(minutes));
        let lifetime = TokenLifetime::ending(issued + lifetime, lifetime);
        ((lifetime.renew_at - issued).as_secs_f64(), (lifetime.ends_at - issued).as_secs_f64())
    }

    /// The whole range of the moment of renewal is used, and no more.
    #[test]
    fn a_token_is_renewed_early_and_not_used_in_its_last_moments() {
        for (minutes, earliest, latest) in [
            (1, 30.0, 30.0),
            (2, 60.0, 60.0),
            (3, 102.0, 120.0),
            (5, 210.0, 240.0),
            (10, 480.0, 540.0),
            (20, 960.0, 1_080.0),
            (60, 2_880.0, 3_240.0),
        ] {
            let drawn: Vec<(f64, f64)> = (0..2_000).map(|_| lifetime(minutes)).collect();
            assert!(drawn.iter().all(|(_, end)| *end == f64::from(60 * minutes - 5)), "{minutes} minutes");
            let first = drawn.iter().map(|(renew, _)| *renew).fold(f64::INFINITY, f64::min);
            let last = drawn.iter().map(|(renew, _)| *renew).fold(0.0, f64::max);
            // One of two thousand falls into each hundredth of the range, but for one run in 10⁸.
            let near = (latest - earliest) / 100.0;
            assert!((earliest..=earliest + near).contains(&first), "{minutes} minutes: {first}");
            assert!((latest - near..=latest).contains(&last), "{minutes} minutes: {last}");
        }
    }

    #[test]
    fn an_implausible_lifetime_counts_as_five_minutes() {
        assert_eq!(lifetime(5).1, 295.0);
        assert_eq!(lifetime(0).1, lifetime(5).1);
        assert_eq!(lifetime(7 * 24 * 60 + 1).1, lifetime(5).1);
        assert_eq!(lifetime(u32::MAX).1, lifetime(5).1);
        assert_eq!(lifetime(7 * 24 * 60).1, f64::from(7 * 24 * 60 * 60 - 5));
    }

    /// An account without a runtime, so that whoever asks for a token drives the login.
    struct Scene {
        clock: SkippingClock,
        account: Arc<Account>,
        /// The seconds at which logins were sent.
        logins: Arc<Mutex<Vec<u64>>>,
        /// The status of the next logins; 200 issues a token.
        status: Arc<AtomicU16>,
        /// Whether another status than 200 comes with a page instead of JSON.
        sends_page: Arc<AtomicBool>,
    }

    const TOKEN: &str = r#"{"access_token": "t", "token_type": "Access token", "expires_in_minutes": "5"}"#;

    impl Scene {
        fn new() -> Self {
            let (clock, logins, status) =
                (SkippingClock::default(), Arc::<Mutex<Vec<u64>>>::default(), Arc::new(AtomicU16::new(200)));
            let sends_page = Arc::new(AtomicBool::new(false));
            let (now, log, next, page) = (clock.clone(), logins.clone(), status.clone(), sends_page.clone());
            let client = ScriptedClient::new(move |_| {
                lock(&log).push(now.now().as_secs());
                match next.load(Ordering::Relaxed) {
                    200 => End::Status(200, TOKEN),
                    0 => End::Failed(HttpErrorKind::NotConnected),
                    status if page.load(Ordering::Relaxed) => {
                        let mut response = json(status, "<html>");
                        response.headers_mut().insert("content-type", "text/html".parse().unwrap());
                        End::Response(response)
                    }
                    status => End::Status(status, "{}"),
                }
            });
            // A failed login is not repeated by its own call.
            let mut settings = Settings::default();
            settings.retry_policy.max_attempts = 1;
            let transport = Transport::new(client, Arc::new(clock.clone()), settings);
            let base_url = "https://device.example/v2.0".parse().unwrap();
            let host = Host::new(base_url, transport, ReqwestClient::request_builder().unwrap());
            let source = Credentials::password("clinic@example.org", "s3cret");
            let account = Arc::new(Account::new(Arc::new(host), Arc::new(source), None));
            Self { clock, account, logins, status, sends_page }
        }

        /// Returns the number of the token that a call gets in this second.
        fn at(&self, second: u64) -> Result<u64, Error> {
            self.clock.set(seconds(second));
            self.current(None)
        }

        fn current(&self, rejected: Option<u64>) -> Result<u64, Error> {
            let token = self.account.clone().current(rejected).now_or_never();
            token.expect("nothing is waited for").map(|token| token.generation)
        }

        fn log_in(&self) -> Result<u64, Error> {
            let token = self.account.log_in().now_or_never();
            token.expect("nothing is waited for").map(|token| token.generation)
        }

        fn logins(&self) -> Vec<u64> {
            lock(&self.logins).clone()
        }
    }

    #[test]
    fn a_token_is_kept_while_its_renewal_fails_and_not_beyond_its_end() {
        let scene = Scene::new();
        assert_eq!(scene.at(0).unwrap(), 1);
        scene.status.store(0, Ordering::Relaxed);
        assert_eq!(scene.at(209).unwrap(), 1);
        assert_eq!(scene.logins(), [0], "a renewal is due after 210 s at the earliest");
        // Every ten seconds; due after 240 s at the latest, then every half minute.
        for second in (240..295).step_by(10) {
            assert_eq!(scene.at(second).unwrap(), 1);
        }
        assert_eq!(scene.logins(), [0, 240, 270]);
        assert_eq!(scene.at(294).unwrap(), 1);
        let error = scene.at(295).unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Connection, Delivery::NotSent));
        assert_eq!(scene.logins(), [0, 240, 270, 295]);

        scene.status.store(200, Ordering::Relaxed);
        assert!(scene.at(296).unwrap() > 1);
        assert_eq!(scene.logins(), [0, 240, 270, 295, 296]);
    }

    #[test]
    fn a_renewed_token_replaces_the_old_one() {
        let scene = Scene::new();
        assert_eq!([0, 209].map(|second| scene.at(second).unwrap()), [1, 1]);
        assert_eq!([240, 241, 449].map(|second| scene.at(second).unwrap()), [2, 2, 2]);
        assert_eq!(scene.logins(), [0, 240]);
        // A call that has sent the old token before gets the new one; one that has sent the new one causes a login.
        assert_eq!(scene.current(Some(1)).unwrap(), 2);
        assert_eq!(scene.current(Some(2)).unwrap(), 3);
        assert_eq!(scene.logins(), [0, 240, 449]);
    }

    #[test]
    fn a_login_that_was_overtaken_replaces_no_newer_token() {
        let scene = Scene::new();
        for generation in [2, 1] {
            let lifetime = TokenLifetime::ending(seconds(300), seconds(300));
            let token = StoredToken::new("", "".into(), "t".into(), seconds(300));
            let issue = Issue { token, secrets: Secrets::default(), lifetime };
            let token = scene.account.finish(generation, Ok(issue));
            assert_eq!(token.unwrap().generation, generation);
        }
        assert_eq!((scene.at(1).unwrap(), scene.logins().len()), (2, 0));
    }

    #[test]
    fn a_requested_login_replaces_a_valid_token() {
        let scene = Scene::new();
        assert_eq!(scene.at(0).unwrap(), 1);
        assert_eq!((scene.log_in().unwrap(), scene.at(1).unwrap()), (2, 2));
        assert_eq!(scene.logins(), [0, 0]);
    }

    /// Sending them again at once could lock the account. Only the device knows that they are wrong.
    #[test]
    fn refused_credentials_are_not_sent_again_at_once_unless_requested() {
        for (status, sends_page, is_refusal) in [
            (401, false, true),
            (401, true, false),
            (403, false, false),
            (403, true, false),
            (422, false, false),
            (400, false, false),
            (500, false, false),
            (0, false, false),
        ] {
            let scene = Scene::new();
            scene.status.store(status, Ordering::Relaxed);
            scene.sends_page.store(sends_page, Ordering::Relaxed);
            let first = scene.at(0).unwrap_err();
            let again = scene.at(1).unwrap_err();
            assert_eq!((again.kind(), again.status()), (first.kind(), first.status()), "{status}");
            assert_eq!(scene.logins().len(), if is_refusal { 1 } else { 2 }, "{status}");

            let sent = scene.logins().len();
            scene.log_in().unwrap_err();
            assert_eq!(scene.logins().len(), sent + 1, "{status}");
            // A success clears the refusal.
            scene.status.store(200, Ordering::Relaxed);
            scene.log_in().unwrap();
            assert!(lock(&scene.account.state).refusal.is_none());
        }
    }

    /// Within an hour they are sent eight times, whatever the number of calls.
    #[test]
    fn refused_credentials_are_sent_again_after_a_pause_that_doubles() {
        let scene = Scene::new();
        scene.status.store(401, Ordering::Relaxed);
        for second in (0..2 * 60 * 60).step_by(10) {
            assert_eq!(scene.at(second).unwrap_err().status(), Some(401));
        }
        let minutes = [0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 30.5, 45.5, 60.5, 75.5, 90.5, 105.5];
        assert_eq!(scene.logins(), minutes.map(|minute: f64| (60.0 * minute) as u64));

        scene.status.store(200, Ordering::Relaxed);
        scene.at(2 * 60 * 60).unwrap_err();
        assert_eq!(scene.at(2 * 60 * 60 + 30).unwrap(), scene.account.state.lock().unwrap().begun);
        // A later refusal begins anew.
        scene.status.store(401, Ordering::Relaxed);
        let sent = scene.logins().len();
        for second in [8_000, 8_029, 8_030, 8_089, 8_090] {
            scene.at(second).unwrap_err();
        }
        assert_eq!(scene.logins()[sent..], [8_000, 8_030, 8_090]);
    }

    #[test]
    fn a_login_after_a_403_is_allowed_once_a_minute() {
        let scene = Scene::new();
        let allowed: Vec<u64> = (0..200)
            .filter(|second| {
                scene.clock.set(seconds(*second));
                scene.account.may_log_in_after_403()
            })
            .collect();
        assert_eq!(allowed, [0, 60, 120, 180]);
    }

    #[test]
    fn a_login_at_a_wrong_address_is_a_wrong_setting() {
        let scene = Scene::new();
        for (status, kind) in [(404, ErrorKind::Configuration), (405, ErrorKind::Rejected)] {
            scene.status.store(status, Ordering::Relaxed);
            let error = scene.at(0).unwrap_err();
            assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        }
    }
}
