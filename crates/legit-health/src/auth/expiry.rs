//! When a token is renewed, and when it is no longer used.

use crate::random::jitter;
use legit_health_api::scalar::Minutes;
use std::time::Duration;

/// The usual margin before the end of a token.
const MARGIN: Duration = Duration::from_secs(60);
/// What is taken for a life that means nothing: none, negative, or longer than [`LONGEST`].
const SHORT: Duration = Duration::from_secs(5 * 60);
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The life of a token, on the client's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    /// From here on a new one is asked for, while this one is still used.
    pub(crate) renew_at: Duration,
    /// From here on it is not used.
    pub(crate) ends_at: Duration,
}

impl Life {
    /// Renewed a minute, or a tenth of its life, before its end, whichever is longer; and up to another tenth earlier, so
    /// that the clients of a clinic do not all come at once. Never before half of its life is over.
    ///
    /// It is not used in its last moments: an upload that is refused half-way can lose the refusal together with the
    /// connection, so it must not be the server that tells us.
    pub(crate) fn starting(issued: Duration, announced: Minutes) -> Self {
        let life = Duration::from_secs(60 * u64::from(announced.get()));
        let life = if life.is_zero() || life > LONGEST { SHORT } else { life };
        let early = (MARGIN.max(life / 10) + jitter(life / 10)).min(life / 2);
        let last_moments = Duration::from_secs(5).min(life / 10);
        Self { renew_at: issued + life - early, ends_at: issued + life - last_moments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(minutes: u32) -> (u64, u64) {
        let issued = Duration::from_secs(7);
        let life = Life::starting(issued, Minutes::new(minutes));
        ((life.renew_at - issued).as_secs(), (life.ends_at - issued).as_secs())
    }

    #[test]
    fn renewed_early_and_not_used_at_its_very_end() {
        for _ in 0..1_000 {
            let (renew, end) = life(60);
            assert!((48 * 60..=54 * 60).contains(&renew) && end == 60 * 60 - 5, "{renew} {end}");
            let (renew, end) = life(1);
            assert!(renew == 30 && end == 55, "{renew} {end}");
        }
    }

    #[test]
    fn a_life_that_means_nothing_is_five_minutes() {
        assert_eq!(life(5).1, 295);
        assert_eq!(life(0).1, life(5).1);
        assert_eq!(life(7 * 24 * 60 + 1).1, life(5).1);
        assert_eq!(life(u32::MAX).1, life(5).1);
        assert_eq!(life(7 * 24 * 60).1, 7 * 24 * 60 * 60 - 5);
    }
}
