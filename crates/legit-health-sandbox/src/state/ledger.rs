//! The ledger: counts of requests and responses, and the guard that counts a request while it runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Uri;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::console::ExchangeHandle;
use crate::operation::Operation;

/// Snapshot of the requests to a sandbox and how they ended. It holds counts alone, nothing that was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// Counts by user name. A refused login counts here when the account exists, a refused token when it was issued
    /// for the account.
    pub accounts: BTreeMap<String, RequestCounts>,
    /// Counts of requests without an account.
    pub anonymous: RequestCounts,
    in_flight: u64,
    most_in_flight: u64,
}

/// Counts of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequestCounts {
    /// Logins that were given a token.
    pub logins_accepted: u64,
    /// Logins refused with 401, or with 403 because the account was locked.
    pub logins_refused: u64,
    /// Responses by operation ([`Operation::id`](crate::Operation::id)) and HTTP status. Paths that are not in the
    /// contract count as `unmatched`.
    pub requests: BTreeMap<String, BTreeMap<u16, u64>>,
    /// Requests without a response, by operation: a fault lost them, or the client disconnected.
    pub unanswered: BTreeMap<String, u64>,
    /// Requests that a fault was applied to, by its [kind](crate::InjectedFault::kind).
    pub faults: BTreeMap<String, u64>,
    /// Requests in progress, until the last byte of the response is taken.
    pub in_flight: u64,
    /// Largest number of requests in progress at once.
    pub most_in_flight: u64,
    /// Requests that a fault is holding: they wait for the clock, or for ever.
    pub held: u64,
    /// Bytes of request bodies received, including those of incomplete requests.
    pub body_bytes: u64,
}

impl Ledger {
    /// Returns the counts of one account; all zero when it made no requests.
    #[must_use]
    pub fn account(&self, username: &str) -> RequestCounts {
        self.accounts.get(username).cloned().unwrap_or_default()
    }

    /// Returns the counts of all accounts and of the requests without one.
    #[must_use]
    pub fn total(&self) -> RequestCounts {
        let mut total = RequestCounts::default();
        for counts in self.accounts.values().chain([&self.anonymous]) {
            total.add(counts);
        }
        // Counted separately: maxima do not add up, and the account is known only after the request has begun.
        (total.in_flight, total.most_in_flight) = (self.in_flight, self.most_in_flight);
        total
    }

    fn counts_of(&mut self, account: Option<&str>) -> &mut RequestCounts {
        match account {
            Some(username) => self.accounts.entry(username.to_owned()).or_default(),
            None => &mut self.anonymous,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"accounts": self.accounts, "anonymous": self.anonymous, "total": self.total()})
    }
}

impl RequestCounts {
    /// Returns the number of responses of an operation, of any status.
    #[must_use]
    pub fn requests_of(&self, operation: &str) -> u64 {
        self.requests.get(operation).map_or(0, |statuses| statuses.values().sum())
    }

    /// Returns the number of responses of an operation with this status.
    #[must_use]
    pub fn responses(&self, operation: &str, status: u16) -> u64 {
        self.requests.get(operation).and_then(|statuses| statuses.get(&status)).copied().unwrap_or(0)
    }

    /// Returns the number of faults applied, of any kind.
    #[must_use]
    pub fn faulted(&self) -> u64 {
        self.faults.values().sum()
    }

    fn count_response(&mut self, operation: &str, status: u16) {
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
}

/// The ledger of one sandbox, shared by its requests.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    ledger: Mutex<Ledger>,
    changed: Notify,
}

impl RequestLog {
    pub(crate) fn read(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, change: impl FnOnce(&mut Ledger)) {
        change(&mut self.read());
        self.changed.notify_waiters();
    }

    /// Counts a request that is not in the contract.
    pub(crate) fn count_unmatched(&self, status: u16) {
        self.write(|ledger| ledger.anonymous.count_response("unmatched", status));
    }

    /// Waits until a condition holds; it is evaluated again at every change.
    pub(crate) async fn wait_until(&self, condition: impl Fn(&Ledger) -> bool) {
        loop {
            let changed = self.changed.notified();
            let mut changed = std::pin::pin!(changed);
            // Registered before the ledger is read; otherwise a change between the two would be missed.
            changed.as_mut().enable();
            if condition(&self.read()) {
                return;
            }
            changed.await;
        }
    }
}

/// Counts a request while it runs. Dropped without a status, it counts as unanswered.
#[derive(Debug)]
pub(crate) struct RequestGuard {
    log: Arc<RequestLog>,
    operation: Operation,
    /// Not set until the caller is known.
    caller: Option<Caller>,
    /// Bytes received before that.
    early_bytes: u64,
    answered: bool,
    /// Where the console shows the request; none for a service that is called without the middleware.
    exchange: Option<ExchangeHandle>,
}

/// The user name of the account, if any.
#[derive(Debug)]
struct Caller(Option<String>);

impl RequestGuard {
    pub(crate) fn new(log: &Arc<RequestLog>, operation: Operation) -> Self {
        log.write(|ledger| {
            ledger.in_flight += 1;
            ledger.most_in_flight = ledger.most_in_flight.max(ledger.in_flight);
        });
        Self {
            log: Arc::clone(log),
            operation,
            caller: None,
            early_bytes: 0,
            answered: false,
            exchange: None,
        }
    }

    /// Also notes in the console what becomes known of the request.
    pub(crate) fn show_in_console(&mut self, exchange: Option<&ExchangeHandle>, uri: &Uri) {
        self.exchange = exchange.cloned();
        if let Some(exchange) = exchange {
            exchange.set_operation(self.operation, uri);
        }
    }

    pub(crate) fn exchange(&self) -> Option<&ExchangeHandle> {
        self.exchange.as_ref()
    }

    /// Sets whose request this is; to be called once.
    pub(crate) fn set_account(&mut self, account: Option<String>) {
        if let Some(exchange) = &self.exchange {
            exchange.set_account(account.as_deref());
        }
        self.caller = Some(Caller(account));
        let bytes = std::mem::take(&mut self.early_bytes);
        self.write(|counts| {
            counts.body_bytes += bytes;
            counts.in_flight += 1;
            counts.most_in_flight = counts.most_in_flight.max(counts.in_flight);
        });
    }

    pub(crate) fn account(&self) -> Option<&str> {
        self.caller.as_ref().and_then(|caller| caller.0.as_deref())
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn count_received(&mut self, bytes: u64) {
        match self.caller {
            None => self.early_bytes += bytes,
            Some(_) => self.write(|counts| counts.body_bytes += bytes),
        }
    }

    pub(crate) fn count_fault(&self, kind: &'static str) {
        if let Some(exchange) = &self.exchange {
            exchange.add_fault(kind);
        }
        self.write(|counts| *counts.faults.entry(kind.to_owned()).or_default() += 1);
    }

    pub(crate) fn count_response(&mut self, status: u16) {
        self.answered = true;
        self.write(|counts| counts.count_response(self.operation.id(), status));
    }

    /// Counts the request as held for as long as the returned guard lives.
    pub(crate) fn hold(&self) -> HeldGuard {
        self.write(|counts| counts.held += 1);
        HeldGuard { log: Arc::clone(&self.log), account: self.account().map(str::to_owned) }
    }

    fn write(&self, change: impl FnOnce(&mut RequestCounts)) {
        self.log.write(|ledger| change(ledger.counts_of(self.account())));
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.log.write(|ledger| {
            ledger.in_flight -= 1;
            let counts = ledger.counts_of(self.account());
            counts.body_bytes += self.early_bytes;
            if self.caller.is_some() {
                counts.in_flight -= 1;
            }
            if !self.answered {
                *counts.unanswered.entry(self.operation.id().to_owned()).or_default() += 1;
            }
        });
    }
}

/// Counts a request as held.
#[derive(Debug)]
pub(crate) struct HeldGuard {
    log: Arc<RequestLog>,
    account: Option<String>,
}

impl Drop for HeldGuard {
    fn drop(&mut self) {
        self.log.write(|ledger| ledger.counts_of(self.account.as_deref()).held -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(log: &Arc<RequestLog>, operation: Operation, account: &str) -> RequestGuard {
        let mut request = RequestGuard::new(log, operation);
        request.set_account(Some(account.to_owned()));
        request
    }

    #[test]
    fn requests_are_counted_by_account_operation_and_status() {
        let log = Arc::<RequestLog>::default();
        request(&log, Operation::Login, "a").count_response(200);
        request(&log, Operation::Login, "a").count_response(401);
        request(&log, Operation::Login, "a").count_response(403);
        request(&log, Operation::DiagnosisSupport, "b").count_response(200);
        let mut anonymous = RequestGuard::new(&log, Operation::DiagnosisSupport);
        anonymous.count_received(7);
        anonymous.set_account(None);
        anonymous.count_response(401);
        drop(anonymous);
        let ledger = log.read().clone();
        assert_eq!((ledger.account("a").logins_accepted, ledger.account("a").logins_refused), (1, 2));
        assert_eq!(ledger.account("a").requests_of("login"), 3);
        assert_eq!(ledger.account("b").responses("diagnosis_support", 200), 1);
        assert_eq!(ledger.account("nobody"), RequestCounts::default());
        assert_eq!(ledger.anonymous.body_bytes, 7);
        assert_eq!(ledger.total().requests_of("diagnosis_support"), 2);
    }

    #[test]
    fn requests_in_progress_and_their_maximum_are_counted() {
        let log = Arc::<RequestLog>::default();
        let (one, other) = (request(&log, Operation::Login, "a"), request(&log, Operation::Login, "b"));
        let hold = one.hold();
        assert_eq!(log.read().total().held, 1);
        drop((hold, one, other));
        let third = request(&log, Operation::Login, "a");
        let ledger = log.read().clone();
        let counts = |counts: RequestCounts| (counts.in_flight, counts.most_in_flight, counts.held);
        assert_eq!(counts(ledger.account("a")), (1, 1, 0));
        assert_eq!(counts(ledger.account("b")), (0, 1, 0));
        assert_eq!(counts(ledger.total()), (1, 2, 0));
        drop(third);
        assert_eq!(log.read().account("a").unanswered["login"], 2);
        assert_eq!(log.read().total().in_flight, 0);
    }

    #[tokio::test]
    async fn a_task_can_wait_for_a_condition() {
        let log = Arc::<RequestLog>::default();
        let waiting = Arc::clone(&log);
        let waiting =
            tokio::spawn(async move { waiting.wait_until(|ledger| ledger.total().held == 1).await });
        tokio::task::yield_now().await;
        let request = request(&log, Operation::Login, "a");
        assert!(!waiting.is_finished());
        let _hold = request.hold();
        waiting.await.unwrap();
    }
}
