//! What retries may cost, for all calls of a client together.

use std::sync::atomic::{AtomicU32, Ordering};

/// A full budget. RetryPolicy that use it up are paid back by what succeeds.
const FULL: u32 = 500;
/// A retry after a lost connection or a failing gateway.
pub(super) const TROUBLE: u32 = 14;
/// A retry after being told to slow down, which costs the device little.
pub(super) const THROTTLED: u32 = 5;

/// Bounds the extra load on a device in trouble: once it is used up, there is at most one retry for fourteen successes.
pub(super) struct Budget {
    left: AtomicU32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: AtomicU32::new(FULL) }
    }
}

impl Budget {
    /// False if there is not enough left.
    pub(super) fn spend(&self, cost: u32) -> bool {
        let spent =
            self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost));
        spent.is_ok()
    }

    /// One call has succeeded.
    pub(super) fn earn(&self) {
        // Full is the only reason to fail.
        let _: Result<u32, u32> = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| (left < FULL).then_some(left + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_out_and_comes_back_with_success() {
        let budget = Budget::default();
        assert_eq!((0..100).filter(|_| budget.spend(TROUBLE)).count(), 35);
        assert!(budget.spend(THROTTLED) && budget.spend(THROTTLED) && !budget.spend(THROTTLED));
        for _ in 0..1_000 {
            budget.earn();
        }
        assert_eq!((0..100).filter(|_| budget.spend(TROUBLE)).count(), 35);
    }
}
