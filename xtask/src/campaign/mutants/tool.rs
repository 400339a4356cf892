//! Runs cargo-mutants, and reads what it writes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::level::{Level, Suite};
use super::modules::Module;
use crate::cargo;

pub(super) const VERSION: &str = "27.1.0";

/// What cargo and the tests may take as address space, in KiB: a mutant that allocates without end is stopped at it.
const MEMORY: u32 = 6 << 20;

/// The program cargo-mutants.
#[derive(Debug, Clone)]
pub(super) struct Tool {
    program: PathBuf,
}

/// One change of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mutant {
    /// As cargo-mutants names it: with its place.
    pub(super) name: String,
    /// Without the place, and with a number if others are called alike: `replace < with > in f (2)`.
    pub(super) description: String,
}

/// What came of a mutant at one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Unviable,
    Noticed,
    /// The tests did not end.
    Hung,
    Missed,
}

impl Tool {
    /// Installs cargo-mutants into a folder.
    pub(super) fn install(folder: &Path) -> Result<Self, String> {
        let tool = cargo::Tool {
            package: "cargo-mutants",
            version: VERSION,
            says_version: &["mutants", "--version"],
            install: &[],
        };
        Ok(Self { program: tool.in_folder(folder)? })
    }

    /// Returns the mutants of modules by file, in the order of the file.
    pub(super) fn list(
        &self,
        tree: &Path,
        modules: &[&Module],
    ) -> Result<HashMap<String, Vec<Mutant>>, String> {
        let mut command = Command::new(&self.program);
        command.current_dir(tree).args(["mutants", "--no-config", "--workspace", "--list", "--json"]);
        command.args(modules.iter().flat_map(|module| ["--file", &module.file]));
        let output = command.output().map_err(|error| format!("cargo-mutants does not start: {error}"))?;
        if !output.status.success() {
            return Err(format!("cargo-mutants fails: {}", String::from_utf8_lossy(&output.stderr)));
        }
        listed(&String::from_utf8_lossy(&output.stdout))
    }

    /// Tries mutants of a file with these tests.
    pub(super) fn test(
        &self,
        tree: &Path,
        module: &Module,
        mutants: &[&Mutant],
        suite: &Suite,
        level: Level,
    ) -> Result<HashMap<String, Outcome>, String> {
        let written = tempfile::tempdir().map_err(|error| format!("no folder for results: {error}"))?;
        let mut command = limited(&self.program);
        command.current_dir(tree).envs(environment(tree));
        command.args(["mutants", "--no-config", "--in-place", "--baseline=skip", "--no-times"]);
        command.args(["--timeout", level.timeout(), "--build-timeout", "1800"]);
        command.args(["--package", module.package(), "--file", &module.file, "--output"]).arg(written.path());
        for mutant in mutants {
            command.args(["--re", &exactly(&mutant.name)]);
        }
        match &suite.package {
            Some(package) => command.args(["--all-features", "--test-package", package]),
            None => command.arg("--test-workspace=true"),
        };
        command.args(suite.targets.iter().map(|target| format!("--cargo-arg={target}")));
        command.arg("--").args(libtest_arguments(suite));
        let output = command.output().map_err(|error| format!("cargo-mutants does not start: {error}"))?;
        // 2 and 3: some were missed, or hung.
        if !matches!(output.status.code(), Some(0 | 2 | 3)) {
            return Err(format!("cargo-mutants fails: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let path = written.path().join("mutants.out/outcomes.json");
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("no results of cargo-mutants: {error}"))?;
        let outcomes = outcomes(&text)?;
        match mutants.iter().find(|mutant| !outcomes.contains_key(&mutant.name)) {
            Some(mutant) => Err(format!("cargo-mutants has not tried `{}`", mutant.name)),
            None => Ok(outcomes),
        }
    }

    /// Builds the tests, and runs them without a mutant: they have to pass.
    pub(super) fn check(&self, tree: &Path, suite: &Suite) -> Result<(), String> {
        let mut command = limited(Path::new(&std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())));
        command.current_dir(tree).envs(environment(tree)).args(["test", "--quiet", "--locked"]);
        match &suite.package {
            Some(package) => command.args(["--all-features", "--package", package]),
            None => command.arg("--workspace"),
        };
        command.args(&suite.targets).args(libtest_arguments(suite));
        let output = command.output().map_err(|error| format!("cargo does not start: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Err(format!("the tests fail without any mutant:\n{}", said.concat()))
    }
}

/// The program with a limit of its memory and that of what it starts, where the shell has such a limit.
fn limited(program: &Path) -> Command {
    if cfg!(not(target_os = "linux")) {
        return Command::new(program);
    }
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -v {MEMORY} && exec \"$0\" \"$@\"")).arg(program);
    command
}

/// A build of its own, without debugging information, that reuses what a mutant does not change.
fn environment(tree: &Path) -> [(&'static str, PathBuf); 3] {
    [
        ("CARGO_TARGET_DIR", tree.join("target")),
        ("CARGO_INCREMENTAL", "1".into()),
        ("CARGO_PROFILE_DEV_DEBUG", "0".into()),
    ]
}

fn libtest_arguments(suite: &Suite) -> Vec<&'static str> {
    let skipped = suite.skipped.iter().flat_map(|name| ["--skip", name]);
    std::iter::once("--").chain(suite.only.iter().copied()).chain(skipped).collect()
}

/// A regular expression that matches this text alone.
fn exactly(text: &str) -> String {
    let mut expression = String::from("^");
    for character in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(character) {
            expression.push('\\');
        }
        expression.push(character);
    }
    expression + "$"
}

/// Reads a list of mutants.
fn listed(text: &str) -> Result<HashMap<String, Vec<Mutant>>, String> {
    let list: Vec<Value> = serde_json::from_str(text)
        .map_err(|error| format!("the list of cargo-mutants is not JSON: {error}"))?;
    let mut files: HashMap<String, Vec<Mutant>> = HashMap::new();
    for mutant in &list {
        let (Some(file), Some(name)) = (mutant["file"].as_str(), mutant["name"].as_str()) else {
            return Err("the list of cargo-mutants has an entry without a file or a name".into());
        };
        let others = files.entry(file.to_owned()).or_default();
        others.push(Mutant { name: name.to_owned(), description: description(name, others) });
    }
    Ok(files)
}

/// `a/b.rs:1:2: replace …` without the place, and with a number from the second on that is called alike.
fn description(name: &str, others: &[Mutant]) -> String {
    let without_place = |name: &str| name.split_once(": ").map_or(name, |(_, rest)| rest).to_owned();
    let description = without_place(name);
    match others.iter().filter(|other| without_place(&other.name) == description).count() {
        0 => description,
        count => format!("{description} ({})", count + 1),
    }
}

/// Reads `outcomes.json`: the outcome of each mutant by its name.
fn outcomes(text: &str) -> Result<HashMap<String, Outcome>, String> {
    let written: Value = serde_json::from_str(text)
        .map_err(|error| format!("the results of cargo-mutants are not JSON: {error}"))?;
    let list = written["outcomes"].as_array().ok_or("the results of cargo-mutants have no `outcomes`")?;
    let read = |entry: &Value| {
        let name = entry["scenario"]["Mutant"]["name"].as_str().ok_or("a result without a mutant")?;
        let outcome = match entry["summary"].as_str().unwrap_or_default() {
            "CaughtMutant" => Outcome::Noticed,
            "MissedMutant" => Outcome::Missed,
            "Timeout" => Outcome::Hung,
            "Unviable" => Outcome::Unviable,
            other => return Err(format!("cargo-mutants says `{other}` of `{name}`")),
        };
        Ok((name.to_owned(), outcome))
    };
    list.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutants_that_are_called_alike_are_numbered_in_each_file() {
        let names =
            ["a.rs:1:2: replace < with > in f", "a.rs:3:4: delete !", "a.rs:5:6: replace < with > in f"];
        let entry = |name: &str| format!(r#"{{"file":"{}","name":"{name}"}}"#, &name[..4]);
        let list = [&names[..], &["b.rs:1:2: delete !"]].concat();
        let text = format!("[{}]", list.into_iter().map(entry).collect::<Vec<_>>().join(","));
        let files = listed(&text).unwrap();
        let descriptions: Vec<&str> = files["a.rs"].iter().map(|mutant| &*mutant.description).collect();
        assert_eq!(descriptions, ["replace < with > in f", "delete !", "replace < with > in f (2)"]);
        assert_eq!(files["a.rs"][2].name, names[2]);
        assert_eq!(files["b.rs"][0].description, "delete !");
        listed(r#"[{"name":"a"}]"#).unwrap_err();
    }

    #[test]
    fn results_are_read() {
        let entry = |name: &str, summary: &str| {
            format!(
                r#"{{"scenario":{{"Mutant":{{"name":"{name}"}}}},"summary":"{summary}","phase_results":[]}}"#
            )
        };
        let written = |entries: &[String]| format!(r#"{{"outcomes":[{}]}}"#, entries.join(","));
        let read = outcomes(&written(&[
            entry("a", "CaughtMutant"),
            entry("b", "MissedMutant"),
            entry("c", "Timeout"),
            entry("d", "Unviable"),
        ]));
        let expected =
            [("a", Outcome::Noticed), ("b", Outcome::Missed), ("c", Outcome::Hung), ("d", Outcome::Unviable)];
        assert_eq!(read, Ok(expected.map(|(name, outcome)| (name.to_owned(), outcome)).into()));
        let error = outcomes(&written(&[entry("a", "Failure")])).unwrap_err();
        assert_eq!(error, "cargo-mutants says `Failure` of `a`");
        outcomes("{}").unwrap_err();
    }

    #[test]
    fn a_name_is_matched_as_it_is() {
        assert_eq!(
            exactly("a.rs:1:2: f -> Option<u8> with <T>::g(&x)"),
            r"^a\.rs:1:2: f \-> Option<u8> with <T>::g\(\&x\)$"
        );
    }

    #[test]
    fn tests_are_chosen_after_two_dashes() {
        let suite = Suite { package: None, targets: Vec::new(), only: vec!["a"], skipped: vec!["b", "c"] };
        assert_eq!(libtest_arguments(&suite), ["--", "a", "--skip", "b", "--skip", "c"]);
    }
}
