//! Accounts: each is a namespace of its own, so that parallel tests do not meet.

mod lock_out;
mod passwords;
mod rate_limit;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use crate::operation::Operation;
use crate::retry_after::RetryAfter;
use crate::scenario::Scenario;
use crate::secrets::Secrets;
use lock_out::Lock;
pub use lock_out::LockOut;
use passwords::Passwords;
use rate_limit::Limiter;
pub use rate_limit::{RateLimit, RetryHint};

/// Credentials for a sandbox. They open nothing else.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// What stands in for an e-mail address, such as `sandbox@example.org`.
    pub username: String,
    /// Generated: letters and digits only, safe in a shell and in a form.
    pub password: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account { .. }")
    }
}

/// The accounts of one sandbox.
#[derive(Debug)]
pub(crate) struct Accounts {
    by_username: BTreeMap<String, State>,
    /// The scenario of a new account.
    usual: Option<Scenario>,
}

/// What is kept of one account.
#[derive(Debug)]
pub(crate) struct State {
    /// What it reports where a request and its images name no scenario.
    pub(crate) scenario: Option<Scenario>,
    /// Life of its tokens in minutes, where it is not that of the sandbox.
    pub(crate) token_life: Option<u32>,
    /// Tokens of an earlier generation are revoked.
    pub(crate) token_generation: u64,
    passwords: Passwords,
    lock: Lock,
    limiter: Limiter,
}

/// What becomes of a login.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Login {
    Accepted,
    Refused,
    Locked,
}

impl Accounts {
    pub(crate) fn new(usual: Option<Scenario>) -> Self {
        Self { by_username: BTreeMap::new(), usual }
    }

    /// Makes the account unless it is there.
    pub(crate) fn named(&mut self, username: &str, secrets: &Secrets) -> Account {
        let state = self.by_username.entry(username.to_owned());
        let state = state.or_insert_with(|| State::new(self.usual, Passwords::new(secrets, username)));
        Account { username: username.to_owned(), password: state.passwords.current().to_owned() }
    }

    /// Makes an account with a name nobody has.
    pub(crate) fn another(&mut self, secrets: &Secrets) -> Account {
        let names = (1..).map(|number: u32| match number {
            1 => "sandbox@example.org".to_owned(),
            _ => format!("sandbox-{number}@example.org"),
        });
        let free = names.into_iter().find(|name| !self.has(name));
        self.named(&free.expect("the numbers do not run out"), secrets)
    }

    pub(crate) fn has(&self, username: &str) -> bool {
        self.by_username.contains_key(username)
    }

    pub(crate) fn state(&self, username: &str) -> Option<&State> {
        self.by_username.get(username)
    }

    pub(crate) fn state_mut(&mut self, username: &str) -> Option<&mut State> {
        self.by_username.get_mut(username)
    }
}

impl State {
    fn new(scenario: Option<Scenario>, passwords: Passwords) -> Self {
        Self {
            scenario,
            token_life: None,
            token_generation: 0,
            passwords,
            lock: Lock::default(),
            limiter: Limiter::default(),
        }
    }

    pub(crate) fn login(&mut self, secrets: &Secrets, password: &str, now: SystemTime) -> Login {
        if self.lock.is_locked(now) {
            return Login::Locked;
        }
        if self.passwords.open(secrets, password, now) {
            self.lock.accepted();
            return Login::Accepted;
        }
        self.lock.refused(now);
        Login::Refused
    }

    pub(crate) fn revoke_tokens(&mut self) {
        self.token_generation += 1;
    }

    pub(crate) fn revoke_password(&mut self) {
        self.passwords.revoke();
    }

    pub(crate) fn roll_password(
        &mut self,
        secrets: &Secrets,
        username: &str,
        now: SystemTime,
        grace: Duration,
    ) {
        self.passwords.roll(secrets, username, now, grace);
    }

    pub(crate) fn password(&self) -> &str {
        self.passwords.current()
    }

    pub(crate) fn lock_out(&mut self, rule: Option<LockOut>, now: SystemTime) {
        self.lock.rule(rule, now);
    }

    pub(crate) fn unlock(&mut self) {
        self.lock.unlock();
    }

    pub(crate) fn limit_rate(&mut self, limit: Option<RateLimit>) {
        self.limiter = Limiter::new(limit);
    }

    pub(crate) fn admit(&mut self, operation: Operation, now: SystemTime) -> Result<(), RetryAfter> {
        self.limiter.admit(operation, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_not_given_twice() {
        let secrets = Secrets::seeded(1);
        let mut accounts = Accounts::new(None);
        accounts.named("sandbox-2@example.org", &secrets);
        let names = [accounts.another(&secrets), accounts.another(&secrets)].map(|account| account.username);
        assert_eq!(names, ["sandbox@example.org", "sandbox-3@example.org"]);
    }

    #[test]
    fn debug_shows_no_credentials() {
        let mut accounts = Accounts::new(None);
        let account = accounts.another(&Secrets::seeded(1));
        assert_eq!(format!("{account:?}"), "Account { .. }");
        assert!(!format!("{accounts:?}").contains(&account.password));
    }

    #[test]
    fn a_locked_account_refuses_the_right_password_too() {
        let secrets = Secrets::seeded(1);
        let mut accounts = Accounts::new(None);
        let Account { username, password } = accounts.another(&secrets);
        let now = SystemTime::UNIX_EPOCH;
        let state = accounts.state_mut(&username).unwrap();
        state.lock_out(Some(LockOut { after: 1, lasts: None }), now);
        assert_eq!(state.login(&secrets, &password, now), Login::Accepted);
        assert_eq!(state.login(&secrets, "wrong", now), Login::Refused);
        assert_eq!(state.login(&secrets, &password, now), Login::Locked);
        state.unlock();
        assert_eq!(state.login(&secrets, &password, now), Login::Accepted);
    }
}
