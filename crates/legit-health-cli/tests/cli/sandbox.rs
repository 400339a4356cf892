//! `legit-health sandbox`: where it serves, and what it says when it cannot.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use serde_json::Value;

use crate::{program, run, stderr, stdout};

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
