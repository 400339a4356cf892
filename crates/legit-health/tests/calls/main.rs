//! Calls to a scripted device: what is sent, and every member of what comes back.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod catalog;
mod comparison;
mod contract;
mod device;
mod diagnosis_support;
mod documents;
mod global;
mod label;
mod local;
mod manual;
mod members;
mod provenance;
mod refusal;
mod scales;
mod triage;
