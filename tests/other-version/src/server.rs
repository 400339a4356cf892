//! A small server in this process, so that the example runs without an account. Its responses are made up.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// A painted image: plain skin.
pub const IMAGE: &[u8] = include_bytes!("skin.png");

const TOKEN: &str = "made-up-token";

/// Serves until the process ends, and returns where.
pub fn start() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        // The first request for reports finds the server busy, which the client tries again.
        let mut is_busy = true;
        for stream in listener.incoming().flatten() {
            if let Err(error) = respond(stream, &mut is_busy) {
                eprintln!("the server: {error}");
            }
        }
    });
    Ok(url)
}

/// One request for each connection.
fn respond(mut stream: TcpStream, is_busy: &mut bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim() {
            "" => break,
            line => lines.push(line.to_ascii_lowercase()),
        }
    }
    let header = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length = header("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let is_known = header("authorization:") == Some(&format!("bearer {TOKEN}"));
    let request = lines.first().and_then(|line| line.strip_suffix(" http/1.1")).unwrap_or_default();
    let (status, response) = match request {
        "post /v1.0/auth/login" => (
            "200 OK",
            format!(r#"{{"access_token": "{TOKEN}", "token_type": "bearer", "expires_in_minutes": 60}}"#),
        ),
        _ if !is_known => ("401 Unauthorized", r#"{"detail": "Not authenticated"}"#.into()),
        "post /v1.0/clinical/diagnosis-support" if std::mem::take(is_busy) => {
            ("503 Service Unavailable", "{}".into())
        }
        "post /v1.0/clinical/diagnosis-support" => (
            "200 OK",
            r#"{"conclusions": [
                {"code": "EA90", "name": "Psoriasis", "probability": 71.5},
                {"code": "EA80", "name": "Atopic eczema", "probability": 12.0}
            ], "outcome": "clear"}"#
                .into(),
        ),
        "get /v1.0/clinical/severity-experts" => ("200 OK", r#"{"experts": ["erythema", "scaling"]}"#.into()),
        "post /v1.0/clinical/severity-assessment" => {
            ("200 OK", r#"{"scores": {"erythema": 2.0, "scaling": 1.5}}"#.into())
        }
        _ => ("404 Not Found", r#"{"detail": "Not Found"}"#.into()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{response}",
        response.len()
    )
}
