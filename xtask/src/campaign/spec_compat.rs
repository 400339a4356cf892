//! `cargo xtask campaign spec-compat`: applies changes to the contract, and compiles our own code with what is generated.

mod page;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use legit_health_codegen::{
    Built, CATALOG, Contract, DEVICE, Diff, Document, Node, Output, SpecKind, Tools, Verdict, compare,
    outputs, update, write,
};
use tempfile::TempDir;

use super::copy::copy;
use super::write_page;
use crate::cargo::cargo;
use crate::{Outcome, exit_code};
use page::{ExpectedFailure, Row, Trial};

/// The changes. The tests of the generator apply them too, without compiling.
const CHANGES: &str = "crates/legit-health-codegen/tests/spec_compat.yaml";
/// A document of another team with the same wire, and changes of it as patches.
const VENDOR: &str = "crates/legit-health-codegen/tests/contract/vendor/fastapi.json";
const VENDOR_CHANGES: &str = "crates/legit-health-codegen/tests/contract/vendor/changes.yaml";
/// The patch of a change, in the copy.
const FIXUP: &str = "openapi/fixups/change.yaml";
const PAGE: &str = "docs/maintainers/spec-compat.md";

/// Compiles the hand-written crates and their examples.
const CHECK: &[&str] =
    &["check", "--examples", "--lib", "--bins", "-p", "legit-health", "-p", "legit-health-cli"];
/// Runs the tests of `legit-health`. The other crates have snapshots of the contract, which differ by intention.
const TEST: &[&str] = &["test", "--no-fail-fast", "--lib", "--tests", "-p", "legit-health"];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What every change is tried with.
struct Workspace<'a> {
    root: &'a Path,
    /// A copy whose generated files are replaced.
    copy: TempDir,
    target: PathBuf,
    old: Built,
}

pub(super) fn run(root: &Path) -> Outcome {
    let started = Instant::now();
    // In the target folder, so that a second run compiles less.
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let workspace = Workspace {
        root,
        copy: tempfile::tempdir()?,
        target: target.join("spec-compat"),
        old: Built::of(Contract::read(root)?),
    };
    copy(root, workspace.copy.path())?;
    let list = Document::read(root, CHANGES)?;
    workspace
        .cargo(CHECK)?
        .map_err(|stderr| format!("legit-health does not compile as it is: {}", first_error(&stderr)))?;
    let mut rows = Vec::new();
    for change in list.root().list("changes") {
        let row = workspace.apply(change)?;
        println!("{}", row.line());
        rows.push(row);
    }
    let mut vendor_rows = Vec::new();
    for change in Document::read(root, VENDOR_CHANGES)?.root().list("changes") {
        let row = workspace.take_up(change)?;
        println!("{}", row.line());
        vendor_rows.push(row);
    }
    write_page(root, PAGE, &page::render(&rows, &vendor_rows, started.elapsed()))?;
    Ok(exit_code(rows.iter().chain(&vendor_rows).all(Row::is_as_expected)))
}

impl Workspace<'_> {
    fn apply(&self, change: &Node) -> Result<Row> {
        let is_in_catalog = change.says("document", "catalog");
        let edits = |is_changed: bool| if is_changed { change.list("edits") } else { &[] };
        let device = edited(self.root, DEVICE, edits(!is_in_catalog))?;
        let catalog = edited(self.root, CATALOG, edits(is_in_catalog))?;
        let new = Built::of(Contract::parse(&device, &catalog)?);
        let diff = compare(&self.old, &new);
        let generated = new.generated().map_err(ToString::to_string)?.clone();
        // Tests read the documents.
        let documents = |device: &str, catalog: &str| {
            fs::write(self.copy.path().join(DEVICE), device)?;
            fs::write(self.copy.path().join(CATALOG), catalog)
        };
        documents(&device, &catalog)?;
        let row =
            self.compile(change, &diff, &outputs(new.contract(), generated, &Tools::of_checkout(self.root)?));
        documents(&edited(self.root, DEVICE, &[])?, &edited(self.root, CATALOG, &[])?)?;
        row
    }

    /// Takes up the document of the other team with a change.
    fn take_up(&self, change: &Node) -> Result<Row> {
        let fixup = self.copy.path().join(FIXUP);
        fs::create_dir_all(fixup.parent().unwrap_or(&fixup))?;
        let patch = serde_json::to_string(&change.get("patch"))?;
        fs::write(&fixup, format!("{{document: device, reason: a trial, date: '2026', patch: {patch}}}"))?;
        let bytes = fs::read(self.root.join(VENDOR))?;
        let tools = Tools::of_checkout(self.root)?;
        let done = update(self.copy.path(), SpecKind::Device, (VENDOR, &bytes), "2026-11-26", &tools)?;
        fs::remove_file(&fixup)?;
        let generated: Vec<Output> =
            done.outputs.into_iter().filter(|output| !output.path.starts_with("openapi/")).collect();
        self.compile(change, &done.diff, &generated)
    }

    /// Compiles our own code with what was generated, and runs its tests.
    fn compile(&self, change: &Node, diff: &Diff, generated: &[Output]) -> Result<Row> {
        let name = change.text("name").ok_or("a change without a name")?;
        let expected = change.text("verdict").and_then(Verdict::named);
        write(self.copy.path(), generated)?;
        let started = Instant::now();
        let trial = match self.cargo(CHECK)? {
            Err(stderr) => Trial::DoesNotCompile(first_error(&stderr)),
            Ok(()) if diff.verdict == Verdict::Major => Trial::Compiles,
            Ok(()) => match self.cargo(TEST)? {
                Ok(()) => Trial::Passes,
                Err(stderr) => Trial::Fails(failed_tests(&stderr)),
            },
        };
        Ok(Row {
            name: name.to_owned(),
            expected: expected.ok_or_else(|| format!("the change `{name}` names no verdict"))?,
            found: diff.verdict,
            breaks_source: diff.changes.iter().any(|change| change.breaks_source()),
            expected_failure: change.get("expected_failure").map(|failure| ExpectedFailure {
                tests: failure.texts("tests").map(str::to_owned).collect(),
                because: failure.text("because").unwrap_or_default().to_owned(),
            }),
            trial,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// Runs cargo in the copy; the inner error is its stderr.
    fn cargo(&self, arguments: &[&str]) -> Result<std::result::Result<(), String>> {
        let mut command = cargo(self.copy.path());
        command.args(arguments).args(["--quiet", "--locked", "--offline", "--message-format", "short"]);
        let output = command.arg("--target-dir").arg(&self.target).output();
        let output = output.map_err(|error| format!("cargo does not start: {error}"))?;
        let stderr = || String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(if output.status.success() { Ok(()) } else { Err(stderr()) })
    }
}

/// Reads a document and replaces passages, each of which must occur once.
fn edited(root: &Path, file: &str, edits: &[Node]) -> Result<String> {
    let mut text =
        fs::read_to_string(root.join(file)).map_err(|error| format!("{file} cannot be read: {error}"))?;
    for edit in edits {
        let passage = edit.text("replace").unwrap_or_default();
        if text.matches(passage).count() != 1 {
            return Err(format!("{CHANGES}: this passage must occur once in {file}: {passage}").into());
        }
        text = text.replace(passage, edit.text("with").unwrap_or_default());
    }
    Ok(text)
}

fn first_error(stderr: &str) -> String {
    let first = stderr.lines().find(|line| line.contains(": error")).or_else(|| stderr.lines().next());
    first.unwrap_or("no message").to_owned()
}

/// Returns the test targets that cargo lists in the end, or else the first error.
fn failed_tests(stderr: &str) -> Vec<String> {
    let (_, list) = stderr.rsplit_once(" failed:\n").unwrap_or_default();
    let lines = list.lines().map_while(|line| line.trim().strip_prefix('`')?.strip_suffix('`'));
    let failed: Vec<String> = lines.map(str::to_owned).collect();
    if failed.is_empty() { vec![first_error(stderr)] } else { failed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_those_that_cargo_lists() {
        let stderr = "error: test failed, to rerun pass `-p a --lib`\nerror: 2 targets failed:\n    `-p a --lib`\n    `-p a --test b`\n";
        assert_eq!(failed_tests(stderr), ["-p a --lib", "-p a --test b"]);
        assert_eq!(failed_tests("x\na.rs:1:2: error[E0063]: missing\n"), ["a.rs:1:2: error[E0063]: missing"]);
    }
}
