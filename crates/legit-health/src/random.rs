//! Randomness for what should not happen everywhere at once.

use std::time::Duration;

/// Anything from nothing to `limit`. Without random bytes it is all of `limit`.
pub(crate) fn jitter(limit: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    limit.mul_f64(f64::from(random) / f64::from(u32::MAX))
}
