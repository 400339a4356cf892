//! The life of a token.

use super::Number;
use serde::{Deserialize, Deserializer, Serialize, de};

/// Whole minutes. The guide sends them as text (`"60"`), other sources as a number; both are read.
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
        let minutes = deserializer.deserialize_any(Number)?;
        if (0.0..=f64::from(u32::MAX)).contains(&minutes) {
            // A fraction of a minute is dropped: a token taken for dead too early costs one login.
            Ok(Self(minutes as u32))
        } else {
            Err(de::Error::custom("minutes that are negative or without measure"))
        }
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
        for json in ["-1", "\"soon\"", "null", "1e30"] {
            assert!(serde_json::from_str::<Minutes>(json).is_err(), "{json}");
        }
    }
}
