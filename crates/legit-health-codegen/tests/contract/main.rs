//! The pipeline on the real contract: its results, the effect of changes, and the refusal of faulty documents.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

mod changes;
mod effects;
mod first_contact;
mod foreign;
mod malformed_input;
mod names;
mod other_module;
mod own_changes;
mod refusals;
mod snapshots;
mod stale;
mod summary;
mod update;

use std::path::Path;
use std::sync::LazyLock;

use legit_health_codegen::{Built, CATALOG, Contract, DEVICE, Generated, Tools, generate, outline};
use summary::summary;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Generating takes a second, so the tests share what is always the same.
static OURS: LazyLock<Built> = LazyLock::new(|| Built::of(Contract::read(root()).unwrap()));
static TOOLS: LazyLock<Tools> = LazyLock::new(|| Tools::of_checkout(root()).unwrap());

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// What is generated from the contract without a change.
fn unchanged() -> &'static Generated {
    OURS.generated().unwrap_or_else(|error| panic!("{error}"))
}

/// Generates from the contract with passages of the device document replaced, each of which occurs once.
fn with_device(edits: &[(&str, &str)]) -> legit_health_codegen::Result<Generated> {
    generate(&Contract::parse(&edited(DEVICE, edits), &text(CATALOG))?)
}

/// Generates from the contract with passages of the catalogue document replaced.
fn with_catalog(edits: &[(&str, &str)]) -> legit_health_codegen::Result<Generated> {
    generate(&Contract::parse(&text(DEVICE), &edited(CATALOG, edits))?)
}

fn edited(file: &str, edits: &[(&str, &str)]) -> String {
    let mut text = text(file);
    for (passage, replacement) in edits {
        assert_eq!(
            text.matches(passage).count(),
            1,
            "this does not occur exactly once in {file}:\n{passage}"
        );
        text = text.replace(passage, replacement);
    }
    text
}

/// The texts of the snapshots.
fn texts(generated: &Generated) -> String {
    let outlined = |text: &str| outline("generated.rs", text).unwrap();
    [
        summary(&generated.lowered_device),
        summary(&generated.lowered_catalog),
        outlined(&generated.device),
        outlined(&generated.catalog),
        outlined(&generated.codes),
        outlined(&generated.scales),
    ]
    .concat()
}

/// The lines that only one of the texts has, with `-` and `+`, repetitions counted.
fn changed(before: &str, after: &str) -> Vec<String> {
    let only_in = |text: &str, other: &str, sign: char| {
        let mut other: Vec<String> = other.lines().map(str::to_owned).collect();
        let mut only = Vec::new();
        for line in text.lines() {
            match other.iter().position(|found| found == line) {
                Some(at) => drop(other.swap_remove(at)),
                None => only.push(format!("{sign}{line}")),
            }
        }
        only
    };
    [only_in(before, after, '-'), only_in(after, before, '+')].concat()
}
