//! The value of a returned item.

use super::{Number, hidden, serialize_number};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A number, or a boolean for the presence items of the wound scale. Which one was sent is kept.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum AnswerValue {
    /// A grade, a count or a percentage; the item says which.
    Number(f64),
    /// Present or not.
    Flag(bool),
}

hidden!(AnswerValue);

impl AnswerValue {
    /// The number; a flag counts as 0 or 1.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_sent() {
        for json in ["true", "false", "3", "2.5"] {
            let value: AnswerValue = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        assert!(serde_json::from_str::<AnswerValue>("null").is_err());
    }
}
