//! The state shared by the requests of one sandbox.

mod accounts;
mod fault_plan;
mod image_slots;
mod ledger;
mod secrets;
pub(crate) mod tokens;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::config::Config;
use crate::console::Exchanges;

pub use accounts::{Account, LockOut, RateLimit, RetryHint};
pub(crate) use accounts::{AccountState, Accounts, LoginOutcome};
pub(crate) use fault_plan::{FaultPlan, PlannedFaults};
pub use fault_plan::{Injection, Times};
pub(crate) use image_slots::ImageSlots;
pub use ledger::{Ledger, RequestCounts};
pub(crate) use ledger::{RequestGuard, RequestLog};
pub(crate) use secrets::Secrets;

/// The state of one sandbox.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) secrets: Secrets,
    /// Seed of the values in reports.
    pub(crate) seed: u64,
    token_life_minutes: u32,
    /// Further names under which the controls answer.
    pub(crate) allowed_hosts: Vec<String>,
    /// When the sandbox started, by its clock; courses count from there.
    started: SystemTime,
    /// Largest request body in bytes.
    pub(crate) body_limit: usize,
    pub(crate) image_slots: ImageSlots,
    pub(crate) request_log: Arc<RequestLog>,
    /// What the console shows.
    pub(crate) exchanges: Arc<Exchanges>,
    accounts: Mutex<Accounts>,
    fault_plan: Mutex<FaultPlan>,
    next_number: AtomicU64,
}

impl State {
    pub(crate) fn new(config: &Config) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            clock: config.clock.clone(),
            secrets: config.seed.map_or_else(Secrets::random, Secrets::seeded),
            seed: config.seed.unwrap_or_default(),
            token_life_minutes: config.token_life_minutes,
            allowed_hosts: config.allowed_hosts.clone(),
            started: config.clock.now(),
            body_limit: config.body_limit,
            image_slots: ImageSlots::new(processors),
            request_log: Arc::default(),
            exchanges: Arc::new(Exchanges::new(config.keep_bodies)),
            accounts: Mutex::new(Accounts::new(config.scenario)),
            fault_plan: Mutex::default(),
            next_number: AtomicU64::new(0),
        }
    }

    /// Returns the lifetime of an account's tokens, in minutes.
    pub(crate) fn token_life(&self, account: &AccountState) -> u32 {
        account.token_life.unwrap_or(self.token_life_minutes)
    }

    pub(crate) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn fault_plan(&self) -> MutexGuard<'_, FaultPlan> {
        self.fault_plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the time since the sandbox has started, by its clock.
    pub(crate) fn running_time(&self) -> Duration {
        self.clock.now().duration_since(self.started).unwrap_or_default()
    }

    /// Returns a number that has not been returned before.
    pub(crate) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }
}
