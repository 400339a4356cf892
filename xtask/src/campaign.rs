//! `cargo xtask campaign`: tests that take too long for every change, and write their results to `docs/`.

mod batch;
mod copy;
mod fuzz;
mod images;
mod linters;
mod live;
mod measured;
mod mutants;
mod oasdiff;
mod sandbox;
mod schemathesis;
mod spec_compat;

use std::path::Path;

use crate::Outcome;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Run large batches in files and databases, and kill the program 20 times; writes its figures into docs/batch.md
    ///
    /// Runs tests of crates/legit-health-batch with 100,000 cases and a million planned ones, and tests of the command line
    /// with 2,000 photos, all in a release build. Needs PostgreSQL. Takes a quarter of an hour.
    Batch,
    /// Give a million damaged inputs to each parser; writes docs/maintainers/fuzz.md
    ///
    /// Runs the property tests of tests/behaviour/fuzz.rs in a release build. Takes about a quarter of an hour.
    Fuzz,
    /// Send the conformance cases to the device of LEGIT_HEALTH_URL, and say which inferred facts are right
    ///
    /// Sends painted images only, one request every two seconds, and no wrong password of the account. Writes what the device
    /// answered, without the account, tokens and images, and a report into target/live.
    Live,
    /// Slip into the code and see which test notices; writes docs/maintainers/mutants.md
    ///
    /// Makes each small change that cargo-mutants knows, one at a time, in the modules of
    /// xtask/src/campaign/mutants/modules.yaml, and runs the tests. Takes hours. Installs cargo-mutants into target/.
    Mutants(mutants::Options),
    /// Show 1,000 damaged images to the product and to other decoders; writes docs/maintainers/hostile-images.md
    ///
    /// Needs djpeg, dwebp, pngcheck, and Python with Pillow. Takes minutes.
    Images,
    /// Lint our documents and generate other languages from them; writes docs/maintainers/linters.md
    ///
    /// Runs redocly, spectral, openapi-typescript and openapi-python-client, which it installs into target/. Needs npm,
    /// Python and a network. Takes a minute.
    Linters,
    /// Judge pairs of documents beside oasdiff; writes docs/maintainers/oasdiff.md
    ///
    /// Fails on a difference without a reason in xtask/src/campaign/oasdiff/reasons.txt. Takes seconds.
    Oasdiff(oasdiff::Options),
    /// Put the sandbox under load; writes its figures into docs/maintainers/sandbox-load.md
    ///
    /// 200 and 1,000 connections on each endpoint, slow clients beside a good one, and clients that die. Runs a test of
    /// crates/legit-health-sandbox in a release build. Takes minutes.
    Sandbox,
    /// Try the contract on the sandbox with generated requests; writes docs/maintainers/schemathesis.md
    ///
    /// Needs Python and curl. Installs schemathesis into target/. CI runs the same for a minute.
    Schemathesis(schemathesis::Options),
    /// Compile legit-health with changed contracts; writes docs/maintainers/spec-compat.md
    ///
    /// Applies each change of crates/legit-health-codegen/tests/spec_compat.yaml to the contract, generates from it, and
    /// compiles legit-health with the result. Where the change is compatible, runs the tests, too. Takes minutes.
    SpecCompat,
}

pub(crate) fn run(root: &Path, command: Command) -> Outcome {
    match command {
        Command::Batch => batch::run(root),
        Command::Fuzz => fuzz::run(root),
        Command::Linters => linters::run(root),
        Command::Live => live::run(root),
        Command::Mutants(options) => mutants::run(root, &options),
        Command::Images => images::run(root),
        Command::Oasdiff(options) => oasdiff::run(root, &options),
        Command::Sandbox => sandbox::run(root),
        Command::Schemathesis(options) => schemathesis::run(root, &options),
        Command::SpecCompat => spec_compat::run(root),
    }
}

fn write_page(root: &Path, page: &str, text: &str) -> Result<(), String> {
    std::fs::write(root.join(page), text).map_err(|error| format!("{page} cannot be written: {error}"))?;
    println!("wrote {page}");
    Ok(())
}

/// `1,000,000`.
fn in_thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped_in_thousands() {
        let written = [7, 999, 1_000, 12_345, 1_000_000].map(in_thousands);
        assert_eq!(written, ["7", "999", "1,000", "12,345", "1,000,000"]);
    }
}
