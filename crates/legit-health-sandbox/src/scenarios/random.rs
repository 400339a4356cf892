//! Pseudo-random numbers that are a pure function of image, scenario and seed, and rounding of percentages.
//!
//! No two images get the same numbers, so that a test notices mixed-up results.

use sha2::{Digest, Sha256};

use super::Scenario;

/// A generator of pseudo-random numbers.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(image: &[u8], scenario: Option<Scenario>, seed: u64) -> Self {
        let scenario = scenario.map(|scenario| scenario.to_string()).unwrap_or_default();
        let digest = Sha256::new()
            .chain_update(seed.to_be_bytes())
            .chain_update((scenario.len() as u64).to_be_bytes())
            .chain_update(scenario)
            .chain_update(image)
            .finalize();
        let state = digest.iter().take(8).fold(0, |state, byte| state << 8 | u64::from(*byte));
        Self { state }
    }

    /// Returns another generator for one part of a report, whose numbers do not depend on the other parts.
    pub(crate) fn part(mut self, name: &str) -> Self {
        for byte in name.bytes() {
            self.state ^= u64::from(byte);
            self.state = self.next();
        }
        self
    }

    /// Returns a number from `centre - spread` to `centre + spread`.
    pub(super) fn around(&mut self, centre: f64, spread: f64) -> f64 {
        centre + spread * (2.0 * self.unit() - 1.0)
    }

    /// Returns [`around`](Self::around), rounded as in a report.
    pub(crate) fn percent(&mut self, centre: f64, spread: f64) -> f64 {
        round(self.around(centre, spread))
    }

    /// Returns a number from 0 to `count - 1`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }

    /// Returns a number from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// Rounds a percentage to the two decimals of a report.
pub(super) fn round(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
}

/// Returns the rounded mean; 0 if there are no values.
pub(crate) fn mean(percents: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for percent in percents {
        sum += percent;
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { round(sum / count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_scenario_and_seed_change_the_numbers() {
        let scenario = "acne".parse().ok();
        let first = |image: &[u8], scenario, seed| Random::new(image, scenario, seed).unit();
        let reference = first(b"image", scenario, 7);
        assert_eq!(first(b"image", scenario, 7), reference);
        assert_ne!(first(b"other", scenario, 7), reference);
        assert_ne!(first(b"image", None, 7), reference);
        assert_ne!(first(b"image", scenario, 8), reference);
    }

    #[test]
    fn numbers_stay_within_their_range() {
        let mut random = Random::new(b"", None, 0);
        for _ in 0..10_000 {
            assert!((8.0..=12.0).contains(&random.around(10.0, 2.0)));
            assert!(random.below(8) < 8);
        }
    }

    #[test]
    fn means_are_rounded() {
        assert_eq!(round(12.3456), 12.35);
        assert_eq!(mean([10.0, 20.005].into_iter()), 15.0);
        assert_eq!(mean([].into_iter()), 0.0);
    }
}
