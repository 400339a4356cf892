//! What is printed of a response that is not a report: what failed, what to do, and what the server said.

use super::{failure, program, samples, stderr, stdout};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;

/// The head and the body of a response.
type Response = (&'static str, &'static str);

/// A server that accepts every login and answers every other request so, at its base URL.
fn server(response: Response) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().unwrap());
            std::io::copy(&mut reader.take(length), &mut std::io::sink()).unwrap();
            let (head, body) = if head.contains("/login ") {
                (
                    "200 OK\r\ncontent-type: application/json\r\n",
                    r#"{"access_token": "t0ken", "token_type": "Access token", "expires_in_minutes": "60"}"#,
                )
            } else {
                response
            };
            let head =
                format!("HTTP/1.1 {head}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            // The client may be gone.
            let _ = stream.write_all(head.as_bytes());
        }
    });
    format!("http://{address}/v2.0")
}

fn calling(url: &str, arguments: &[&str]) -> Command {
    let mut command = program();
    command
        .args(arguments)
        .env("LEGIT_HEALTH_URL", url)
        .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
        .env("LEGIT_HEALTH_PASSWORD", "s3cret");
    command
}

#[test]
fn every_response_that_is_no_report_is_told() {
    let responses: [Response; 19] = [
        ("400 Bad Request\r\n", "Request Header Or Cookie Too Large"),
        (
            "401 Unauthorized\r\nwww-authenticate: Bearer error=\"invalid_token\", error_description=\"The token expired\"\r\n",
            "",
        ),
        ("402 Payment Required\r\n", r#"{"detail": "Quota exceeded"}"#),
        (
            "402 Payment Required\r\ncontent-type: application/problem+json\r\n",
            r#"{"title": "Out of credit", "status": 402, "detail": "The balance is 30."}"#,
        ),
        (
            "403 Forbidden\r\n",
            "<!DOCTYPE html><title>Zugriff verweigert &ndash; \u{1b}[31mFirewall</title><h1>No</h1>",
        ),
        ("404 Not Found\r\n", r#"{"detail": "Not Found"}"#),
        ("404 Not Found\r\n", "<html><head><title>404 Not Found</title></head></html>"),
        ("405 Method Not Allowed\r\n", r#"{"message": "no account clinic@example.org"}"#),
        ("415 Unsupported Media Type\r\n", r#"{"error": {"code": 7, "message": "Use JSON"}}"#),
        ("429 Too Many Requests\r\nretry-after: 300\r\n", r#"{"detail": "Five a minute"}"#),
        ("451 Unavailable For Legal Reasons\r\n", "\u{202E}Not offered in this country.\r\nSee the terms."),
        ("500 Internal Server Error\r\n", "Internal Server Error"),
        ("504 Gateway Time-out\r\n", "<html><h1>504 Gateway Time-out</h1></html>"),
        ("200 OK\r\n", "Down for maintenance"),
        ("200 OK\r\ncontent-type: text/html\r\n", "<title>Log in to the guest network</title>"),
        ("200 OK\r\ncontent-type: application/json\r\n", ""),
        ("200 OK\r\ncontent-type: application/json\r\n", "null"),
        ("200 OK\r\ncontent-type: application/json\r\n", r#"[{"name": "x"}]"#),
        (
            "200 OK\r\ncontent-type: application/json\r\n",
            r#"{"status": "failed", "error": "Quota exceeded"}"#,
        ),
    ];
    let mut transcript = String::new();
    for (head, body) in responses {
        let output = calling(&server((head, body)), &["device"]).output().unwrap();
        assert_eq!(stdout(&output), "");
        let exit = output.status.code().unwrap();
        let status = head.lines().next().unwrap();
        writeln!(transcript, "{status}: exit {exit}\n{}", stderr(&output)).unwrap();
    }
    insta::assert_snapshot!("server_text", transcript);
}

#[test]
fn a_request_that_is_too_large_is_told_with_its_size() {
    let folder = samples();
    let url = server(("413 Content Too Large\r\n", "<title>413 Request Entity Too Large</title>"));
    let output =
        calling(&url, &["dx", "psoriasis-moderate.jpg"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    insta::assert_snapshot!("too_large", stderr(&output));
    let output = calling(&url, &["dx", "psoriasis-moderate.jpg", "--json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(failure(&output)["requestBytes"].as_u64().unwrap() > 1_000);
}

#[test]
fn a_script_gets_what_the_server_said() {
    let url = server(("402 Payment Required\r\n", r#"{"detail": "Quota \u202e\n exceeded"}"#));
    let error = failure(&calling(&url, &["device", "--json"]).output().unwrap());
    assert_eq!(error["serverMessage"], "Quota exceeded");
    assert_eq!(error["kind"], "rejected");
    assert!(!error["message"].as_str().unwrap().contains("Quota exceeded"));
}
