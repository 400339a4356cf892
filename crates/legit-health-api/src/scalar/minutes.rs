//! The life of a token.

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Whole minutes. The guide sends them as text (`"60"`), other sources as a number; both are read. What measures no time
/// (negative, no number, beyond `u32`) is read as 0: a token was issued all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Minutes(u32);

impl Minutes {
    /// So many minutes.
    pub const fn new(minutes: u32) -> Self {
        Self(minutes)
    }

    /// The number of minutes.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Measure)
    }
}

struct Measure;

impl Visitor<'_> for Measure {
    type Value = Minutes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("minutes, as a number or as text that holds one")
    }

    fn visit_f64<E>(self, minutes: f64) -> Result<Minutes, E> {
        let measures = (0.0..=f64::from(u32::MAX)).contains(&minutes);
        // A fraction of a minute is dropped: a token taken for dead too early costs one login.
        Ok(Minutes(if measures { minutes as u32 } else { 0 }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_seen() {
        for json in ["60", "\"60\"", "\"60.0\"", "60.9"] {
            assert_eq!(serde_json::from_str::<Minutes>(json).unwrap().get(), 60, "{json}");
        }
        for json in ["-1", "-1.5", "\"soon\"", "\"NaN\"", "\"inf\"", "1e30", "99999999999", "0", "\"\""] {
            assert_eq!(serde_json::from_str::<Minutes>(json).unwrap().get(), 0, "{json}");
        }
        for json in ["null", "[60]", "true"] {
            assert!(serde_json::from_str::<Minutes>(json).is_err(), "{json}");
        }
    }
}
