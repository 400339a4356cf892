//! Lock-out: after so many refused logins in a row an account takes no password at all.

use std::time::{Duration, SystemTime};

/// When an account is locked, and for how long. Whether the device locks accounts is unknown, so it is off
/// unless it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// Refused logins in a row that lock the account; 0 locks it at once.
    pub after: u32,
    /// How long it stays locked; `None`: until it is unlocked by hand.
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
    /// Another rule begins with an unlocked account and a count of zero.
    pub(super) fn rule(&mut self, rule: Option<LockOut>, now: SystemTime) {
        *self = Self { rule, ..Self::default() };
        self.lock_if_due(now);
    }

    /// Unlocks the account; the rule stays.
    pub(super) fn unlock(&mut self) {
        self.refused_in_a_row = 0;
        self.locked_at = None;
    }

    pub(super) fn is_locked(&mut self, now: SystemTime) -> bool {
        let Some(since) = self.locked_at else { return false };
        let lasts = self.rule.and_then(|rule| rule.lasts);
        // A clock that was set back has not used any of it up.
        let over = lasts.is_some_and(|lasts| now.duration_since(since).unwrap_or_default() >= lasts);
        if over {
            self.unlock();
        }
        !over
    }

    pub(super) fn accepted(&mut self) {
        self.refused_in_a_row = 0;
    }

    pub(super) fn refused(&mut self, now: SystemTime) {
        self.refused_in_a_row = self.refused_in_a_row.saturating_add(1);
        self.lock_if_due(now);
    }

    fn lock_if_due(&mut self, now: SystemTime) {
        if self.rule.is_some_and(|rule| self.refused_in_a_row >= rule.after) {
            self.locked_at = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;
    const MINUTE: Duration = Duration::from_secs(60);

    fn lock(after: u32, lasts: Option<Duration>) -> Lock {
        let mut lock = Lock::default();
        lock.rule(Some(LockOut { after, lasts }), NOW);
        lock
    }

    #[test]
    fn only_refusals_in_a_row_lock() {
        let mut lock = lock(2, None);
        lock.refused(NOW);
        lock.accepted();
        lock.refused(NOW);
        assert!(!lock.is_locked(NOW));
        lock.refused(NOW);
        assert!(lock.is_locked(NOW) && lock.is_locked(NOW + 10_000 * MINUTE));
    }

    #[test]
    fn it_ends_by_time_or_by_hand_and_counts_anew() {
        let mut lock = lock(1, Some(MINUTE));
        lock.refused(NOW);
        assert!(lock.is_locked(NOW + MINUTE - Duration::from_nanos(1)));
        assert!(!lock.is_locked(NOW + MINUTE));
        lock.refused(NOW + MINUTE);
        assert!(lock.is_locked(NOW + MINUTE));
        lock.unlock();
        assert!(!lock.is_locked(NOW + MINUTE));
    }

    #[test]
    fn it_is_off_until_asked_for_and_zero_locks_at_once() {
        let mut off = Lock::default();
        (0..1000).for_each(|_| off.refused(NOW));
        assert!(!off.is_locked(NOW));
        assert!(lock(0, None).is_locked(NOW));
    }
}
