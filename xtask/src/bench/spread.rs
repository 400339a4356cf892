//! The middle of several figures, and how far they lie apart.

use std::fmt;

/// Median, least and most of the figures of all rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    /// Of at least one figure.
    pub(super) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (figures.first(), figures.last()) else {
            return Self { median: f64::NAN, least: f64::NAN, most: f64::NAN };
        };
        let middle = figures.len() / 2;
        let median = if figures.len() % 2 == 1 {
            figures[middle]
        } else {
            f64::midpoint(figures[middle - 1], figures[middle])
        };
        Self { median, least: *least, most: *most }
    }

    /// Of the ratios within each round: what disturbs a round disturbs both sides of it.
    pub(super) fn of_pairs(above: &[f64], below: &[f64]) -> Self {
        Self::of(above.iter().zip(below).map(|(above, below)| above / below))
    }
}

/// `14.9 [13.0–22.6]`, with three digits that mean something; a figure that was taken once stands alone.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = match self.median.abs() {
            100.0.. => 0,
            10.0.. => 1,
            0.1.. => 2,
            _ => 3,
        };
        write!(f, "{:.digits$}", self.median)?;
        if self.least == self.most {
            return Ok(());
        }
        write!(f, " [{:.digits$}–{:.digits$}]", self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_two() {
        assert_eq!(Spread::of([9.0, 1.0, 2.0]), Spread { median: 2.0, least: 1.0, most: 9.0 });
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 8.0]).median, 3.0);
        assert!(Spread::of([]).median.is_nan());
    }

    /// 10/1 and 20/4: the ratio of the medians would be another.
    #[test]
    fn ratios_are_taken_within_a_round() {
        assert_eq!(
            Spread::of_pairs(&[10.0, 20.0], &[1.0, 4.0]),
            Spread { median: 7.5, least: 5.0, most: 10.0 }
        );
    }

    #[test]
    fn small_figures_keep_more_digits_than_large_ones() {
        assert_eq!(Spread::of([14.94, 13.0, 22.61]).to_string(), "14.9 [13.0–22.6]");
        assert_eq!(Spread::of([0.021, 0.02, 0.03]).to_string(), "0.021 [0.020–0.030]");
        assert_eq!(Spread::of([1.0]).to_string(), "1.00");
        assert_eq!(Spread::of([24_000.4, 3.0, 99_999.0]).to_string(), "24000 [3–99999]");
    }
}
