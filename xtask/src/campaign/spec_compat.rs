//! Every rehearsed change of the contract, compiled.

mod copy;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use legit_health_codegen::{
    Built, CATALOG, Contract, DEVICE, Document, Node, Tools, Verdict, compare, outputs, write,
};

use super::{cargo, write_figures};
use copy::Copy;
use table::{Outcome, Refused, Row};

/// The changes, which the tests of the generator go through without compiling.
const REHEARSALS: &str = "crates/legit-health-codegen/tests/spec_compat.yaml";
const FIGURES: &str = "docs/spec-compat.md";

pub(super) fn run(root: &Path) -> Result<ExitCode, String> {
    let started = Instant::now();
    let copy = Copy::of(root)?;
    // Beside the other things that are built, so that a second run is quick.
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let target = target.join("spec-compat");
    let old = Built::of(Contract::read(root).map_err(|error| error.to_string())?);
    let list = Document::read(root, REHEARSALS).map_err(|error| error.to_string())?;
    run_cargo(&copy.root, &target, CHECK)
        .map_err(|said| format!("legit-health does not compile as it stands: {}", first_error(&said)))?;
    let mut rows = Vec::new();
    for rehearsal in list.root().list("changes") {
        let row = rehearse(root, rehearsal, &old, &copy, &target)?;
        println!("{}", row.line());
        rows.push(row);
    }
    write_figures(root, FIGURES, &table::render(&rows, started.elapsed()))?;
    let good = rows.iter().all(Row::is_as_expected);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rehearse(root: &Path, rehearsal: &Node, old: &Built, copy: &Copy, target: &Path) -> Result<Row, String> {
    let name = rehearsal.text("name").ok_or("a rehearsal without a name")?;
    let expected = rehearsal.text("verdict").and_then(Verdict::named);
    let expected = expected.ok_or_else(|| format!("{name} expects no verdict"))?;
    let in_catalog = rehearsal.says("document", "catalog");
    let text = |file: &str, changed: bool| -> Result<String, String> {
        let mut text =
            std::fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
        for edit in rehearsal.list("edits").iter().filter(|_| changed) {
            let (passage, with) =
                (edit.text("replace").unwrap_or_default(), edit.text("with").unwrap_or_default());
            if text.matches(passage).count() != 1 {
                return Err(format!("{name}: this does not stand once in {file}: {passage}"));
            }
            text = text.replace(passage, with);
        }
        Ok(text)
    };
    let contract = Contract::parse(&text(DEVICE, !in_catalog)?, &text(CATALOG, in_catalog)?);
    let new = Built::of(contract.map_err(|error| error.to_string())?);
    let diff = compare(old, &new);
    let generated = new.generated().map_err(ToString::to_string)?.clone();
    let tools = Tools::of_checkout(root).map_err(|error| error.to_string())?;
    write(&copy.root, &outputs(new.contract(), generated, &tools)).map_err(|error| error.to_string())?;
    let started = Instant::now();
    let outcome = match (run_cargo(&copy.root, target, CHECK), diff.verdict) {
        (Err(said), _) => Outcome::DoesNotCompile(first_error(&said)),
        (Ok(()), Verdict::Major) => Outcome::Compiles,
        (Ok(()), _) => match run_cargo(&copy.root, target, TEST) {
            Ok(()) => Outcome::Passes,
            Err(said) => Outcome::Fails(failed_tests(&said)),
        },
    };
    Ok(Row {
        name: name.to_owned(),
        expected,
        found: diff.verdict,
        breaks_source: diff.changes.iter().any(|change| change.breaks_source()),
        refused: rehearsal.get("refused").map(|refused| Refused {
            tests: refused.texts("tests").map(str::to_owned).collect(),
            because: refused.text("because").unwrap_or_default().to_owned(),
        }),
        outcome,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Compiles the hand-written crates and their examples.
const CHECK: &[&str] =
    &["check", "--examples", "--lib", "--bins", "-p", "legit-health", "-p", "legit-health-cli"];
/// Runs the tests of the crate that people add. The other crates hold snapshots of the contract, which have changed.
const TEST: &[&str] = &["test", "--no-fail-fast", "--lib", "--tests", "-p", "legit-health"];

/// What it says if it fails.
fn run_cargo(root: &Path, target: &Path, words: &[&str]) -> Result<(), String> {
    let mut command = cargo(root);
    command
        .args(words)
        .args(["--quiet", "--locked", "--offline", "--message-format", "short", "--target-dir"])
        .arg(target);
    let output = command.output().map_err(|error| format!("cargo cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn first_error(said: &str) -> String {
    let first = said.lines().find(|line| line.contains(": error")).or_else(|| said.lines().next());
    first.unwrap_or("without a word").to_owned()
}

/// Those that cargo lists in the end; what stops it before is listed as it is.
fn failed_tests(said: &str) -> Vec<String> {
    let (_, list) = said.rsplit_once(" failed:\n").unwrap_or_default();
    let failed: Vec<String> = list
        .lines()
        .map_while(|line| line.trim().strip_prefix('`')?.strip_suffix('`'))
        .map(str::to_owned)
        .collect();
    if failed.is_empty() { vec![first_error(said)] } else { failed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_that_fail_are_those_that_cargo_lists() {
        let said = "error: test failed, to rerun pass `-p a --lib`\nerror: 2 targets failed:\n    `-p a --lib`\n    `-p a --test b`\n";
        assert_eq!(failed_tests(said), ["-p a --lib", "-p a --test b"]);
        assert_eq!(failed_tests("x\na.rs:1:2: error[E0063]: missing\n"), ["a.rs:1:2: error[E0063]: missing"]);
    }
}
