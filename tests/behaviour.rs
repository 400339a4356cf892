//! Behaviour across crates, by topic.
#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "behaviour/support.rs"]
mod support;

#[path = "behaviour/abandoned.rs"]
mod abandoned;
#[path = "behaviour/allocations.rs"]
mod allocations;
#[path = "behaviour/bad_input.rs"]
mod bad_input;
#[path = "behaviour/bad_network.rs"]
mod bad_network;
#[path = "behaviour/blocking.rs"]
mod blocking;
#[path = "behaviour/bodies.rs"]
mod bodies;
#[path = "behaviour/changed_files.rs"]
mod changed_files;
#[path = "behaviour/cuts.rs"]
mod cuts;
#[path = "behaviour/default_headers.rs"]
mod default_headers;
#[path = "behaviour/diagnosis_support.rs"]
mod diagnosis_support;
#[path = "behaviour/fuzz.rs"]
mod fuzz;
#[path = "behaviour/garbage.rs"]
mod garbage;
#[path = "behaviour/hostile.rs"]
mod hostile;
#[path = "behaviour/hostile_images.rs"]
mod hostile_images;
#[path = "behaviour/integrity.rs"]
mod integrity;
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
#[path = "behaviour/needles.rs"]
mod needles;
#[path = "behaviour/new_scale.rs"]
mod new_scale;
#[path = "behaviour/own_spec.rs"]
mod own_spec;
#[path = "behaviour/pauses.rs"]
mod pauses;
#[path = "behaviour/proxies.rs"]
mod proxies;
#[path = "behaviour/readme.rs"]
mod readme;
#[path = "behaviour/redirects.rs"]
mod redirects;
#[path = "behaviour/retry_budget.rs"]
mod retry_budget;
#[path = "behaviour/silence.rs"]
mod silence;
#[path = "behaviour/storm.rs"]
mod storm;
#[path = "behaviour/tidy.rs"]
mod tidy;
#[path = "behaviour/time_limits.rs"]
mod time_limits;
#[path = "behaviour/tls.rs"]
mod tls;
#[path = "behaviour/token_life.rs"]
mod token_life;
#[path = "behaviour/unknown_fields.rs"]
mod unknown_fields;
#[path = "behaviour/watching.rs"]
mod watching;
