//! The clients that are compared, and how each is run.

use super::trust::Trusted;
use crate::Failure;
use crate::client::Load;
use crate::cost::Cost;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

pub(super) const OURS_FILE: &str = "legit-health, from file";
pub(super) const OURS_MEMORY: &str = "legit-health, from memory";
pub(super) const OURS_MULTI: &str = "legit-health, from file, all cores";
pub(super) const CEILING_FILE: &str = "by hand, from file";
pub(super) const CEILING_MEMORY: &str = "by hand, from memory";
pub(super) const NAIVE: &str = "reqwest + serde_json";
pub(super) const REQUESTS: &str = "Python requests";
pub(super) const HTTPX: &str = "Python httpx";
pub(super) const FETCH: &str = "Node fetch";

/// How a client is run.
struct Entry {
    name: &'static str,
    program: Program,
    arguments: &'static [&'static str],
    removes_metadata: bool,
}

#[derive(Clone, Copy)]
enum Program {
    Itself,
    /// The interpreter prints the version of the client when it runs this.
    Python(&'static str),
    Node(&'static str),
}

const CLIENTS: [Entry; 9] = [
    Entry::new(
        REQUESTS,
        Program::Python(
            "import sys, requests as r; print(*sys.version.split()[:1], 'requests', r.__version__)",
        ),
        &["client.py", "requests"],
    ),
    Entry::new(
        HTTPX,
        Program::Python("import sys, httpx as h; print(*sys.version.split()[:1], 'httpx', h.__version__)"),
        &["client.py", "httpx"],
    ),
    Entry::new(FETCH, Program::Node("console.log(fetch && process.version)"), &["client.mjs"]),
    Entry::new(NAIVE, Program::Itself, &["naive"]),
    Entry::new(OURS_FILE, Program::Itself, &["ours"]).without_metadata(),
    Entry::new(OURS_MEMORY, Program::Itself, &["ours", "--memory"]).without_metadata(),
    Entry::new(OURS_MULTI, Program::Itself, &["ours", "--all-cores"]).without_metadata(),
    Entry::new(CEILING_FILE, Program::Itself, &["ceiling"]).without_metadata(),
    Entry::new(CEILING_MEMORY, Program::Itself, &["ceiling", "--memory"]).without_metadata(),
];

impl Entry {
    const fn new(name: &'static str, program: Program, arguments: &'static [&'static str]) -> Self {
        Self { name, program, arguments, removes_metadata: false }
    }

    const fn without_metadata(self) -> Self {
        Self { removes_metadata: true, ..self }
    }
}

/// A program that sends requests and prints their cost.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) removes_metadata: bool,
    command: Vec<OsString>,
    trusted: Trusted,
}

/// The clients that are installed.
pub(super) struct Clients {
    found: Vec<Client>,
    pub(super) versions: Vec<String>,
    /// What is not installed, a sentence each.
    pub(super) skipped: Vec<String>,
}

impl Clients {
    pub(super) fn find(peers: &Path, python: &OsStr, trusted: &Trusted) -> Result<Self, Failure> {
        let this = std::env::current_exe()?;
        let versions = Vec::from_iter(first_line(Command::new("rustc").arg("--version")));
        let mut clients = Self { found: Vec::new(), versions, skipped: Vec::new() };
        for Entry { name, program, arguments, removes_metadata } in CLIENTS {
            let (program, version) = match program {
                Program::Itself => (this.as_os_str(), None),
                Program::Python(version) => (python, Some(("Python", "-c", version))),
                Program::Node(version) => (OsStr::new("node"), Some(("Node", "-e", version))),
            };
            let mut command: Vec<OsString> = vec![program.into()];
            if let Some((language, option, script)) = version {
                let Some(version) = first_line(Command::new(program).args([option, script])) else {
                    clients.skipped.push(format!("{name} (not installed for `{}`)", program.display()));
                    continue;
                };
                clients.versions.push(format!("{language} {version}"));
                command.push(peers.join(arguments[0]).into());
                command.extend(arguments[1..].iter().map(OsString::from));
            } else {
                command.push("client".into());
                command.extend(arguments.iter().map(OsString::from));
            }
            clients.found.push(Client { name, removes_metadata, command, trusted: trusted.clone() });
        }
        Ok(clients)
    }

    pub(super) fn all(&self) -> &[Client] {
        &self.found
    }

    /// Returns those of these clients that are installed.
    pub(super) fn named(&self, names: &[&str]) -> Vec<&Client> {
        names.iter().filter_map(|name| self.found.iter().find(|client| client.name == *name)).collect()
    }
}

impl Client {
    pub(super) fn run(&self, load: &Load) -> Result<Cost, Failure> {
        let stdout = self.run_under(&[], load)?;
        let cost = stdout.lines().last().and_then(|line| serde_json::from_str(line).ok());
        cost.filter(|cost: &Cost| cost.requests > 0)
            .ok_or_else(|| format!("{} prints no cost", self.name).into())
    }

    /// Runs the client as the last arguments of another command, and returns its stdout.
    pub(super) fn run_under(&self, tool: &[OsString], load: &Load) -> Result<String, Failure> {
        let words = [tool, &self.command, &[serde_json::to_string(load)?.into()]].concat();
        output(self.name, self.trusted.by(Command::new(&words[0]).args(&words[1..])))
    }
}

/// Runs a program without a proxy, and returns its stdout.
pub(super) fn output(name: &str, command: &mut Command) -> Result<String, Failure> {
    for variable in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(variable);
    }
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{name} does not start: {error}"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} failed: {}", stderr.lines().last().unwrap_or("no message")).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Returns the first line that a program prints, or nothing if it is missing or fails.
pub(super) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(|line| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_interpreters_are_skipped_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let (_, trusted) = Trusted::issue(folder.path()).unwrap();
        let clients = Clients::find(Path::new("peers"), OsStr::new("no-such-python"), &trusted).unwrap();
        assert!(clients.named(&[REQUESTS, HTTPX]).is_empty());
        assert!(
            clients.skipped[0].starts_with("Python requests (not installed for `no-such-python`)"),
            "{:?}",
            clients.skipped
        );
        let names: Vec<_> =
            clients.named(&[OURS_FILE, REQUESTS, NAIVE]).iter().map(|client| client.name).collect();
        assert_eq!(names, [OURS_FILE, NAIVE]);
    }

    #[test]
    fn the_programs_in_other_languages_exist() {
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        for file in ["client.py", "client.mjs", "one_request.py"] {
            assert!(peers.join(file).is_file(), "{file}");
        }
    }
}
