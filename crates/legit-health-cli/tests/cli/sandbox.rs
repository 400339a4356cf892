//! `legit-health sandbox`: where and as whom it serves, what it logs, and what it says when it cannot.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

use crate::{path, program, run, stderr, stdout};

/// Starts it with these arguments, and returns its greeting.
fn greeting(arguments: &[&str]) -> Value {
    let mut command = program();
    command.args(["sandbox", "--json"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    serde_json::from_str(&line).unwrap()
}

#[test]
fn a_seed_gives_the_same_account_in_every_run() {
    let account = |arguments: &[&str]| {
        let greeting = greeting(arguments);
        (greeting["username"].clone(), greeting["password"].clone())
    };
    assert_eq!(account(&["--seed", "7", "--token-life", "5"]), account(&["--seed", "7"]));
    assert_ne!(account(&["--seed", "7"]), account(&["--seed", "8"]));
    assert_ne!(account(&[]), account(&[]));
}

#[test]
fn an_address_that_others_reach_must_be_allowed() {
    let output = run(&["sandbox", "--address", "0.0.0.0"]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
    let said = stderr(&output);
    assert!(said.contains("other machines reach 0.0.0.0: add --allow-non-loopback if they may"), "{said}");
    let greeting = greeting(&["--address", "0.0.0.0", "--allow-non-loopback", "--allow-host", "sandbox"]);
    assert!(greeting["baseUrl"].as_str().unwrap().starts_with("http://0.0.0.0:"), "{greeting}");
}

#[test]
fn a_port_in_use_is_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = run(&["sandbox", "--port", &port.to_string()]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""));
    let said = stderr(&output);
    assert!(
        said.contains(&format!("cannot listen on 127.0.0.1:{port}: the port is in use; use another one")),
        "{said}"
    );
}

/// A sandbox that is stopped when the test ends.
struct Running {
    child: Child,
    greeting: Vec<String>,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    fn start(configure: impl FnOnce(&mut Command)) -> Self {
        let mut command = program();
        command.arg("sandbox").stdout(Stdio::piped()).stderr(Stdio::piped());
        configure(&mut command);
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(4);
        let greeting = lines.map(Result::unwrap).collect();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, greeting, stderr }
    }

    fn url(&self) -> &str {
        self.greeting[0].strip_prefix("listening on ").unwrap()
    }

    /// Reads what it says until a line has this in it, and returns that line.
    fn line_with(&mut self, part: &str) -> String {
        let mut lines = (&mut self.stderr).lines().map(Result::unwrap);
        lines.find(|line| line.contains(part)).expect(part)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn https_with_an_account_of_its_own_is_trusted_by_the_file_that_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let [certificate, password] = ["ca.pem", "password"].map(|name| path(folder.path(), name));
    fs::write(&password, "\u{FEFF}a pass word\nand a second line\n").unwrap();
    let own = ["--https", &certificate, "--username", "clinic@example.org", "--password-file", &password];
    let mut sandbox = Running::start(|command| {
        command.args(own);
    });
    assert!(sandbox.url().starts_with("https://127.0.0.1:"), "{:?}", sandbox.greeting);
    assert_eq!(sandbox.greeting[1..3], ["username: clinic@example.org", "password: (as given)"]);
    assert!(sandbox.line_with("to be trusted").ends_with("ca.pem"));

    let device = |trusted: bool| {
        let mut command = program();
        command.args(["--json", "device"]).env("LEGIT_HEALTH_URL", sandbox.url());
        command
            .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
            .env("LEGIT_HEALTH_PASSWORD", "a pass word");
        if trusted {
            command.env("LEGIT_HEALTH_CA_FILE", &certificate);
        }
        command.output().unwrap()
    };
    assert_eq!(device(false).status.code(), Some(8), "{}", stderr(&device(false)));
    assert_eq!(device(true).status.code(), Some(0), "{}", stderr(&device(true)));
    let logged = sandbox.line_with("device-information");
    assert!(
        logged.contains(" 200 GET /v2.0/device-information, ") && !logged.contains("pass word"),
        "{logged}"
    );

    drop(sandbox);
    // The certificate of an earlier start is replaced, another file is not.
    drop(Running::start(|command| {
        command.args(["--https", &certificate]);
    }));
    let output = run(&["sandbox", "--https", &password]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("exists and is no certificate"), "{}", stderr(&output));
    assert!(fs::read_to_string(&password).unwrap().starts_with("\u{FEFF}a pass word"));
}

#[test]
fn the_account_may_come_from_the_environment_and_only_as_a_whole() {
    let account =
        [("LEGIT_HEALTH_SANDBOX_USERNAME", "a@example.org"), ("LEGIT_HEALTH_SANDBOX_PASSWORD", "s3cret")];
    let sandbox = Running::start(|command| {
        command.envs(account);
    });
    assert_eq!(sandbox.greeting[1..3], ["username: a@example.org", "password: (as given)"]);
    // The account of a device is not taken, and so not shown.
    let device = [("LEGIT_HEALTH_USERNAME", "a@example.org"), ("LEGIT_HEALTH_PASSWORD", "s3cret")];
    let sandbox = Running::start(|command| {
        command.envs(device);
    });
    assert_eq!(sandbox.greeting[1], "username: sandbox@example.org");
    assert!(!sandbox.greeting[2].contains("s3cret"));

    for (name, value) in account {
        let output = program().arg("sandbox").env(name, value).output().unwrap();
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
        assert!(stderr(&output).contains("set both, or none"), "{}", stderr(&output));
    }
    assert_eq!(run(&["sandbox", "--username", "a"]).status.code(), Some(2));
}

#[test]
fn requests_are_logged_unless_it_is_quiet() {
    for (arguments, is_logged) in [(&[][..], true), (&["--quiet"], false)] {
        let mut sandbox = Running::start(|command| {
            command.args(arguments);
        });
        let output = program()
            .args(["--json", "sites"])
            .env("LEGIT_HEALTH_URL", sandbox.url())
            .env("LEGIT_HEALTH_USERNAME", "a")
            .env("LEGIT_HEALTH_PASSWORD", "b")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        if is_logged {
            assert!(sandbox.line_with("body-sites").contains(" 200 GET /v2.0/body-sites, "));
        } else {
            sandbox.child.kill().unwrap();
            let mut said = String::new();
            sandbox.stderr.read_to_string(&mut said).unwrap();
            assert_eq!(said, "");
        }
    }
}
