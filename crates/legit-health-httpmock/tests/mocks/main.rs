//! The mock device, as a test of somebody who uses `legit-health` sees it.
#![allow(clippy::unwrap_used, unreachable_pub)] // In a test, that is the assertion.

mod calls;
mod documents;
mod examples;
mod login;
mod scenarios;
mod support;
mod unmatched;
