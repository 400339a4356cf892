//! Where the ledger is kept while requests go on, and where one can wait for what it will say.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Ledger;

/// The ledger of one sandbox, shared by its requests.
#[derive(Debug, Default)]
pub(crate) struct Book {
    ledger: Mutex<Ledger>,
    changed: Notify,
}

impl Book {
    pub(crate) fn read(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self, entry: impl FnOnce(&mut Ledger)) {
        entry(&mut self.read());
        self.changed.notify_waiters();
    }

    /// Counts a request that was none of the contract's.
    pub(crate) fn unmatched(&self, status: u16) {
        self.write(|ledger| ledger.anonymous.answer("unmatched", status));
    }

    /// Returns as soon as the condition holds; it is asked again at every change.
    pub(crate) async fn until(&self, condition: impl Fn(&Ledger) -> bool) {
        loop {
            let changed = self.changed.notified();
            let mut changed = std::pin::pin!(changed);
            // Before the look, so that no change between the two is missed.
            changed.as_mut().enable();
            if condition(&self.read()) {
                return;
            }
            changed.await;
        }
    }
}
