//! One unchecked answer, and the error of an invalid one.

use super::{AnswerKind, Item};
use crate::scalar::{Bounded, Number, OutOfRangeError, Percent, hidden, serialize_number};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A number, or yes or no, given as an answer.
///
/// Integers and floating-point numbers convert to it. Those of 64 bits use `try_from`, since not all of them can be written
/// exactly. Two answers are equal if they are the same number; yes is 1 and no is 0, as in a request.
///
/// ```
/// use legit_health_api::scale::Answer;
///
/// assert_eq!(Answer::from(3_u8), Answer::from(3.0));
/// assert_eq!(Answer::from(true), Answer::from(1));
/// assert_eq!(Answer::try_from(3_usize)?, Answer::from(3));
/// # Ok::<(), legit_health_api::scalar::OutOfRangeError>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Answer {
    /// A whole number.
    Whole(u32),
    /// Any other number.
    Real(f64),
    /// Yes or no.
    YesNo(bool),
}

hidden!(Answer);

/// The error of answers that do not form a sheet. It names items, never answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    /// An item is not answered.
    Missing(&'static str),
    /// The answer to an item is outside its bounds, or of another kind than the item.
    OutOfRange(&'static Item),
    /// The scale has no such item.
    Unknown(String),
    /// An item is answered more than once.
    Repeated(String),
    /// The answer to an item is infinite or not a number.
    NotANumber(String),
    /// The answers belong to another scale.
    OtherScale {
        /// The code of the requested scale.
        expected: &'static str,
        /// The code of the scale that the answers belong to.
        found: String,
    },
    /// The JSON is not a map of answers; the text has the position.
    Malformed(String),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(item) => write!(f, "`{item}` is not answered"),
            Self::OutOfRange(Item { code, kind, .. }) => write!(f, "the answer to `{code}` must be {kind}"),
            Self::Unknown(item) => write!(f, "there is no item `{item}`"),
            Self::Repeated(item) => write!(f, "`{item}` is answered twice"),
            Self::NotANumber(item) => write!(f, "the answer to `{item}` is infinite or not a number"),
            Self::OtherScale { expected, found } => {
                write!(f, "these are answers of the scale `{found}`, not of `{expected}`")
            }
            Self::Malformed(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for AnswerError {}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo => f.write_str("yes or no"),
            Self::Count => f.write_str("a whole number from 0 upwards"),
            Self::Percent => f.write_str("a percentage from 0 to 100"),
            Self::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
        }
    }
}

/// Requests the answer to `item`, in the type of its field; for generated code. Nothing is rounded or truncated.
pub fn ask<T: FromAnswer>(
    item: &'static Item,
    mut answer: impl FnMut(&'static Item) -> Result<Answer, AnswerError>,
) -> Result<T, AnswerError> {
    T::from_answer(answer(item)?).ok_or(AnswerError::OutOfRange(item))
}

impl Answer {
    /// Returns the number; yes is 1 and no is 0.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(number) => number.into(),
            Self::Real(number) => number,
            Self::YesNo(yes) => u8::from(yes).into(),
        }
    }

    /// Returns true if it is valid for an item of this kind.
    pub fn is_within(self, kind: AnswerKind) -> bool {
        match kind {
            AnswerKind::YesNo => bool::from_answer(self).is_some(),
            AnswerKind::Count => u32::from_answer(self).is_some(),
            AnswerKind::Percent => Percent::from_answer(self).is_some(),
            AnswerKind::Whole { min, max } => {
                u32::from_answer(self).is_some_and(|number| (u32::from(min)..=max.into()).contains(&number))
            }
        }
    }

    pub(super) fn is_finite(self) -> bool {
        self.as_f64().is_finite()
    }
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.as_f64() == other.as_f64()
    }
}

fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

/// A type that holds the answer to an item.
pub trait FromAnswer: Sized {
    /// `None` if the answer does not fit exactly.
    fn from_answer(answer: Answer) -> Option<Self>;
}

impl FromAnswer for bool {
    fn from_answer(answer: Answer) -> Option<Self> {
        match whole(answer.as_f64())? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl FromAnswer for u32 {
    fn from_answer(answer: Answer) -> Option<Self> {
        match answer {
            Answer::Whole(number) => Some(number),
            Answer::Real(number) => whole(number),
            // A boolean given for a grade or a count is a mistake.
            Answer::YesNo(_) => None,
        }
    }
}

impl FromAnswer for Percent {
    fn from_answer(answer: Answer) -> Option<Self> {
        match answer {
            Answer::YesNo(_) => None,
            _ => Percent::new(answer.as_f64()).ok(),
        }
    }
}

impl<const MIN: u8, const MAX: u8> FromAnswer for Bounded<MIN, MAX> {
    fn from_answer(answer: Answer) -> Option<Self> {
        Self::try_from(u32::from_answer(answer)?).ok()
    }
}

impl From<bool> for Answer {
    fn from(answer: bool) -> Self {
        Self::YesNo(answer)
    }
}

impl From<f64> for Answer {
    fn from(answer: f64) -> Self {
        whole(answer).map_or(Self::Real(answer), Self::Whole)
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

macro_rules! answer_from {
    ($($number:ty),+) => {$(
        impl From<$number> for Answer {
            fn from(answer: $number) -> Self {
                f64::from(answer).into()
            }
        }
    )+};
}

macro_rules! answer_try_from {
    ($($integer:ty),+) => {$(
        impl TryFrom<$integer> for Answer {
            type Error = OutOfRangeError;

            fn try_from(answer: $integer) -> Result<Self, OutOfRangeError> {
                u32::try_from(answer).map(Self::Whole).map_err(|_| OutOfRangeError { min: 0, max: u32::MAX })
            }
        }
    )+};
}

answer_from!(u8, u16, u32, i8, i16, i32, f32);
answer_try_from!(u64, i64, usize, isize);

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_number(self.as_f64(), serializer)
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

struct AnswerVisitor;

/// Its errors are written here: those of serde quote what they found, which may be an answer.
impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a boolean")
    }

    fn visit_bool<E: de::Error>(self, answer: bool) -> Result<Answer, E> {
        Ok(answer.into())
    }

    fn visit_f64<E: de::Error>(self, answer: f64) -> Result<Answer, E> {
        Ok(answer.into())
    }

    fn visit_i64<E: de::Error>(self, answer: i64) -> Result<Answer, E> {
        Number.visit_i64(answer).map(Answer::from)
    }

    fn visit_u64<E: de::Error>(self, answer: u64) -> Result<Answer, E> {
        Number.visit_u64(answer).map(Answer::from)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Answer, E> {
        // Forms send text. `on` is rejected: a form that sends it for yes sends nothing for no.
        match text.trim() {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            number => Number.visit_str(number).map(Answer::from).or_else(|_: E| not_an_answer()),
        }
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Answer, E> {
        not_an_answer()
    }

    fn visit_unit<E: de::Error>(self) -> Result<Answer, E> {
        not_an_answer()
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<Answer, A::Error> {
        not_an_answer()
    }

    fn visit_map<A: de::MapAccess<'de>>(self, _: A) -> Result<Answer, A::Error> {
        not_an_answer()
    }
}

fn not_an_answer<E: de::Error>() -> Result<Answer, E> {
    Err(E::custom("must be a number, `true` or `false`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_not_rounded() {
        assert_eq!(Bounded::<0, 6>::from_answer(Answer::Real(3.9)), None);
        assert_eq!(Bounded::<0, 6>::from_answer(Answer::Real(3.0)), Bounded::new(3).ok());
        assert_eq!(Bounded::<0, 6>::from_answer(Answer::Whole(7)), None);
        assert_eq!(bool::from_answer(Answer::Whole(2)), None);
        assert_eq!(u32::from_answer(Answer::Real(-1.0)), None);
        assert!(Percent::from_answer(Answer::Real(f64::NAN)).is_none());
        let kind = AnswerKind::Whole { min: 2, max: 4 };
        assert_eq!(
            [1, 2, 4, 5].map(|answer| Answer::from(answer).is_within(kind)),
            [false, true, true, false]
        );
        assert!(Answer::try_from(u64::MAX).is_err() && Answer::try_from(-1_i64).is_err());
    }

    #[test]
    fn equal_answers_are_the_same_number() {
        assert_eq!([Answer::from(true), Answer::from(false)], [Answer::from(1), Answer::from(0)]);
        for (one, other) in [(0.0, 0.5), (2.5, 2.0), (-1.0, 1.0), (99.9, 99.8), (f64::NAN, f64::NAN)] {
            assert_ne!(Answer::from(one), Answer::from(other));
        }
    }

    #[test]
    fn every_type_of_number_keeps_its_value() {
        let made = [Answer::from(7_u8), 7_u16.into(), 7_u32.into(), 7_i8.into(), 7_i16.into(), 7_i32.into()];
        assert!(made.iter().all(|answer| matches!(answer, Answer::Whole(7))));
        assert_eq!([Answer::from(-7), Answer::from(-7_i8)].map(Answer::as_f64), [-7.0; 2]);
        assert_eq!([Answer::from(0.5_f32), Answer::from(0.5)].map(Answer::as_f64), [0.5; 2]);
        assert!(matches!(Answer::try_from(u64::from(u32::MAX)), Ok(Answer::Whole(u32::MAX))));
        for beyond in [
            Answer::try_from(u64::from(u32::MAX) + 1),
            Answer::try_from(i64::MIN),
            Answer::try_from(-1_isize),
        ] {
            assert_eq!(beyond.unwrap_err().to_string(), "the number must be from 0 to 4294967295");
        }
    }

    #[test]
    fn booleans_are_valid_for_yes_no_items_only() {
        assert_eq!(bool::from_answer(true.into()), Some(true));
        assert_eq!(u32::from_answer(true.into()), None);
        assert_eq!(Bounded::<0, 6>::from_answer(true.into()), None);
        assert!(Percent::from_answer(false.into()).is_none());
    }

    #[test]
    fn what_is_no_answer_is_not_read_as_one() {
        for json in ["null", "[]", "[1]", "{}", "\"\"", "\"one\"", "\"NaN\""] {
            let error = serde_json::from_str::<Answer>(json).unwrap_err().to_string();
            assert!(error.starts_with("must be a number, `true` or `false`"), "{json}: {error}");
        }
    }

    #[test]
    fn every_number_is_written_and_read_as_the_same_answer() {
        for answer in
            [Answer::from(0), Answer::from(u32::MAX), Answer::from(2.5), Answer::from(-3), true.into()]
        {
            let json = serde_json::to_string(&answer).unwrap();
            assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer, "{json}");
        }
        assert_eq!(serde_json::to_string(&Answer::from(true)).unwrap(), "1");
    }
}
