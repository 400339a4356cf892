//! A home directory and a sandbox of a test's own, and what a person sees of a command there.

use super::{program, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A home directory of its own, and a program that uses it.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn program(&self) -> Command {
        let mut command = program();
        command.env("HOME", self.path()).env_remove("LEGIT_HEALTH_NO_TOKEN_CACHE").stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.program().args(arguments).output().unwrap()
    }

    pub(crate) fn run_with_stdin(&self, arguments: &[&str], text: &str) -> Output {
        let mut command = self.program();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may not read it.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub(crate) fn log_in(&self, sandbox: &Served, profile: &str) {
        let output = self.run_with_stdin(
            &[
                "login",
                "--profile",
                profile,
                "--url",
                &sandbox.url,
                "--username",
                &sandbox.username,
                "--password-stdin",
            ],
            &format!("{}\n", sandbox.password),
        );
        assert!(output.status.success(), "{}", stderr(&output));
    }

    pub(crate) fn profile(&self, name: &str) -> PathBuf {
        self.path().join(format!(".config/legit-health/profiles/{name}.json"))
    }

    /// The file of the only token.
    pub(crate) fn token(&self) -> PathBuf {
        let tokens = files(&self.path().join(".cache")).into_iter();
        let tokens: Vec<_> = tokens.filter(|path| path.extension().unwrap() == "json").collect();
        assert_eq!(tokens.len(), 1, "{tokens:?}");
        tokens[0].clone()
    }
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A sandbox in a process of its own.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Served {
    pub(crate) fn start() -> Self {
        let mut command = program();
        command.args(["sandbox", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut value =
            |name: &str| lines.next().unwrap().unwrap().strip_prefix(name).expect(name).to_owned();
        let (url, username, password) = (value("listening on "), value("username: "), value("password: "));
        // Until it has written all of it, it would end with its output.
        value("catalogue on ");
        Self { child, url, username, password }
    }

    pub(crate) fn control(&self, method: &str, path: &str, body: &str) -> Value {
        let host = self.url.strip_prefix("http://").unwrap().strip_suffix("/v2.0").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} /_sandbox/{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{response}");
        serde_json::from_str(body).unwrap_or(Value::Null)
    }

    pub(crate) fn logins(&self) -> usize {
        let ledger = self.control("GET", "ledger", "");
        usize::try_from(ledger["total"]["loginsAccepted"].as_u64().unwrap()).unwrap()
    }

    /// Asks it to end, and returns the status with which it did.
    pub(crate) fn end(mut self) -> Option<i32> {
        terminate(&self.child);
        self.child.wait().unwrap().code()
    }

    /// The environment of this account.
    pub(crate) fn environment<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("LEGIT_HEALTH_URL", &self.url)
            .env("LEGIT_HEALTH_USERNAME", &self.username)
            .env("LEGIT_HEALTH_PASSWORD", &self.password)
    }
}

/// Sends SIGTERM.
pub(crate) fn terminate(child: &Child) {
    let id = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Replaces what differs from run to run.
pub(crate) fn masked(text: &str, sandbox: &Served, home: &Home) -> String {
    let text = text
        .replace(&sandbox.url, "http://127.0.0.1:PORT/v2.0")
        .replace(home.path().to_str().unwrap(), "HOME");
    let text = mask(&text, "dddd-dd-dd dd:dd", "YYYY-MM-DD hh:mm");
    let text = mask(&text, "dddd-dd-ddTdd:dd:ddZ", "YYYY-MM-DDThh:mm:ssZ");
    let text = mask(&text, "in dd min", "in NN min");
    let text = mask(&text, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", "REQUEST-ID");
    mask(&mask(&mask(&text, "(d ms)", "(N ms)"), "(dd ms)", "(N ms)"), "(ddd ms)", "(N ms)")
}

/// Replaces what fits a pattern in which `d` is a digit and `h` a hexadecimal one.
fn mask(text: &str, pattern: &str, replacement: &str) -> String {
    let fits = |rest: &str| {
        rest.len() >= pattern.len()
            && rest.bytes().zip(pattern.bytes()).all(|(byte, expected)| match expected {
                b'd' => byte.is_ascii_digit(),
                b'h' => byte.is_ascii_hexdigit(),
                expected => byte == expected,
            })
    };
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if fits(rest) {
            masked += replacement;
            rest = &rest[pattern.len()..];
        } else {
            masked.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    masked
}

/// What a person sees of a command.
pub(crate) fn transcript(arguments: &[&str], output: &Output, sandbox: &Served, home: &Home) -> String {
    let text = format!(
        "$ legit-health {}\n{}{}[{}]\n\n",
        arguments.join(" "),
        stdout(output),
        stderr(output),
        output.status.code().unwrap()
    );
    masked(&text, sandbox, home)
}
