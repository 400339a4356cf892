//! Accounts: passwords, lock-out, rate limits and tokens of each.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use serde::Deserialize;

use super::secrets::Secrets;
use crate::http::RetryAfter;
use crate::operation::Operation;
use crate::scenarios::Scenario;

/// Credentials for a sandbox. They are valid nowhere else.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// User name in the form of an e-mail address, such as `sandbox@example.org`.
    pub username: String,
    /// Generated password of letters and digits, which needs no quoting in a shell or a form.
    pub password: String,
}

impl Account {
    /// Returns credentials for [`Config::account`](crate::Config::account).
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self { username: username.into(), password: password.into() }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account { .. }")
    }
}

/// The accounts of one sandbox.
#[derive(Debug)]
pub(crate) struct Accounts {
    by_username: BTreeMap<String, AccountState>,
    /// Scenario of a new account.
    default_scenario: Option<Scenario>,
}

/// The state of one account.
#[derive(Debug)]
pub(crate) struct AccountState {
    /// Scenario of requests where neither a header nor the image names one.
    pub(crate) scenario: Option<Scenario>,
    /// Lifetime of its tokens in minutes, unless that of the sandbox.
    pub(crate) token_life: Option<u32>,
    /// Tokens of an earlier generation are revoked.
    pub(crate) token_generation: u64,
    pub(crate) passwords: Passwords,
    pub(crate) lock: Lock,
    rate_limiter: RateLimiter,
}

/// The outcome of a login.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LoginOutcome {
    Accepted,
    Refused,
    Locked,
}

impl Accounts {
    pub(crate) fn new(default_scenario: Option<Scenario>) -> Self {
        Self { by_username: BTreeMap::new(), default_scenario }
    }

    pub(crate) fn get_or_create(&mut self, username: &str, secrets: &Secrets) -> Account {
        let scenario = self.default_scenario;
        let state = self
            .by_username
            .entry(username.to_owned())
            .or_insert_with(|| AccountState::new(scenario, Passwords::new(secrets.password(username, 0))));
        Account { username: username.to_owned(), password: state.passwords.current.clone() }
    }

    /// Adds an account with its own password.
    pub(crate) fn insert(&mut self, account: &Account) {
        let state = AccountState::new(self.default_scenario, Passwords::new(account.password.clone()));
        self.by_username.insert(account.username.clone(), state);
    }

    /// Creates an account with an unused name.
    pub(crate) fn create(&mut self, secrets: &Secrets) -> Account {
        let mut names = (1..).map(|number: u32| match number {
            1 => "sandbox@example.org".to_owned(),
            _ => format!("sandbox-{number}@example.org"),
        });
        let unused = names.find(|name| !self.contains(name)).expect("there are fewer accounts than numbers");
        self.get_or_create(&unused, secrets)
    }

    pub(crate) fn contains(&self, username: &str) -> bool {
        self.by_username.contains_key(username)
    }

    pub(crate) fn get(&self, username: &str) -> Option<&AccountState> {
        self.by_username.get(username)
    }

    /// Returns the accounts, by user name.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut AccountState)> {
        self.by_username.iter_mut().map(|(username, account)| (username.as_str(), account))
    }

    pub(crate) fn get_mut(&mut self, username: &str) -> Option<&mut AccountState> {
        self.by_username.get_mut(username)
    }
}

impl AccountState {
    fn new(scenario: Option<Scenario>, passwords: Passwords) -> Self {
        Self {
            scenario,
            token_life: None,
            token_generation: 0,
            passwords,
            lock: Lock::default(),
            rate_limiter: RateLimiter::default(),
        }
    }

    pub(crate) fn login(&mut self, secrets: &Secrets, password: &str, now: SystemTime) -> LoginOutcome {
        if self.lock.is_locked(now) {
            return LoginOutcome::Locked;
        }
        if self.passwords.accept(secrets, password, now) {
            self.lock.login_accepted();
            return LoginOutcome::Accepted;
        }
        self.lock.login_refused(now);
        LoginOutcome::Refused
    }

    pub(crate) fn revoke_tokens(&mut self) {
        self.token_generation += 1;
    }

    pub(crate) fn set_rate_limit(&mut self, limit: Option<RateLimit>) {
        self.rate_limiter = RateLimiter { limit, window: None };
    }

    /// Counts a request, or returns when to retry.
    pub(crate) fn count_request(&mut self, operation: Operation, now: SystemTime) -> Result<(), RetryAfter> {
        self.rate_limiter.count(operation, now)
    }
}

/// The passwords of one account: the current one, and the previous one for a grace period.
pub(crate) struct Passwords {
    current: String,
    /// Accepted before this time.
    previous: Option<(String, SystemTime)>,
    revoked: bool,
    rotations: u32,
}

impl Passwords {
    fn new(current: String) -> Self {
        Self { current, previous: None, revoked: false, rotations: 0 }
    }

    pub(crate) fn current(&self) -> &str {
        &self.current
    }

    /// Sets a new password. A revoked one gets no grace period.
    pub(crate) fn rotate(&mut self, secrets: &Secrets, username: &str, now: SystemTime, grace: Duration) {
        self.rotations += 1;
        let previous = std::mem::replace(&mut self.current, secrets.password(username, self.rotations));
        self.previous = now.checked_add(grace).filter(|_| !self.revoked).map(|until| (previous, until));
        self.revoked = false;
    }

    /// Refuses every password until the next rotation.
    pub(crate) fn revoke(&mut self) {
        self.revoked = true;
        self.previous = None;
    }

    fn accept(&self, secrets: &Secrets, password: &str, now: SystemTime) -> bool {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until);
        !self.revoked
            && (secrets.equal(password, &self.current)
                || previous.is_some_and(|(previous, _)| secrets.equal(password, previous)))
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords { .. }")
    }
}

/// When an account is locked, and for how long. Off by default, because it is unknown whether the device locks
/// accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// Refused logins in a row that lock the account; 0 locks it at once.
    pub after: u32,
    /// Duration of the lock; `None`: until [`Sandbox::unlock`](crate::Sandbox::unlock).
    pub lasts: Option<Duration>,
}

/// The lock of one account.
#[derive(Debug, Default)]
pub(crate) struct Lock {
    rule: Option<LockOut>,
    refused_in_a_row: u32,
    locked_at: Option<SystemTime>,
}

impl Lock {
    /// Sets the rule; the account is then unlocked and its count zero.
    pub(crate) fn set_rule(&mut self, rule: Option<LockOut>, now: SystemTime) {
        *self = Self { rule, ..Self::default() };
        self.lock_if_due(now);
    }

    /// Unlocks the account; the rule stays.
    pub(crate) fn unlock(&mut self) {
        self.refused_in_a_row = 0;
        self.locked_at = None;
    }

    pub(crate) fn is_locked(&mut self, now: SystemTime) -> bool {
        let Some(since) = self.locked_at else { return false };
        let lasts = self.rule.and_then(|rule| rule.lasts);
        // A clock that was set back counts as no time passed.
        let over = lasts.is_some_and(|lasts| now.duration_since(since).unwrap_or_default() >= lasts);
        if over {
            self.unlock();
        }
        !over
    }

    fn login_accepted(&mut self) {
        self.refused_in_a_row = 0;
    }

    fn login_refused(&mut self, now: SystemTime) {
        self.refused_in_a_row = self.refused_in_a_row.saturating_add(1);
        self.lock_if_due(now);
    }

    fn lock_if_due(&mut self, now: SystemTime) {
        if self.rule.is_some_and(|rule| self.refused_in_a_row >= rule.after) {
            self.locked_at = Some(now);
        }
    }
}

/// A number of requests in a window of time; requests beyond it are answered with 429. Off by default, because it
/// is unknown whether and how the device limits requests.
///
/// A window begins with the first request it counts and ends after its length, by the sandbox's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests allowed in one window.
    pub requests: u32,
    /// Length of a window.
    pub window: Duration,
    /// The operation that is limited; `None`: every request of the account, logins included.
    pub operation: Option<Operation>,
    /// Form of `Retry-After` in the 429.
    pub hint: RetryHint,
}

impl RateLimit {
    /// Limits all operations together, with `Retry-After` in seconds.
    #[must_use]
    pub fn new(requests: u32, window: Duration) -> Self {
        Self { requests, window, operation: None, hint: RetryHint::Seconds }
    }
}

/// Form of `Retry-After` in the response to a request beyond a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryHint {
    /// Whole seconds.
    #[default]
    Seconds,
    /// An HTTP date, by the sandbox's clock.
    Date,
    /// No such header.
    Absent,
}

/// The rate limit of one account and what it has counted.
#[derive(Debug, Default)]
struct RateLimiter {
    limit: Option<RateLimit>,
    /// Start of the window, and requests in it.
    window: Option<(SystemTime, u32)>,
}

impl RateLimiter {
    /// A request beyond the limit is not counted.
    fn count(&mut self, operation: Operation, now: SystemTime) -> Result<(), RetryAfter> {
        let Some(limit) = &self.limit else { return Ok(()) };
        if limit.operation.is_some_and(|limited| limited != operation) {
            return Ok(());
        }
        let elapsed = |since: SystemTime| now.duration_since(since).unwrap_or_default();
        let current = self.window.filter(|(since, _)| elapsed(*since) < limit.window);
        let (since, count) = current.unwrap_or((now, 0));
        if count < limit.requests {
            self.window = Some((since, count + 1));
            return Ok(());
        }
        let left = limit.window.saturating_sub(elapsed(since));
        Err(match limit.hint {
            RetryHint::Seconds => RetryAfter::Seconds(left),
            RetryHint::Date => RetryAfter::Date(left),
            RetryHint::Absent => RetryAfter::Absent,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;
    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn account_names_are_unique() {
        let secrets = Secrets::seeded(1);
        let mut accounts = Accounts::new(None);
        accounts.get_or_create("sandbox-2@example.org", &secrets);
        let names = [accounts.create(&secrets), accounts.create(&secrets)].map(|account| account.username);
        assert_eq!(names, ["sandbox@example.org", "sandbox-3@example.org"]);
    }

    #[test]
    fn debug_shows_no_credentials() {
        let mut accounts = Accounts::new(None);
        let account = accounts.create(&Secrets::seeded(1));
        assert_eq!(format!("{account:?}"), "Account { .. }");
        assert!(!format!("{accounts:?}").contains(&account.password));
    }

    #[test]
    fn a_locked_account_refuses_the_right_password_too() {
        let secrets = Secrets::seeded(1);
        let mut accounts = Accounts::new(None);
        let Account { username, password } = accounts.create(&secrets);
        let account = accounts.get_mut(&username).unwrap();
        account.lock.set_rule(Some(LockOut { after: 1, lasts: None }), NOW);
        assert_eq!(account.login(&secrets, &password, NOW), LoginOutcome::Accepted);
        assert_eq!(account.login(&secrets, "wrong", NOW), LoginOutcome::Refused);
        assert_eq!(account.login(&secrets, &password, NOW), LoginOutcome::Locked);
        account.lock.unlock();
        assert_eq!(account.login(&secrets, &password, NOW), LoginOutcome::Accepted);
    }

    #[test]
    fn the_previous_password_is_accepted_until_its_grace_period_ends() {
        let secrets = Secrets::seeded(1);
        let mut passwords = Passwords::new(secrets.password("a", 0));
        let first = passwords.current().to_owned();
        passwords.rotate(&secrets, "a", NOW, MINUTE);
        let second = passwords.current().to_owned();
        assert_ne!(first, second);
        assert!(passwords.accept(&secrets, &first, NOW) && passwords.accept(&secrets, &second, NOW));
        assert!(!passwords.accept(&secrets, &first, NOW + MINUTE));
        assert!(passwords.accept(&secrets, &second, NOW + MINUTE));
        passwords.rotate(&secrets, "a", NOW, Duration::ZERO);
        assert!(!passwords.accept(&secrets, &second, NOW) && !passwords.accept(&secrets, &first, NOW));
    }

    #[test]
    fn a_revoked_password_is_refused_also_as_the_previous_one() {
        let secrets = Secrets::seeded(1);
        let mut passwords = Passwords::new(secrets.password("a", 0));
        let first = passwords.current().to_owned();
        passwords.revoke();
        assert!(!passwords.accept(&secrets, &first, NOW));
        passwords.rotate(&secrets, "a", NOW, MINUTE);
        assert!(!passwords.accept(&secrets, &first, NOW));
        assert!(passwords.accept(&secrets, passwords.current(), NOW));
    }

    fn lock(after: u32, lasts: Option<Duration>) -> Lock {
        let mut lock = Lock::default();
        lock.set_rule(Some(LockOut { after, lasts }), NOW);
        lock
    }

    #[test]
    fn only_refused_logins_in_a_row_lock() {
        let mut lock = lock(2, None);
        lock.login_refused(NOW);
        lock.login_accepted();
        lock.login_refused(NOW);
        assert!(!lock.is_locked(NOW));
        lock.login_refused(NOW);
        assert!(lock.is_locked(NOW) && lock.is_locked(NOW + 10_000 * MINUTE));
    }

    #[test]
    fn a_lock_ends_by_time_or_by_unlocking_and_the_count_restarts() {
        let mut lock = lock(1, Some(MINUTE));
        lock.login_refused(NOW);
        assert!(lock.is_locked(NOW + MINUTE - Duration::from_nanos(1)));
        assert!(!lock.is_locked(NOW + MINUTE));
        lock.login_refused(NOW + MINUTE);
        assert!(lock.is_locked(NOW + MINUTE));
        lock.unlock();
        assert!(!lock.is_locked(NOW + MINUTE));
    }

    #[test]
    fn lock_out_is_off_by_default_and_zero_locks_at_once() {
        let mut off = Lock::default();
        (0..1000).for_each(|_| off.login_refused(NOW));
        assert!(!off.is_locked(NOW));
        assert!(lock(0, None).is_locked(NOW));
    }

    fn limiter(limit: RateLimit) -> RateLimiter {
        RateLimiter { limit: Some(limit), window: None }
    }

    #[test]
    fn a_window_begins_with_its_first_request() {
        let at = |seconds: u32| NOW + SECOND * seconds;
        let mut limiter = limiter(RateLimit::new(2, 10 * SECOND));
        assert_eq!(limiter.count(Operation::Login, at(5)), Ok(()));
        assert_eq!(limiter.count(Operation::DiagnosisSupport, at(8)), Ok(()));
        assert_eq!(limiter.count(Operation::Login, at(9)), Err(RetryAfter::Seconds(6 * SECOND)));
        assert_eq!(limiter.count(Operation::Login, at(14)), Err(RetryAfter::Seconds(SECOND)));
        assert_eq!(limiter.count(Operation::Login, at(15)), Ok(()));
        assert_eq!(limiter.count(Operation::Login, at(24)), Ok(()));
        assert!(limiter.count(Operation::Login, at(24)).is_err());
    }

    #[test]
    fn operations_that_are_not_limited_are_not_counted() {
        let operation = Some(Operation::DiagnosisSupport);
        let limit = RateLimit { operation, hint: RetryHint::Date, ..RateLimit::new(1, SECOND) };
        let mut limiter = limiter(limit);
        (0..9).for_each(|_| assert_eq!(limiter.count(Operation::Login, NOW), Ok(())));
        assert_eq!(limiter.count(Operation::DiagnosisSupport, NOW), Ok(()));
        assert_eq!(limiter.count(Operation::DiagnosisSupport, NOW), Err(RetryAfter::Date(SECOND)));
    }

    #[test]
    fn a_limit_of_zero_refuses_all_requests() {
        let mut limiter = limiter(RateLimit::new(0, SECOND));
        assert_eq!(limiter.count(Operation::Login, NOW), Err(RetryAfter::Seconds(SECOND)));
        assert_eq!(RateLimiter::default().count(Operation::Login, NOW), Ok(()));
    }
}
