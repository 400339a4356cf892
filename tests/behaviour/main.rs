//! Behaviour across crates, by topic.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod blocking;
mod concurrency;
mod diagnosis_support;
mod examples;
mod fuzz;
mod hostile_images;
mod image_files;
mod json_schema;
mod layers;
mod login;
mod low_level;
mod memory;
mod network;
mod new_contract;
mod observability;
mod requests;
mod response_json;
mod response_memory;
mod responses;
mod retries;
mod runtimes;
mod secrets;
mod support;
mod tidy;
mod timeouts;
