//! Builds our programs, and looks which of the others are installed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::client::{Client, Sends};
use super::report::first_line;

const PEERS: &str = "tests/bench/peers";

pub(super) struct Programs {
    pub(super) sink: PathBuf,
    pub(super) material: PathBuf,
    pub(super) walk: PathBuf,
    /// The command line.
    pub(super) cli: PathBuf,
    /// A whole program of Python for one request; nothing if there is no requests.
    pub(super) one_request: Option<Vec<OsString>>,
    ours: PathBuf,
    ceiling: PathBuf,
    naive: PathBuf,
    others: Vec<Client>,
    /// Of what takes part.
    pub(super) versions: Vec<String>,
    /// What is not installed, and what that means.
    pub(super) skipped: Vec<String>,
}

/// The names under which clients are listed.
pub(super) const OURS_FILE: &str = "legit-health, from file";
pub(super) const OURS_MEMORY: &str = "legit-health, from memory";
pub(super) const OURS_MULTI: &str = "legit-health, from file, all cores";
pub(super) const CEILING_FILE: &str = "by hand, from file";
pub(super) const CEILING_MEMORY: &str = "by hand, from memory";
pub(super) const NAIVE: &str = "reqwest + serde_json";
pub(super) const REQUESTS: &str = "Python requests";
pub(super) const HTTPX: &str = "Python httpx";
pub(super) const FETCH: &str = "Node fetch";

impl Programs {
    pub(super) fn ready(root: &Path, python: &str) -> Result<Self, String> {
        let built = build(root)?;
        let ours = |name: &str| {
            let program = built.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
            program.cloned().ok_or_else(|| format!("cargo has not built {name}"))
        };
        let mut programs = Self {
            sink: ours("bench-sink")?,
            material: ours("bench-material")?,
            walk: ours("bench-walk")?,
            cli: ours("legit-health")?,
            one_request: None,
            ours: ours("bench-ours")?,
            ceiling: ours("bench-ceiling")?,
            naive: ours("bench-naive")?,
            others: Vec::new(),
            versions: Vec::new(),
            skipped: Vec::new(),
        };
        programs.versions.extend(first_line(Command::new("rustc").arg("--version")));
        programs.look_for_others(&root.join(PEERS), python);
        Ok(programs)
    }

    fn look_for_others(&mut self, peers: &Path, python: &str) {
        for (name, module, file) in
            [(REQUESTS, "requests", "with_requests.py"), (HTTPX, "httpx", "with_httpx.py")]
        {
            let question = format!(
                "import sys, {module}; print('Python', sys.version.split()[0], '{module}', {module}.__version__)"
            );
            let version = first_line(Command::new(python).args(["-c", &question]));
            self.add(name, version, vec![python.into(), peers.join(file).into()], || {
                format!("{name} (`{python}` has no {module}; `--python` names another)")
            });
            if module == "requests" && self.others.iter().any(|other| other.name == REQUESTS) {
                self.one_request = Some(vec![python.into(), peers.join("one_request.py").into()]);
            }
        }
        let version =
            first_line(Command::new("node").args(["-p", "typeof fetch && 'Node ' + process.version"]));
        self.add(FETCH, version, vec!["node".into(), peers.join("with_fetch.mjs").into()], || {
            format!("{FETCH} (there is no `node`)")
        });
    }

    fn add(
        &mut self,
        name: &'static str,
        version: Option<String>,
        words: Vec<OsString>,
        missing: impl Fn() -> String,
    ) {
        match version {
            Some(version) => {
                self.versions.push(version);
                self.others.push(Client { name, words, sends: Sends::WholeFiles });
            }
            None => self.skipped.push(missing()),
        }
    }

    /// The clients of other languages that are installed, and the naive one.
    pub(super) fn others(&self) -> Vec<Client> {
        let naive = Client { name: NAIVE, words: vec![self.naive.clone().into()], sends: Sends::WholeFiles };
        self.others.iter().cloned().chain([naive]).collect()
    }

    /// The client of this workspace, and the one by hand, by the name they are listed under.
    pub(super) fn own(&self, name: &'static str) -> Client {
        let (program, words): (_, &[&str]) = match name {
            OURS_MEMORY => (&self.ours, &["--source", "memory"]),
            OURS_MULTI => (&self.ours, &["--source", "file", "--runtime", "multi"]),
            CEILING_FILE => (&self.ceiling, &["--source", "file"]),
            CEILING_MEMORY => (&self.ceiling, &["--source", "memory"]),
            _ => (&self.ours, &["--source", "file"]),
        };
        let words = std::iter::once(program.into()).chain(words.iter().map(OsString::from)).collect();
        Client { name, words, sends: Sends::CleanImages }
    }
}

/// The programs that cargo has built.
fn build(root: &Path) -> Result<Vec<PathBuf>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--locked", "--bins", "--message-format", "json-render-diagnostics"])
        .args(["-p", "legit-health-bench", "-p", "legit-health-cli"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if !output.status.success() {
        return Err("the programs to measure do not build.".into());
    }
    Ok(executables(&String::from_utf8_lossy(&output.stdout)))
}

fn executables(messages: &str) -> Vec<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_where_programs_are() {
        let messages = "{\"reason\":\"compiler-artifact\",\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"/t/release/bench-sink\"}\n\
                        {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(executables(messages), [PathBuf::from("/t/release/bench-sink")]);
    }

    #[test]
    fn the_programs_of_others_are_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PEERS);
        for file in ["common.py", "with_requests.py", "with_httpx.py", "one_request.py", "with_fetch.mjs"] {
            assert!(root.join(file).is_file(), "{file}");
        }
    }
}
