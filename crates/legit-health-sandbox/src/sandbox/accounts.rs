//! The levers of an account. An account that is not there is made, so that each can be moved at any time.

use std::time::Duration;

use super::Sandbox;
use crate::account::{Account, LockOut, RateLimit, State};
use crate::scenario::Scenario;

impl Sandbox {
    /// Makes another account. What the levers do to it, and its ledger, are its own, so that parallel tests do
    /// not meet.
    pub fn add_account(&self) -> Account {
        self.world.accounts().another(&self.world.secrets)
    }

    /// The account of that name, which is made if it is not there.
    pub fn account_named(&self, username: &str) -> Account {
        self.world.accounts().named(username, &self.world.secrets)
    }

    /// What an account is answered where neither the request nor the image names a scenario; `None` takes it
    /// back.
    pub fn assign_scenario(&self, account: &Account, scenario: impl Into<Option<Scenario>>) {
        self.with(account, |state| state.scenario = scenario.into());
    }

    /// Minutes that the account's next tokens live; `None`: as long as [`Config`](crate::Config) says.
    pub fn assign_token_life(&self, account: &Account, minutes: impl Into<Option<u32>>) {
        self.with(account, |state| state.token_life = minutes.into());
    }

    /// Ends all tokens of the account: from now on each is answered like one that has expired.
    pub fn revoke_tokens(&self, account: &Account) {
        self.with(account, State::revoke_tokens);
    }

    /// Gives the account another password, which is returned. The one so far still opens it for the grace, by
    /// the sandbox's clock. Tokens stay good.
    pub fn roll_password(&self, account: &Account, grace: Duration) -> Account {
        let now = self.world.clock.now();
        self.with(account, |state| state.roll_password(&self.world.secrets, &account.username, now, grace));
        self.account_named(&account.username)
    }

    /// Lets no password open the account until the next [`Sandbox::roll_password`]. Tokens stay good.
    pub fn revoke_password(&self, account: &Account) {
        self.with(account, State::revoke_password);
    }

    /// Locks the account after refused logins in a row; `None`, as in the beginning: never. What was counted and
    /// a lock that holds are forgotten. Tokens stay good.
    pub fn lock_out(&self, account: &Account, rule: impl Into<Option<LockOut>>) {
        let now = self.world.clock.now();
        self.with(account, |state| state.lock_out(rule.into(), now));
    }

    /// Ends a lock before its time.
    pub fn unlock(&self, account: &Account) {
        self.with(account, State::unlock);
    }

    /// Answers requests beyond a limit with 429; `None`, as in the beginning, takes it back.
    pub fn limit_rate(&self, account: &Account, limit: impl Into<Option<RateLimit>>) {
        self.with(account, |state| state.limit_rate(limit.into()));
    }

    fn with(&self, account: &Account, change: impl FnOnce(&mut State)) {
        let mut accounts = self.world.accounts();
        accounts.named(&account.username, &self.world.secrets);
        accounts.state_mut(&account.username).map(change).expect("it has just been made");
    }
}
