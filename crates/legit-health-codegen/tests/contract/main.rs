//! The pipeline on the real contract: what comes out, what a change does, and how faults are refused.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

mod damage;
mod elsewhere;
mod refusals;
mod rehearsal;
mod snapshots;
mod stale;

use std::path::Path;

use legit_health_codegen::{CATALOG, Contract, DEVICE, Generated, generate};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// What is generated from the contract as it stands.
fn as_it_stands() -> Generated {
    generate(&Contract::read(root()).unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

/// The contract with passages of the device's document replaced, each of which stands there once.
fn with_device(edits: &[(&str, &str)]) -> legit_health_codegen::Result<Generated> {
    generate(&Contract::parse(&edited(DEVICE, edits), &text(CATALOG))?)
}

/// The contract with passages of the catalogue's document replaced.
fn with_catalog(edits: &[(&str, &str)]) -> legit_health_codegen::Result<Generated> {
    generate(&Contract::parse(&text(DEVICE), &edited(CATALOG, edits))?)
}

fn edited(file: &str, edits: &[(&str, &str)]) -> String {
    let mut text = text(file);
    for (passage, replacement) in edits {
        assert_eq!(text.matches(passage).count(), 1, "this does not stand once in {file}:\n{passage}");
        text = text.replace(passage, replacement);
    }
    text
}
