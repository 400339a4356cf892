//! One request in the ledger, from its first byte to the last of its answer.

use std::sync::Arc;

use super::{Book, Ledger, Tally};
use crate::operation::Operation;

/// Counts a request while it goes on. Dropped before there was a status, it counts as unanswered.
#[derive(Debug)]
pub(crate) struct Visit {
    book: Arc<Book>,
    operation: Operation,
    /// Whose request it is; nothing before that is settled.
    visitor: Option<Visitor>,
    /// Bytes that came before that was settled.
    early_bytes: u64,
    answered: bool,
}

/// An account, or nobody's.
#[derive(Debug)]
struct Visitor(Option<String>);

impl Visit {
    pub(crate) fn begin(book: &Arc<Book>, operation: Operation) -> Self {
        book.write(Ledger::begin);
        Self { book: Arc::clone(book), operation, visitor: None, early_bytes: 0, answered: false }
    }

    /// Settles whose request it is; to be said once.
    pub(crate) fn is_of(&mut self, account: Option<String>) {
        self.visitor = Some(Visitor(account));
        let bytes = std::mem::take(&mut self.early_bytes);
        self.write(|tally| {
            tally.body_bytes += bytes;
            tally.in_flight += 1;
            tally.most_in_flight = tally.most_in_flight.max(tally.in_flight);
        });
    }

    pub(crate) fn account(&self) -> Option<&str> {
        self.visitor.as_ref().and_then(|visitor| visitor.0.as_deref())
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn received(&mut self, bytes: u64) {
        match self.visitor {
            None => self.early_bytes += bytes,
            Some(_) => self.write(|tally| tally.body_bytes += bytes),
        }
    }

    pub(crate) fn met(&self, fault: &str) {
        self.write(|tally| *tally.faults.entry(fault.to_owned()).or_default() += 1);
    }

    pub(crate) fn answered(&mut self, status: u16) {
        self.answered = true;
        self.write(|tally| tally.answer(self.operation.id(), status));
    }

    /// Counts the request as held back for as long as the guard lives.
    pub(crate) fn hold(&self) -> Hold {
        self.write(|tally| tally.held += 1);
        Hold { book: Arc::clone(&self.book), account: self.account().map(str::to_owned) }
    }

    fn write(&self, entry: impl FnOnce(&mut Tally)) {
        self.book.write(|ledger| entry(ledger.tally(self.account())));
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.book.write(|ledger| {
            ledger.end();
            let tally = ledger.tally(self.account());
            tally.body_bytes += self.early_bytes;
            if self.visitor.is_some() {
                tally.in_flight -= 1;
            }
            if !self.answered {
                *tally.unanswered.entry(self.operation.id().to_owned()).or_default() += 1;
            }
        });
    }
}

/// A request that is held back.
#[derive(Debug)]
pub(crate) struct Hold {
    book: Arc<Book>,
    account: Option<String>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.book.write(|ledger| ledger.tally(self.account.as_deref()).held -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(book: &Arc<Book>, operation: Operation, account: &str) -> Visit {
        let mut visit = Visit::begin(book, operation);
        visit.is_of(Some(account.to_owned()));
        visit
    }

    #[test]
    fn counts_by_account_operation_and_status() {
        let book = Arc::<Book>::default();
        visit(&book, Operation::Login, "a").answered(200);
        visit(&book, Operation::Login, "a").answered(401);
        visit(&book, Operation::Login, "a").answered(403);
        visit(&book, Operation::DiagnosisSupport, "b").answered(200);
        let mut nobodys = Visit::begin(&book, Operation::DiagnosisSupport);
        nobodys.received(7);
        nobodys.is_of(None);
        nobodys.answered(401);
        drop(nobodys);
        let ledger = book.read().clone();
        assert_eq!((ledger.account("a").logins_accepted, ledger.account("a").logins_refused), (1, 2));
        assert_eq!(ledger.account("a").requests_of("login"), 3);
        assert_eq!(ledger.account("b").answered("diagnosis_support", 200), 1);
        assert_eq!(ledger.account("nobody"), Tally::default());
        assert_eq!(ledger.anonymous.body_bytes, 7);
        assert_eq!(ledger.total().requests_of("diagnosis_support"), 2);
    }

    #[test]
    fn knows_what_goes_on_and_the_most_that_ever_did() {
        let book = Arc::<Book>::default();
        let (one, other) = (visit(&book, Operation::Login, "a"), visit(&book, Operation::Login, "b"));
        let hold = one.hold();
        assert_eq!(book.read().total().held, 1);
        drop((hold, one, other));
        let third = visit(&book, Operation::Login, "a");
        let ledger = book.read().clone();
        let counts = |tally: Tally| (tally.in_flight, tally.most_in_flight, tally.held);
        assert_eq!(counts(ledger.account("a")), (1, 1, 0));
        assert_eq!(counts(ledger.account("b")), (0, 1, 0));
        assert_eq!(counts(ledger.total()), (1, 2, 0));
        drop(third);
        assert_eq!(book.read().account("a").unanswered["login"], 2);
        assert_eq!(book.read().total().in_flight, 0);
    }

    #[tokio::test]
    async fn one_can_wait_for_what_it_will_say() {
        let book = Arc::<Book>::default();
        let waiting = Arc::clone(&book);
        let waiting = tokio::spawn(async move { waiting.until(|ledger| ledger.total().held == 1).await });
        tokio::task::yield_now().await;
        let visit = visit(&book, Operation::Login, "a");
        assert!(!waiting.is_finished());
        let _hold = visit.hold();
        waiting.await.unwrap();
    }
}
