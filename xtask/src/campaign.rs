//! `cargo xtask campaign`: tests that take too long for every change, and write their results to `docs/`.

mod fuzz;
mod spec_compat;

use std::path::Path;

use crate::Outcome;

#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub(crate) enum Command {
    /// Give a million damaged inputs to each parser; writes docs/fuzz.md
    ///
    /// Runs the property tests of tests/behaviour/fuzz.rs in a release build. Takes about a quarter of an hour.
    Fuzz,
    /// Compile legit-health with changed contracts; writes docs/spec-compat.md
    ///
    /// Applies each change of crates/legit-health-codegen/tests/spec_compat.yaml to the contract, generates from it, and
    /// compiles legit-health with the result. Where the change is compatible, runs the tests, too. Takes minutes.
    SpecCompat,
}

pub(crate) fn run(root: &Path, command: Command) -> Outcome {
    match command {
        Command::Fuzz => fuzz::run(root),
        Command::SpecCompat => spec_compat::run(root),
    }
}

fn write_page(root: &Path, page: &str, text: &str) -> Result<(), String> {
    std::fs::write(root.join(page), text).map_err(|error| format!("{page} cannot be written: {error}"))?;
    println!("wrote {page}");
    Ok(())
}
