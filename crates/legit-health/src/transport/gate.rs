//! The pause that a device asks for. It holds for the whole client, not for one call.

use crate::clock::Clock;
use crate::random::jitter;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// After a pause the calls do not come back all at once, but spread over this.
const SPREAD: Duration = Duration::from_secs(2);

/// Open, unless somebody was told to wait.
#[derive(Default)]
pub(super) struct Gate {
    opens_at: Mutex<Duration>,
}

/// The pause ends after the limit of the call. It lasts this much longer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong(pub(super) Duration);

impl Gate {
    pub(super) fn close_until(&self, at: Duration) {
        let mut opens_at = self.opens_at.lock().unwrap_or_else(PoisonError::into_inner);
        *opens_at = at.max(*opens_at);
    }

    /// `None` if it is open.
    pub(super) fn opens_at(&self, now: Duration) -> Option<Duration> {
        let opens_at = *self.opens_at.lock().unwrap_or_else(PoisonError::into_inner);
        (now < opens_at).then_some(opens_at)
    }

    /// Waits for as long as it is closed. There is no waiting for what comes after the deadline.
    pub(super) async fn pass(&self, clock: &dyn Clock, deadline: Duration) -> Result<(), TooLong> {
        while let Some(opens_at) = self.opens_at(clock.now()) {
            if opens_at >= deadline {
                return Err(TooLong(opens_at.saturating_sub(clock.now())));
            }
            let spread = jitter(SPREAD.min((deadline - opens_at) / 2));
            clock.sleep_until(opens_at + spread).await;
        }
        Ok(())
    }
}
