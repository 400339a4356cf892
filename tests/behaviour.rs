//! Behaviour across crates, by topic.
#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "behaviour/support.rs"]
mod support;

#[path = "behaviour/bad_input.rs"]
mod bad_input;
#[path = "behaviour/bad_network.rs"]
mod bad_network;
#[path = "behaviour/diagnosis_support.rs"]
mod diagnosis_support;
#[path = "behaviour/json_schema.rs"]
mod json_schema;
#[path = "behaviour/layers.rs"]
mod layers;
#[path = "behaviour/login.rs"]
mod login;
#[path = "behaviour/low_level.rs"]
mod low_level;
#[path = "behaviour/mix_up.rs"]
mod mix_up;
#[path = "behaviour/readme.rs"]
mod readme;
#[path = "behaviour/silence.rs"]
mod silence;
#[path = "behaviour/tidy.rs"]
mod tidy;
