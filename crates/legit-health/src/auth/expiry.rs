//! When a token is renewed.

use legit_health_api::scalar::Minutes;
use std::time::Duration;

const MARGIN: Duration = Duration::from_secs(60);

/// A token is used up to a minute, or a tenth of its life, before its end: whichever is longer.
///
/// An upload that is refused half-way can lose the refusal together with the connection, so it must not be the
/// server that tells us.
pub(crate) fn renewal_due(issued: Duration, life: Minutes) -> Duration {
    let life = Duration::from_secs(60 * u64::from(life.get()));
    issued + life.saturating_sub(MARGIN.max(life / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_or_a_tenth_early() {
        let due = |minutes| renewal_due(Duration::from_secs(7), Minutes::new(minutes)).as_secs();
        assert_eq!((due(60), due(5), due(1), due(0)), (7 + 54 * 60, 7 + 4 * 60, 7, 7));
    }
}
