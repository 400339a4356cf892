//! Percentages of a report: two decimals are all that is ever shown.

/// To two decimals.
pub(super) fn round(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
}

/// The mean, rounded; 0 of nothing.
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
    fn rounds_and_averages() {
        assert_eq!(round(12.3456), 12.35);
        assert_eq!(mean([10.0, 20.005].into_iter()), 15.0);
        assert_eq!(mean([].into_iter()), 0.0);
    }
}
