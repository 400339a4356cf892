//! The state behind every request of one sandbox.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::account::Accounts;
use crate::clock::Clock;
use crate::config::Config;
use crate::fault::Plan;
use crate::ledger::Book;
use crate::secrets::Secrets;

/// One sandbox.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) secrets: Secrets,
    /// What makes the figures of this sandbox differ from those of another.
    pub(crate) seed: u64,
    pub(crate) token_life_minutes: u32,
    /// Bytes a request body may have.
    pub(crate) body_limit: usize,
    /// Decoded pictures are large: no more are looked at in the same moment than there are processors.
    pub(crate) desks: Arc<Semaphore>,
    pub(crate) book: Arc<Book>,
    accounts: Mutex<Accounts>,
    plan: Mutex<Plan>,
    numbers: AtomicU64,
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            clock: config.clock.clone(),
            secrets: config.seed.map_or_else(Secrets::drawn, Secrets::seeded),
            seed: config.seed.unwrap_or_default(),
            token_life_minutes: config.token_life_minutes,
            body_limit: config.body_limit,
            desks: Arc::new(Semaphore::new(processors)),
            book: Arc::default(),
            accounts: Mutex::new(Accounts::new(config.scenario)),
            plan: Mutex::default(),
            numbers: AtomicU64::new(0),
        }
    }

    pub(crate) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that has not been given before.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}
