//! Reading what a control is told: one sentence for whatever is wrong with it.

use std::time::Duration;

use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, de};

use crate::api::refusal::Refusal;
use crate::clock::MOST_AHEAD;

/// The body of a control; `shape` shows what it has to look like.
pub(super) fn body<T: DeserializeOwned>(bytes: &[u8], shape: &str) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| unprocessable(format!("the body must be {shape}: {error}")))
}

pub(super) fn unprocessable(sentence: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
}

pub(super) fn no_such_account() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is no such account")
}

/// Seconds, with a fraction or without.
pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    let duration = Duration::try_from_secs_f64(seconds).ok().filter(|duration| *duration <= MOST_AHEAD);
    duration.ok_or_else(|| de::Error::custom("seconds go from 0 to a thousand years"))
}

/// Seconds, or `null`.
pub(super) fn seconds_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    #[derive(Deserialize)]
    struct Seconds(#[serde(deserialize_with = "seconds")] Duration);
    Ok(Option::<Seconds>::deserialize(deserializer)?.map(|Seconds(duration)| duration))
}

/// A member that may be `null` but not missing.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}
