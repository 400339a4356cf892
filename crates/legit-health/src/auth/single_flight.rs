//! One login at a time, for any number of callers.

use super::Token;
use crate::error::Error;
use legit_health_api::scalar::Secret;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A login that is dropped half-way leaves the flight to the next caller, so no task has to be spawned.
#[derive(Default)]
pub(crate) struct SingleFlight {
    flight: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Logins that ended, well or badly.
    landed: u64,
    last_failure: Option<Error>,
    /// The credentials were refused. Trying them again could lock the account.
    refused: Option<Error>,
}

enum Usable {
    Token(Token),
    None { landed: u64 },
}

/// The server has judged the credentials, and not just been out of reach or in the middle of something.
fn is_refusal(error: &Error) -> bool {
    matches!(error.status(), Some(401 | 403 | 422))
}

/// What a login brings: the token, and when it should no longer be used.
pub(crate) type Login = (Secret, Duration);

impl SingleFlight {
    /// The token that everybody shares, after one `login` if it is needed.
    pub(crate) async fn current(
        &self,
        now: Duration,
        rejected: Option<u64>,
        login: impl AsyncFnOnce() -> Result<Login, Error>,
    ) -> Result<Token, Error> {
        let landed_before = match self.usable(now, rejected)? {
            Usable::Token(token) => return Ok(token),
            Usable::None { landed } => landed,
        };
        let _flight = self.flight.lock().await;
        match self.usable(now, rejected)? {
            Usable::Token(token) => return Ok(token),
            // Somebody's login failed while this caller waited: do not try the same again at once.
            Usable::None { landed } if landed > landed_before => {
                if let Some(failure) = self.state().last_failure.clone() {
                    return Err(failure);
                }
            }
            Usable::None { .. } => {}
        }
        self.land(login().await)
    }

    /// A login in any case, after the one that may be under way.
    pub(crate) async fn renew(
        &self,
        login: impl AsyncFnOnce() -> Result<Login, Error>,
    ) -> Result<Token, Error> {
        let _flight = self.flight.lock().await;
        self.land(login().await)
    }

    fn land(&self, outcome: Result<Login, Error>) -> Result<Token, Error> {
        let mut state = self.state();
        state.landed += 1;
        match outcome {
            Ok((secret, stale_at)) => {
                let token = Token { secret, generation: state.landed, stale_at };
                state.token = Some(token.clone());
                state.last_failure = None;
                state.refused = None;
                Ok(token)
            }
            Err(failure) => {
                if is_refusal(&failure) {
                    state.refused = Some(failure.clone());
                }
                state.last_failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    /// A refusal is final for everybody until somebody asks for a login expressly.
    fn usable(&self, now: Duration, rejected: Option<u64>) -> Result<Usable, Error> {
        let state = self.state();
        match (&state.token, &state.refused) {
            (Some(token), _) if rejected != Some(token.generation) && now < token.stale_at => {
                Ok(Usable::Token(token.clone()))
            }
            (_, Some(refusal)) => Err(refusal.clone()),
            _ => Ok(Usable::None { landed: state.landed }),
        }
    }

    /// No code runs under this lock that could panic half-way, so a poisoned state is a whole one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
