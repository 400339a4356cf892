//! Percentages, from 0 to 100.

use super::{Number, OutOfRange, hidden, serialize_number};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A percentage from 0 to 100 — never a fraction from 0 to 1.
///
/// `Debug` hides the number, since it may be a finding about a patient; `Display` shows it, for example as `78.4 %`,
/// and takes a width and a precision: `format!("{percent:6.0}")`.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Percent(f64);

hidden!(Percent);

/// How far past 0 or 100 the server's arithmetic may stray before the number is taken for wrong.
const ROUNDING_NOISE: f64 = 1e-6;

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0.0);
    /// All of it.
    pub const HUNDRED: Self = Self(100.0);

    /// # Errors
    ///
    /// A number below 0, above 100 or not a number.
    pub fn new(percent: f64) -> Result<Self, OutOfRange> {
        if (0.0..=100.0).contains(&percent) { Ok(Self(percent)) } else { Err(OutOfRange) }
    }

    /// The number, from 0 to 100.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Percent {
    type Error = OutOfRange;

    fn try_from(percent: f64) -> Result<Self, OutOfRange> {
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
            Ok(Self(inside))
        } else {
            Err(de::Error::custom("a percentage outside 0 to 100"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_text_within_bounds() {
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
    fn refuses_what_is_no_percentage() {
        for json in ["-1", "100.1", "1e400", "\"NaN\"", "\"inf\"", "\"\"", "null", "true", "[]"] {
            assert!(serde_json::from_str::<Percent>(json).is_err(), "{json}");
        }
        for number in [f64::NAN, f64::INFINITY, -0.5, 100.5] {
            assert_eq!(Percent::new(number), Err(OutOfRange));
        }
    }

    #[test]
    fn writes_whole_numbers_whole() {
        let written = |percent| serde_json::to_string(&Percent::new(percent).unwrap()).unwrap();
        assert_eq!((written(60.0), written(78.4)), ("60".to_owned(), "78.4".to_owned()));
    }

    #[test]
    fn shows_itself_only_when_asked() {
        let percent = Percent::new(78.44).unwrap();
        assert_eq!(format!("{percent} {percent:.0} {percent:?}"), "78.4 % 78 % Percent(..)");
        assert_eq!(format!("{percent:8}|"), "  78.4 %|");
    }
}
