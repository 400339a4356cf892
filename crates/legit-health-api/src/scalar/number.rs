//! Numbers: bounded answers, percentages, minutes and returned values, read in every form that the server uses.

use super::hidden;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A whole answer from `MIN` to `MAX`.
///
/// A number known at compile time goes through [`answer!`](crate::answer), which checks it at compile time. Any other
/// goes through [`new`](Self::new), or through `try_from`, which takes every integer type.
///
/// ```
/// use legit_health_api::scalar::{Bounded, OutOfRangeError};
///
/// let from_a_form: i64 = 2;
/// let pruritus = Bounded::<0, 3>::try_from(from_a_form)?;
/// assert_eq!(pruritus.get(), 2);
/// let error = Bounded::<0, 3>::new(4).unwrap_err();
/// assert_eq!(error.to_string(), "the number must be from 0 to 3");
/// # Ok::<(), OutOfRangeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounded<const MIN: u8, const MAX: u8>(u8);

impl<const MIN: u8, const MAX: u8> Bounded<MIN, MAX> {
    /// The lowest answer.
    pub const MIN: Self = Self(MIN);
    /// The highest answer.
    pub const MAX: Self = Self(MAX);

    /// Checks a number against the bounds.
    ///
    /// # Errors
    ///
    /// A number outside `MIN..=MAX`.
    pub const fn new(answer: u8) -> Result<Self, OutOfRangeError> {
        if answer >= MIN && answer <= MAX {
            Ok(Self(answer))
        } else {
            Err(OutOfRangeError { min: MIN as u32, max: MAX as u32 })
        }
    }

    /// Returns the number.
    pub const fn get(self) -> u8 {
        self.0
    }

    #[doc(hidden)]
    #[track_caller]
    pub const fn literal(answer: u8) -> Self {
        match Self::new(answer) {
            Ok(answer) => answer,
            Err(_) => panic!("this answer is outside the bounds of its question"),
        }
    }
}

/// An answer given as a literal; one outside the bounds of its question does not compile.
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

macro_rules! bounded_from {
    ($($integer:ty),+) => {$(
        impl<const MIN: u8, const MAX: u8> TryFrom<$integer> for Bounded<MIN, MAX> {
            type Error = OutOfRangeError;

            fn try_from(answer: $integer) -> Result<Self, OutOfRangeError> {
                u8::try_from(answer).map_err(|_| OutOfRangeError { min: MIN as u32, max: MAX as u32 }).and_then(Self::new)
            }
        }
    )+};
}

bounded_from!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl<const MIN: u8, const MAX: u8> fmt::Debug for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bounded<{MIN}, {MAX}>(..)")
    }
}

/// The error of a number outside its bounds. It names the bounds and not the number, which may be a patient's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRangeError {
    pub(crate) min: u32,
    pub(crate) max: u32,
}

impl fmt::Display for OutOfRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the number must be from {} to {}", self.min, self.max)
    }
}

impl std::error::Error for OutOfRangeError {}

/// A percentage from 0 to 100 — never a fraction from 0 to 1.
///
/// `Debug` hides the number, since it may be a finding about a patient; `Display` shows it, for example as `78.4 %`,
/// and takes a width and a precision: `format!("{percent:6.0}")`.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Percent(f64);

/// The distance beyond 0 or 100 at which a number of the server still counts as a rounding error.
const ROUNDING_NOISE: f64 = 1e-6;

impl Percent {
    /// 0 %.
    pub const ZERO: Self = Self(0.0);
    /// 100 %.
    pub const HUNDRED: Self = Self(100.0);

    /// Checks a number against 0 and 100.
    ///
    /// # Errors
    ///
    /// A number below 0, above 100 or not a number.
    pub fn new(percent: f64) -> Result<Self, OutOfRangeError> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self::unsigned(percent))
        } else {
            Err(OutOfRangeError { min: 0, max: 100 })
        }
    }

    /// Removes the sign of a negative zero, which would be shown.
    fn unsigned(percent: f64) -> Self {
        Self(percent + 0.0)
    }

    /// Returns the number, from 0 to 100.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Percent {
    type Error = OutOfRangeError;

    fn try_from(percent: f64) -> Result<Self, OutOfRangeError> {
        Self::new(percent)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.*} %", f.precision().unwrap_or(1), self.0);
        write!(f, "{text:>width$}", width = f.width().unwrap_or(0))
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_number(self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_any(Number)?;
        let inside = number.clamp(0.0, 100.0);
        if (number - inside).abs() <= ROUNDING_NOISE {
            Ok(Self::unsigned(inside))
        } else {
            Err(de::Error::custom("a percentage outside 0 to 100"))
        }
    }
}

/// The value of a returned item: a number, or a boolean for the presence items of the wound scale, as it was sent.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum AnswerValue {
    /// A grade, a count or a percentage; depending on the item.
    Number(f64),
    /// Whether something is present.
    Flag(bool),
}

hidden!(Percent, AnswerValue);

impl AnswerValue {
    /// Returns the number; a flag counts as 0 or 1.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Flag(flag) => f64::from(u8::from(flag)),
        }
    }
}

impl Serialize for AnswerValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Number(number) => serialize_number(number, serializer),
            Self::Flag(flag) => serializer.serialize_bool(flag),
        }
    }
}

impl<'de> Deserialize<'de> for AnswerValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrFlag)
    }
}

struct NumberOrFlag;

impl Visitor<'_> for NumberOrFlag {
    type Value = AnswerValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a boolean")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<AnswerValue, E> {
        Ok(AnswerValue::Flag(flag))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<AnswerValue, E> {
        Number.visit_f64(number).map(AnswerValue::Number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<AnswerValue, E> {
        Number.visit_i64(number).map(AnswerValue::Number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<AnswerValue, E> {
        Number.visit_u64(number).map(AnswerValue::Number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AnswerValue, E> {
        Number.visit_str(text).map(AnswerValue::Number)
    }
}

/// The lifetime of a token in whole minutes.
///
/// The guide sends them as text (`"60"`), other sources as a number; both are read. Anything that is not a length of time
/// (negative, not a number, beyond `u32`) is read as 0, since a token was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Minutes(u32);

impl Minutes {
    /// Creates a number of minutes.
    pub const fn new(minutes: u32) -> Self {
        Self(minutes)
    }

    /// Returns the number of minutes.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MinutesVisitor)
    }
}

struct MinutesVisitor;

impl Visitor<'_> for MinutesVisitor {
    type Value = Minutes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("minutes, as a number or as text that holds one")
    }

    fn visit_f64<E>(self, minutes: f64) -> Result<Minutes, E> {
        let is_valid = (0.0..=f64::from(u32::MAX)).contains(&minutes);
        // A fraction of a minute is dropped: renewing a token too early costs one login.
        Ok(Minutes(if is_valid { minutes as u32 } else { 0 }))
    }

    fn visit_i64<E>(self, minutes: i64) -> Result<Minutes, E> {
        Ok(Minutes(u32::try_from(minutes).unwrap_or(0)))
    }

    fn visit_u64<E>(self, minutes: u64) -> Result<Minutes, E> {
        Ok(Minutes(u32::try_from(minutes).unwrap_or(0)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Minutes, E> {
        self.visit_f64(text.trim().parse().unwrap_or(-1.0))
    }
}

/// Reads a number, or a string that holds one.
pub(crate) struct Number;

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or text that holds one")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<f64, E> {
        // Rust also parses "inf" and "NaN", which are not clinical numbers.
        match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(E::custom("text that is not a number")),
        }
    }
}

/// Largest integer up to which every whole `f64` is exact.
pub(crate) const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes whole numbers without a fraction: `60`, as the guide does, not `60.0`.
pub(crate) fn serialize_number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        serializer.serialize_i64(number as i64)
    } else {
        serializer.serialize_f64(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_the_range() {
        let inside: Vec<u8> = (0..=u8::MAX).filter(|&n| Bounded::<1, 4>::new(n).is_ok()).collect();
        assert_eq!(inside, [1, 2, 3, 4]);
    }

    #[test]
    fn the_error_names_the_bounds_and_never_the_number() {
        for error in [Bounded::<1, 4>::new(77).unwrap_err(), Bounded::<1, 4>::try_from(-77).unwrap_err()] {
            assert_eq!(error.to_string(), "the number must be from 1 to 4");
        }
        assert_eq!(Percent::new(177.0).unwrap_err().to_string(), "the number must be from 0 to 100");
        assert_eq!((Bounded::<1, 4>::MIN.get(), Bounded::<1, 4>::MAX.get()), (1, 4));
    }

    #[test]
    fn every_integer_type_is_checked_without_wrapping() {
        assert_eq!(Bounded::<1, 4>::try_from(2_usize).unwrap().get(), 2);
        assert_eq!(Bounded::<1, 4>::try_from(4_i64).unwrap().get(), 4);
        // 256 + 2 and -254 would be 2 as a byte.
        assert!(Bounded::<1, 4>::try_from(258).is_err());
        assert!(Bounded::<1, 4>::try_from(-254_i64).is_err());
        assert!(Bounded::<1, 4>::try_from(u64::MAX).is_err());
    }

    #[test]
    fn debug_hides_the_answer() {
        assert_eq!(format!("{:?}", Bounded::<0, 150>::MAX), "Bounded<0, 150>(..)");
    }

    #[test]
    fn percentages_are_read_from_numbers_and_text() {
        for (json, expected) in [
            ("0", 0.0),
            ("78.4", 78.4),
            ("\"84.2\"", 84.2),
            ("100", 100.0),
            ("100.0000001", 100.0),
            ("-0.0000001", 0.0),
        ] {
            assert_eq!(serde_json::from_str::<Percent>(json).unwrap().get(), expected, "{json}");
        }
    }

    #[test]
    fn invalid_percentages_are_refused() {
        for json in ["-1", "100.1", "1e400", "\"NaN\"", "\"inf\"", "\"\"", "null", "true", "[]"] {
            assert!(serde_json::from_str::<Percent>(json).is_err(), "{json}");
        }
        for number in [f64::NAN, f64::INFINITY, -0.5, 100.5] {
            assert!(Percent::new(number).is_err());
        }
    }

    #[test]
    fn percentages_include_0_and_100_and_nothing_beyond() {
        for number in [0.0, 1.0, 0.5, 99.999_999_9, 100.0] {
            assert_eq!(Percent::new(number).unwrap().get(), number);
            assert_eq!(Percent::try_from(number).unwrap().get(), number);
        }
        // What a program computed is not rounded.
        for number in [-f64::MIN_POSITIVE, -1e-9, 100.000_000_1, f64::NEG_INFINITY] {
            assert!(Percent::new(number).is_err() && Percent::try_from(number).is_err(), "{number}");
        }
        assert_eq!((Percent::ZERO.get(), Percent::HUNDRED.get()), (0.0, 100.0));
        for zero in [Percent::new(-0.0).unwrap(), serde_json::from_str("-0.0").unwrap()] {
            assert_eq!(zero.to_string(), "0.0 %");
        }
    }

    /// What a server computed may miss 0 or 100 by a millionth.
    #[test]
    fn only_rounding_noise_beyond_the_bounds_is_cut_off() {
        let read = |json: &str| serde_json::from_str::<Percent>(json).ok().map(Percent::get);
        assert_eq!(["100.0000009", "-0.0000009"].map(read), [Some(100.0), Some(0.0)]);
        assert_eq!(["100.0000011", "-0.0000011", "100.01", "-0.01"].map(read), [None; 4]);
        assert_eq!(["99.9999999", "0.0000001"].map(read), [Some(99.999_999_9), Some(0.000_000_1)]);
        let not_json = |number: f64| {
            Percent::deserialize(de::value::F64Deserializer::<de::value::Error>::new(number)).is_ok()
        };
        assert_eq!(
            [50.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(not_json),
            [true, false, false, false]
        );
    }

    #[test]
    fn whole_numbers_are_written_without_a_fraction() {
        let written = |percent| serde_json::to_string(&Percent::new(percent).unwrap()).unwrap();
        assert_eq!((written(60.0), written(78.4)), ("60".to_owned(), "78.4".to_owned()));
    }

    #[test]
    fn percentages_are_shown_by_display_only() {
        let percent = Percent::new(78.44).unwrap();
        assert_eq!(format!("{percent} {percent:.0} {percent:?}"), "78.4 % 78 % Percent(..)");
        assert_eq!(format!("{percent:8}|"), "  78.4 %|");
    }

    #[test]
    fn returned_values_keep_their_type() {
        for json in ["true", "false", "3", "2.5"] {
            let value: AnswerValue = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        let read = |json| serde_json::from_str::<AnswerValue>(json).map(AnswerValue::as_f64).ok();
        assert_eq!(["true", "false", "3", "-2", "2.5"].map(read), [1.0, 0.0, 3.0, -2.0, 2.5].map(Some));
        assert_eq!(["\"3\"", "\" 2.5 \""].map(read), [Some(3.0), Some(2.5)]);
        for json in ["null", "\"\"", "\"yes\"", "\"NaN\"", "\"inf\"", "\"1e999\"", "[1]", "{}"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn a_number_is_written_exactly() {
        for number in [0.0, -3.0, 0.1, EXACT, -EXACT, 1e300, -1e300] {
            let written = serde_json::to_string(&AnswerValue::Number(number)).unwrap();
            assert_eq!(written.parse::<f64>().unwrap(), number, "{written}");
        }
    }

    #[test]
    fn minutes_are_read_in_every_form_seen() {
        for json in ["60", "\"60\"", "\"60.0\"", "60.9"] {
            assert_eq!(serde_json::from_str::<Minutes>(json).unwrap().get(), 60, "{json}");
        }
        for json in ["-1", "-1.5", "\"soon\"", "\"NaN\"", "\"inf\"", "1e30", "99999999999", "0", "\"\""] {
            assert_eq!(serde_json::from_str::<Minutes>(json).unwrap().get(), 0, "{json}");
        }
        assert_eq!(serde_json::from_str::<Minutes>("4294967295.0").unwrap().get(), u32::MAX);
        for json in ["null", "[60]", "true"] {
            let error = serde_json::from_str::<Minutes>(json).unwrap_err().to_string();
            assert!(error.contains("expected minutes, as a number or as text"), "{error}");
        }
    }
}
