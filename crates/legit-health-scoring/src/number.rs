//! Answers that cannot lie outside the bounds of their question.

use std::fmt;

/// A whole number from 0 to `MAX`.
///
/// ```
/// use legit_health_scoring::Whole;
///
/// assert_eq!(Whole::<3>::new(2).map(Whole::get), Some(2));
/// assert!(Whole::<3>::new(4).is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole<const MAX: u8>(u8);

impl<const MAX: u8> Whole<MAX> {
    /// The lowest answer.
    pub const ZERO: Self = Self(0);

    /// `None` above `MAX`.
    pub const fn new(number: u8) -> Option<Self> {
        if number <= MAX { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// From 0 to 100, never a fraction of one.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Percent(f64);

impl Percent {
    /// `None` outside 0 to 100, and for what is no number.
    pub const fn new(percent: f64) -> Option<Self> {
        if percent >= 0.0 && percent <= 100.0 { Some(Self(percent)) } else { None }
    }

    /// The number, 0 to 100.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl<const MAX: u8> fmt::Debug for Whole<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole<{MAX}>(..)")
    }
}

impl fmt::Debug for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Percent(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_part_of_the_range_and_nothing_beyond_is() {
        let inside: Vec<u8> = (0..=u8::MAX).filter(|&number| Whole::<3>::new(number).is_some()).collect();
        assert_eq!(inside, [0, 1, 2, 3]);
        assert!(Percent::new(0.0).is_some() && Percent::new(100.0).is_some());
        for beyond in [-0.1, 100.000_001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Percent::new(beyond).is_none());
        }
    }
}
