//! What an item may be answered with, when the answer comes as a bare number.

use crate::number::{Percent, Whole};
use std::fmt;

/// What an item may be answered with. Its `Display` completes "must be …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bounds {
    /// 0 for no, 1 for yes.
    YesNo,
    /// A whole number from 0 to `max`.
    Whole {
        /// The highest answer.
        max: u8,
    },
    /// How many there are: a whole number from 0 to [`u32::MAX`].
    Count,
    /// A number from 0 to 100, whole or not.
    Percent,
}

impl Bounds {
    /// The highest answer; the lowest is always 0.
    pub fn highest(self) -> f64 {
        match self {
            Self::YesNo => 1.0,
            Self::Whole { max } => max.into(),
            Self::Count => u32::MAX.into(),
            Self::Percent => 100.0,
        }
    }

    /// Whether a number is an answer. A fraction is none where a whole number is asked for.
    pub fn admit(self, answer: f64) -> bool {
        (0.0..=self.highest()).contains(&answer) && (self == Self::Percent || answer.fract() == 0.0)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo => f.write_str("0 (no) or 1 (yes)"),
            Self::Whole { max } => write!(f, "a whole number from 0 to {max}"),
            Self::Count => write!(f, "a whole number from 0 to {}", u32::MAX),
            Self::Percent => f.write_str("a number from 0 to 100"),
        }
    }
}

/// A type of answer, and how it comes from and becomes a bare number.
pub(crate) trait Answer: Copy {
    const BOUNDS: Bounds;

    /// `None` outside the bounds.
    fn from_number(number: f64) -> Option<Self>;

    fn number(self) -> f64;
}

impl Answer for bool {
    const BOUNDS: Bounds = Bounds::YesNo;

    fn from_number(number: f64) -> Option<Self> {
        Self::BOUNDS.admit(number).then_some(number == 1.0)
    }

    fn number(self) -> f64 {
        self.into()
    }
}

impl<const MAX: u8> Answer for Whole<MAX> {
    const BOUNDS: Bounds = Bounds::Whole { max: MAX };

    fn from_number(number: f64) -> Option<Self> {
        // What is admitted is whole and at most `MAX`, so the cast loses nothing.
        Self::BOUNDS.admit(number).then_some(number as u8).and_then(Self::new)
    }

    fn number(self) -> f64 {
        self.get().into()
    }
}

impl Answer for u32 {
    const BOUNDS: Bounds = Bounds::Count;

    fn from_number(number: f64) -> Option<Self> {
        // What is admitted is whole and at most `u32::MAX`, so the cast loses nothing.
        Self::BOUNDS.admit(number).then_some(number as u32)
    }

    fn number(self) -> f64 {
        self.into()
    }
}

impl Answer for Percent {
    const BOUNDS: Bounds = Bounds::Percent;

    fn from_number(number: f64) -> Option<Self> {
        Self::new(number)
    }

    fn number(self) -> f64 {
        self.get()
    }
}
