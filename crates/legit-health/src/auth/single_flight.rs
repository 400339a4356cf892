//! One login at a time, for any number of callers.

use super::{Credentials, Life, Token};
use crate::BoxFuture;
use crate::error::Error;
use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};
use legit_health_api::scalar::Secret;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A renewal that failed is not tried again at once while the old token is good.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
const FORBIDDEN_PAUSE: Duration = Duration::from_secs(60);

/// A login under way is shared by all who wait for it. On a tokio runtime it has a task of its own; without one it is driven
/// by whoever waits. Either way nobody's time limit or cancellation ends it for the others.
#[derive(Default)]
pub(crate) struct SingleFlight {
    state: Mutex<State>,
}

type Login = BoxFuture<'static, Result<Token, Error>>;
type Flight = Shared<Login>;

#[derive(Default)]
struct State {
    token: Option<Token>,
    flight: Option<WeakShared<Login>>,
    /// Logins that were begun.
    begun: u64,
    no_renewal_before: Duration,
    no_forbidden_before: Duration,
    /// These were refused. Trying them again could lock the account.
    refused: Option<(Credentials, Error)>,
}

/// What a login brings.
pub(crate) struct LoggedIn {
    pub(crate) secret: Secret,
    pub(crate) life: Life,
}

/// Why one logs in.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Occasion {
    /// A call needs a token. Refused credentials are not tried again.
    Needed,
    /// The user asks for it.
    Wanted,
}

/// Who logs in.
pub(crate) trait Pilot: Clone + Send + Sync + 'static {
    fn single_flight(&self) -> &SingleFlight;

    fn log_in(&self, occasion: Occasion) -> BoxFuture<'static, Result<LoggedIn, Error>>;
}

enum Step {
    Use(Token),
    /// The token is good for now, but its renewal moves only if somebody waits for it.
    Renew(Token, Flight),
    Wait(Flight),
}

impl SingleFlight {
    /// The token that everybody shares, after one login if it is needed.
    pub(crate) async fn current<P: Pilot>(
        pilot: &P,
        now: Duration,
        rejected: Option<u64>,
    ) -> Result<Token, Error> {
        match pilot.single_flight().step(pilot, now, rejected) {
            Step::Use(token) => Ok(token),
            // A good token is kept when its renewal fails.
            Step::Renew(token, flight) => Ok(flight.await.unwrap_or(token)),
            Step::Wait(flight) => flight.await,
        }
    }

    /// A login in any case, unless one that is under way succeeds.
    pub(crate) async fn renew<P: Pilot>(pilot: &P) -> Result<Token, Error> {
        let under_way = pilot.single_flight().state().under_way();
        if let Some(flight) = under_way
            && let Ok(token) = flight.await
        {
            return Ok(token);
        }
        let flight = {
            let mut state = pilot.single_flight().state();
            // Somebody else may want the same.
            state.under_way().unwrap_or_else(|| state.begin(pilot, Occasion::Wanted).0)
        };
        flight.await
    }

    /// True at most once a minute.
    pub(crate) fn forbidden_is_worth_a_login(&self, now: Duration) -> bool {
        let mut state = self.state();
        let worth = now >= state.no_forbidden_before;
        if worth {
            state.no_forbidden_before = now + FORBIDDEN_PAUSE;
        }
        worth
    }

    /// Why these credentials are not tried again.
    pub(crate) fn refusal_of(&self, credentials: &Credentials) -> Option<Error> {
        let state = self.state();
        let (refused, why) = state.refused.as_ref()?;
        (refused == credentials).then(|| why.clone())
    }

    pub(crate) fn refused(&self, credentials: Credentials, why: Error) {
        self.state().refused = Some((credentials, why));
    }

    fn step<P: Pilot>(&self, pilot: &P, now: Duration, rejected: Option<u64>) -> Step {
        let mut state = self.state();
        let usable = |token: &Token| rejected != Some(token.generation) && now < token.life.ends_at;
        let Some(token) = state.token.clone().filter(usable) else {
            return Step::Wait(state.under_way().unwrap_or_else(|| state.begin(pilot, Occasion::Needed).0));
        };
        if now < token.life.renew_at.max(state.no_renewal_before) || state.under_way().is_some() {
            return Step::Use(token);
        }
        state.no_renewal_before = now + RENEWAL_PAUSE;
        match state.begin(pilot, Occasion::Needed) {
            (_, Drive::Task) => Step::Use(token),
            (flight, Drive::Waiters) => Step::Renew(token, flight),
        }
    }

    fn land(&self, generation: u64, outcome: Result<LoggedIn, Error>) -> Result<Token, Error> {
        let mut state = self.state();
        state.flight = None;
        let LoggedIn { secret, life } = outcome?;
        let token = Token { secret, generation, life };
        state.token = Some(token.clone());
        state.refused = None;
        Ok(token)
    }

    /// No code runs under this lock that could panic half-way, so a poisoned state is a whole one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What moves a flight on.
enum Drive {
    Task,
    Waiters,
}

impl State {
    /// A flight that nobody waits for any more is gone.
    fn under_way(&self) -> Option<Flight> {
        self.flight.as_ref()?.upgrade().filter(|flight| flight.peek().is_none())
    }

    fn begin<P: Pilot>(&mut self, pilot: &P, occasion: Occasion) -> (Flight, Drive) {
        self.begun += 1;
        let generation = self.begun;
        let pilot = pilot.clone();
        let login = async move {
            let outcome = pilot.log_in(occasion).await;
            pilot.single_flight().land(generation, outcome)
        };
        let flight = login.boxed().shared();
        self.flight = flight.downgrade();
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                drop(runtime.spawn(flight.clone()));
                (flight, Drive::Task)
            }
            Err(_) => (flight, Drive::Waiters),
        }
    }
}
