//! Whole answers within the bounds of their question.

use std::fmt;

/// A whole answer from `MIN` to `MAX`.
///
/// A number known when the program is written goes through [`answer!`](crate::answer), which refuses a wrong one when
/// the program is built; any other goes through `try_from`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounded<const MIN: u8, const MAX: u8>(u8);

impl<const MIN: u8, const MAX: u8> Bounded<MIN, MAX> {
    /// The lowest answer.
    pub const MIN: Self = Self(MIN);
    /// The highest answer.
    pub const MAX: Self = Self(MAX);

    /// `None` outside `MIN..=MAX`.
    pub const fn new(answer: u8) -> Option<Self> {
        if answer >= MIN && answer <= MAX { Some(Self(answer)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }

    #[doc(hidden)]
    #[track_caller]
    pub const fn literal(answer: u8) -> Self {
        match Self::new(answer) {
            Some(answer) => answer,
            None => panic!("this answer is outside the bounds of its question"),
        }
    }
}

/// An answer given as a literal; one outside the bounds of its question does not build.
///
/// ```
/// use legit_health_api::{answer, scalar::Bounded};
///
/// let pruritus: Bounded<0, 3> = answer!(2);
/// assert_eq!(pruritus.get(), 2);
/// ```
///
/// ```compile_fail
/// # use legit_health_api::{answer, scalar::Bounded};
/// let pruritus: Bounded<0, 3> = answer!(7);
/// ```
#[macro_export]
macro_rules! answer {
    ($answer:expr) => {
        const { $crate::scalar::Bounded::literal($answer) }
    };
}

impl<const MIN: u8, const MAX: u8> TryFrom<u8> for Bounded<MIN, MAX> {
    type Error = OutOfRange;

    fn try_from(answer: u8) -> Result<Self, OutOfRange> {
        Self::new(answer).ok_or(OutOfRange)
    }
}

impl<const MIN: u8, const MAX: u8> fmt::Debug for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bounded<{MIN}, {MAX}>(..)")
    }
}

/// A number outside its bounds. It does not say which number: that may be a patient's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number is outside its bounds")
    }
}

impl std::error::Error for OutOfRange {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_part_of_the_range() {
        let inside: Vec<u8> = (0..=u8::MAX).filter(|&n| Bounded::<1, 4>::new(n).is_some()).collect();
        assert_eq!(inside, [1, 2, 3, 4]);
        assert_eq!(Bounded::<1, 4>::try_from(5), Err(OutOfRange));
    }

    #[test]
    fn debug_hides_the_answer() {
        assert_eq!(format!("{:?}", Bounded::<0, 150>::MAX), "Bounded<0, 150>(..)");
    }
}
