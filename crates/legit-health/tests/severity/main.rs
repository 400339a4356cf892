//! Severity assessment, against a device that does what a test tells it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod catalog;
mod device;
mod documents;
mod global;
mod local;
mod manual;
mod scales;
