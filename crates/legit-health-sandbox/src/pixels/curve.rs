//! Scores by straight lines between given points: easy to read, and the same on every machine.

/// The height at `x` of the line through `points`, whose first members rise; level before the first and after
/// the last.
pub(super) fn height(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|point| point.0 <= x);
    let (Some(right), Some(left)) = (points.get(after), points.get(after.wrapping_sub(1))) else {
        return points.get(after.min(points.len() - 1)).map_or(0.0, |end| end.1);
    };
    left.1 + (right.1 - left.1) * (x - left.0) / (right.0 - left.0)
}

#[cfg(test)]
mod tests {
    use super::height;

    #[test]
    fn goes_through_its_points_and_no_further() {
        let points = [(1.0, 0.0), (3.0, 40.0), (5.0, 20.0)];
        let heights = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 9.0].map(|x| height(&points, x));
        assert_eq!(heights, [0.0, 0.0, 20.0, 40.0, 30.0, 20.0, 20.0]);
    }
}
