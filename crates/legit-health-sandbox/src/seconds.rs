//! Durations in JSON: seconds, with a fraction or without.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::clock::MOST_AHEAD;

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    let duration = Duration::try_from_secs_f64(seconds).ok().filter(|duration| *duration <= MOST_AHEAD);
    duration.ok_or_else(|| de::Error::custom("seconds go from 0 to a thousand years"))
}

pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    if duration.subsec_nanos() == 0 {
        serializer.serialize_u64(duration.as_secs())
    } else {
        serializer.serialize_f64(duration.as_secs_f64())
    }
}
