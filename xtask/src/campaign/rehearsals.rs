//! Every rehearsed change of the contract, compiled.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use legit_health_codegen::{
    Built, CATALOG, Contract, DEVICE, Document, Node, Tools, Verdict, compare, outputs, write,
};

use super::copy::Copy;
use super::table::{self, Row};

/// The changes, which the tests of the generator go through without compiling.
const REHEARSALS: &str = "crates/legit-health-codegen/tests/rehearsals.yaml";
const FIGURES: &str = "docs/rehearsals.md";

pub(super) fn run(root: &Path) -> Result<ExitCode, String> {
    let started = Instant::now();
    let copy = Copy::of(root)?;
    // Beside the other things that are built, so that a second run is quick.
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let target = target.join("rehearsals");
    let old = Built::of(Contract::read(root).map_err(|error| error.to_string())?);
    let list = Document::read(root, REHEARSALS).map_err(|error| error.to_string())?;
    run_cargo(&copy.root, &target, CHECK)
        .map_err(|place| format!("legit-health does not compile as it stands: {place}"))?;
    let mut rows = Vec::new();
    for rehearsal in list.root().list("rehearsals") {
        let row = rehearse(root, rehearsal, &old, &copy, &target)?;
        println!("{}", row.line());
        rows.push(row);
    }
    let text = table::render(&rows, started.elapsed());
    let file = root.join(FIGURES);
    let written =
        file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&file, text));
    written.map_err(|error| format!("{FIGURES} cannot be written: {error}"))?;
    println!("wrote {FIGURES}");
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
    let compiled = run_cargo(&copy.root, target, CHECK);
    let broken = match diff.verdict {
        Verdict::Major => compiled,
        _ => compiled.and_then(|()| run_cargo(&copy.root, target, TEST)),
    };
    let broken = broken.err();
    Ok(Row {
        name: name.to_owned(),
        expected,
        found: diff.verdict,
        breaks_source: diff.changes.iter().any(|change| change.breaks_source()),
        broken,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Compiles the hand-written crates and their examples.
const CHECK: &[&str] =
    &["check", "--examples", "--lib", "--bins", "-p", "legit-health", "-p", "legit-health-cli"];
/// Runs the tests of the crate that people add. The other crates hold snapshots of the contract, which have changed.
const TEST: &[&str] = &["test", "--lib", "--tests", "-p", "legit-health"];

/// Says where it fails first, if it does.
fn run_cargo(root: &Path, target: &Path, words: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(words)
        .args(["--quiet", "--locked", "--offline", "--message-format", "short", "--target-dir"])
        .arg(target)
        .current_dir(root);
    let output = command.output().map_err(|error| format!("cargo cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let first = said.lines().find(|line| line.contains(": error")).or_else(|| said.lines().next());
    Err(first.unwrap_or("without a word").to_owned())
}
