//! Severity assessment, with a scripted device.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod catalog;
mod device;
mod documents;
mod global;
mod local;
mod manual;
mod scales;
