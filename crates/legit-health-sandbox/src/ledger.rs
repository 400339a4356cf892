//! The ledger: what was asked and how it was answered, seen from the server's side.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A snapshot of everything a sandbox has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// By user name. A refused login counts here when the account exists.
    pub accounts: BTreeMap<String, Tally>,
    /// What came without a usable token or named no account.
    pub anonymous: Tally,
}

/// Counts of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Logins that were given a token.
    pub logins_accepted: u64,
    /// Logins that were refused with 401.
    pub logins_refused: u64,
    /// Requests by operation of the contract (`diagnosis_support`, `login`, …) and by HTTP status. Paths that
    /// are not in the contract count as `unmatched`.
    pub requests: BTreeMap<String, BTreeMap<u16, u64>>,
}

impl Ledger {
    /// The counts of one account; all zero when it has not been heard of.
    #[must_use]
    pub fn account(&self, username: &str) -> Tally {
        self.accounts.get(username).cloned().unwrap_or_default()
    }

    /// The counts of all accounts and of the requests without one.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = self.anonymous.clone();
        for tally in self.accounts.values() {
            total.logins_accepted += tally.logins_accepted;
            total.logins_refused += tally.logins_refused;
            for (operation, statuses) in &tally.requests {
                for (status, count) in statuses {
                    *total.requests.entry(operation.clone()).or_default().entry(*status).or_default() +=
                        count;
                }
            }
        }
        total
    }

    pub(crate) fn record(&mut self, account: Option<&str>, operation: &str, status: u16) {
        let tally = match account {
            Some(username) => self.accounts.entry(username.to_owned()).or_default(),
            None => &mut self.anonymous,
        };
        match (operation, status) {
            ("login", 200) => tally.logins_accepted += 1,
            ("login", 401) => tally.logins_refused += 1,
            _ => {}
        }
        *tally.requests.entry(operation.to_owned()).or_default().entry(status).or_default() += 1;
    }

    pub(crate) fn to_json(&self) -> Value {
        let accounts: serde_json::Map<String, Value> =
            self.accounts.iter().map(|(username, tally)| (username.clone(), tally.to_json())).collect();
        json!({"accounts": accounts, "anonymous": self.anonymous.to_json(), "total": self.total().to_json()})
    }
}

impl Tally {
    /// How often an operation was answered, whatever the status.
    #[must_use]
    pub fn requests_of(&self, operation: &str) -> u64 {
        self.requests.get(operation).map_or(0, |statuses| statuses.values().sum())
    }

    /// How often an operation was answered with a status.
    #[must_use]
    pub fn answered(&self, operation: &str, status: u16) -> u64 {
        self.requests.get(operation).and_then(|statuses| statuses.get(&status)).copied().unwrap_or(0)
    }

    fn to_json(&self) -> Value {
        json!({
            "loginsAccepted": self.logins_accepted,
            "loginsRefused": self.logins_refused,
            "requests": self.requests,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_account_operation_and_status() {
        let mut ledger = Ledger::default();
        ledger.record(Some("a"), "login", 200);
        ledger.record(Some("a"), "login", 401);
        ledger.record(Some("b"), "diagnosis_support", 200);
        ledger.record(None, "diagnosis_support", 401);
        assert_eq!(ledger.account("a").logins_accepted, 1);
        assert_eq!(ledger.account("a").logins_refused, 1);
        assert_eq!(ledger.account("a").requests_of("login"), 2);
        assert_eq!(ledger.account("b").answered("diagnosis_support", 200), 1);
        assert_eq!(ledger.account("nobody"), Tally::default());
        assert_eq!(ledger.total().requests_of("diagnosis_support"), 2);
    }
}
