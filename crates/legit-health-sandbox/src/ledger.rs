//! The ledger: what was asked and how it was answered, seen from the server's side.

mod book;
mod visit;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(crate) use book::Book;
pub(crate) use visit::{Hold, Visit};

/// A snapshot of everything a sandbox has been asked, and how it ended. It holds counts alone, nothing that
/// was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// By user name. A refused login counts here when the account exists, a refused token when it once was one
    /// of the account's.
    pub accounts: BTreeMap<String, Tally>,
    /// What named no account, or came without a token of one.
    pub anonymous: Tally,
    in_flight: u64,
    most_in_flight: u64,
}

/// Counts of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Logins that were given a token.
    pub logins_accepted: u64,
    /// Logins that were refused with 401, or with 403 because the account was locked.
    pub logins_refused: u64,
    /// Requests by operation of the contract ([`Operation::id`](crate::Operation::id)) and by HTTP status.
    /// Paths that are not in the contract count as `unmatched`.
    pub requests: BTreeMap<String, BTreeMap<u16, u64>>,
    /// Requests that ended without a status, by operation: a fault lost them, or the client went away.
    pub unanswered: BTreeMap<String, u64>,
    /// Requests that met a fault, by its [kind](crate::Fault::kind).
    pub faults: BTreeMap<String, u64>,
    /// Requests that are going on right now, until the last byte of their answer is taken.
    pub in_flight: u64,
    /// The most requests that ever went on in the same moment.
    pub most_in_flight: u64,
    /// Requests that a fault holds back right now: they wait for the clock, or for ever.
    pub held: u64,
    /// Bytes of request bodies that came in, those of broken requests included.
    pub body_bytes: u64,
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
        let mut total = Tally::default();
        for tally in self.accounts.values().chain([&self.anonymous]) {
            total.add(tally);
        }
        // Moments differ between accounts, and who asks is learned after the request has begun.
        (total.in_flight, total.most_in_flight) = (self.in_flight, self.most_in_flight);
        total
    }

    fn tally(&mut self, account: Option<&str>) -> &mut Tally {
        match account {
            Some(username) if self.accounts.contains_key(username) => {
                self.accounts.get_mut(username).expect("it is there")
            }
            Some(username) => self.accounts.entry(username.to_owned()).or_default(),
            None => &mut self.anonymous,
        }
    }

    fn begin(&mut self) {
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
    }

    fn end(&mut self) {
        self.in_flight -= 1;
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

    /// How many requests met a fault of any kind.
    #[must_use]
    pub fn faulted(&self) -> u64 {
        self.faults.values().sum()
    }

    fn answer(&mut self, operation: &str, status: u16) {
        match (operation, status) {
            ("login", 200) => self.logins_accepted += 1,
            ("login", 401 | 403) => self.logins_refused += 1,
            _ => {}
        }
        *self.requests.entry(operation.to_owned()).or_default().entry(status).or_default() += 1;
    }

    fn add(&mut self, other: &Self) {
        self.logins_accepted += other.logins_accepted;
        self.logins_refused += other.logins_refused;
        self.held += other.held;
        self.body_bytes += other.body_bytes;
        for (operation, statuses) in &other.requests {
            let mine = self.requests.entry(operation.clone()).or_default();
            statuses.iter().for_each(|(status, count)| *mine.entry(*status).or_default() += count);
        }
        for (mine, theirs) in [(&mut self.unanswered, &other.unanswered), (&mut self.faults, &other.faults)] {
            theirs.iter().for_each(|(name, count)| *mine.entry(name.clone()).or_default() += count);
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "loginsAccepted": self.logins_accepted,
            "loginsRefused": self.logins_refused,
            "requests": self.requests,
            "unanswered": self.unanswered,
            "faults": self.faults,
            "inFlight": self.in_flight,
            "mostInFlight": self.most_in_flight,
            "held": self.held,
            "bodyBytes": self.body_bytes,
        })
    }
}
