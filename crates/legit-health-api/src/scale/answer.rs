//! One answer, before it is known to fit its item.

use super::Item;
use crate::scalar::{Bounded, Number, Percent, hidden, serialize_number};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A number given as an answer.
#[derive(Clone, Copy, PartialEq)]
pub enum Answer {
    /// A whole number.
    Whole(u32),
    /// Any other number.
    Real(f64),
}

hidden!(Answer);

/// Why a sheet could not be built. It names items, never answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    /// An item was not answered.
    Missing(&'static str),
    /// The answer to an item is outside its bounds, or not a whole number where one belongs.
    OutOfRange(&'static str),
    /// The sheet has no such item.
    Unknown(String),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(item) => write!(f, "`{item}` is not answered"),
            Self::OutOfRange(item) => write!(f, "the answer to `{item}` is outside its bounds"),
            Self::Unknown(item) => write!(f, "there is no item `{item}`"),
        }
    }
}

impl std::error::Error for AnswerError {}

/// Asks for the answer to `item`, in the type of its field. Nothing is rounded and nothing is cut off.
pub fn ask<T: FromAnswer>(
    item: &'static Item,
    mut answer: impl FnMut(&'static Item) -> Result<Answer, AnswerError>,
) -> Result<T, AnswerError> {
    T::from_answer(answer(item)?).ok_or(AnswerError::OutOfRange(item.code))
}

impl Answer {
    fn whole(self) -> Option<u32> {
        match self {
            Self::Whole(number) => Some(number),
            Self::Real(number) => whole(number),
        }
    }

    fn real(self) -> f64 {
        match self {
            Self::Whole(number) => f64::from(number),
            Self::Real(number) => number,
        }
    }
}

fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

/// A type that an answer may turn out to be.
pub trait FromAnswer: Sized {
    /// `None` if the answer does not fit exactly.
    fn from_answer(answer: Answer) -> Option<Self>;
}

impl FromAnswer for bool {
    fn from_answer(answer: Answer) -> Option<Self> {
        match answer.whole()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl FromAnswer for u32 {
    fn from_answer(answer: Answer) -> Option<Self> {
        answer.whole()
    }
}

impl FromAnswer for Percent {
    fn from_answer(answer: Answer) -> Option<Self> {
        Percent::new(answer.real()).ok()
    }
}

impl<const MIN: u8, const MAX: u8> FromAnswer for Bounded<MIN, MAX> {
    fn from_answer(answer: Answer) -> Option<Self> {
        Self::new(answer.whole()?.try_into().ok()?)
    }
}

impl From<bool> for Answer {
    fn from(answer: bool) -> Self {
        Self::Whole(answer.into())
    }
}

impl From<u32> for Answer {
    fn from(answer: u32) -> Self {
        Self::Whole(answer)
    }
}

impl From<Percent> for Answer {
    fn from(answer: Percent) -> Self {
        Self::Real(answer.get())
    }
}

impl<const MIN: u8, const MAX: u8> From<Bounded<MIN, MAX>> for Answer {
    fn from(answer: Bounded<MIN, MAX>) -> Self {
        Self::Whole(answer.get().into())
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Whole(number) => serializer.serialize_u32(number),
            Self::Real(number) => serialize_number(number, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_any(Number)?;
        Ok(whole(number).map_or(Self::Real(number), Self::Whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_rounded_into_place() {
        assert_eq!(Bounded::<0, 6>::from_answer(Answer::Real(3.9)), None);
        assert_eq!(Bounded::<0, 6>::from_answer(Answer::Real(3.0)), Bounded::new(3));
        assert_eq!(Bounded::<0, 6>::from_answer(Answer::Whole(7)), None);
        assert_eq!(bool::from_answer(Answer::Whole(2)), None);
        assert_eq!(u32::from_answer(Answer::Real(-1.0)), None);
        assert!(Percent::from_answer(Answer::Real(f64::NAN)).is_none());
    }
}
