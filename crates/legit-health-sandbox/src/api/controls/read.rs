//! Reading what a control is told: one sentence for whatever is wrong with it.

use std::time::Duration;

use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::api::refusal::Refusal;

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

/// Seconds, or `null`.
pub(super) fn seconds_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    #[derive(Deserialize)]
    struct Seconds(#[serde(with = "crate::seconds")] Duration);
    Ok(Option::<Seconds>::deserialize(deserializer)?.map(|Seconds(duration)| duration))
}

/// A member that may be `null` but not missing.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}
