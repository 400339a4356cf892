//! A small server with a contract of another team: its login is elsewhere, and it is busy at the first request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What its team publishes.
pub const DOCUMENT: &str = r##"{
  "openapi": "3.1.0",
  "info": {"title": "Cases", "version": "3.0.0"},
  "paths": {
    "/cases": {"get": {
      "operationId": "list_cases",
      "parameters": [{"name": "page", "in": "query", "schema": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}],
      "responses": {"200": {"description": "", "content": {"application/json": {"schema":
        {"type": "array", "items": {"$ref": "#/components/schemas/Case"}}}}}}
    }},
    "/images": {"post": {
      "operationId": "add_image",
      "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewImage"}}}},
      "responses": {"201": {"description": "", "content": {"application/json": {"schema":
        {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}}}}}
    }},
    "/cases/{id}": {"delete": {
      "operationId": "delete_case",
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
      "responses": {"204": {"description": ""}}
    }}
  },
  "components": {"schemas": {
    "Case": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
    "NewImage": {"type": "object", "required": ["image"], "properties": {"image": {"type": "string", "format": "byte"}}}
  }}
}"##;

#[derive(Clone, Debug)]
pub struct Received {
    pub line: String,
    pub authorization: Option<String>,
    pub body: String,
}

/// It serves until the process ends.
pub struct OtherServer {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Received>>>,
}

impl OtherServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, log) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Received>>>::default());
        let kept = log.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                respond(stream.unwrap(), &kept);
            }
        });
        Self { address, log }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn log(&self) -> Vec<Received> {
        self.log.lock().unwrap().clone()
    }
}

/// One request for each connection.
fn respond(mut stream: TcpStream, log: &Mutex<Vec<Received>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length, mut authorization) = (String::new(), 0, None);
    reader.read_line(&mut head).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let line = head.trim().trim_end_matches(" HTTP/1.1").to_owned();
    let is_first = !log.lock().unwrap().iter().any(|request| request.line == line);
    let (status, answer) = match line.as_str() {
        "POST /v3/auth/login" => (
            "200 OK",
            r#"{"access_token": "theirs", "token_type": "Access token", "expires_in_minutes": 60}"#,
        ),
        "GET /v3/cases?page=1" if is_first => ("503 Service Unavailable", "{}"),
        "GET /v3/cases?page=1" => ("200 OK", r#"[{"id": 7}]"#),
        "POST /v4/images" => ("201 Created", r#"{"status": "reported"}"#),
        "DELETE /v3/cases/7" => ("204 No Content", ""),
        _ => ("404 Not Found", "{}"),
    };
    log.lock().unwrap().push(Received { line, authorization, body: String::from_utf8(body).unwrap() });
    let json = if answer.is_empty() {
        String::new()
    } else {
        format!("content-type: application/json\r\ncontent-length: {}\r\n", answer.len())
    };
    write!(stream, "HTTP/1.1 {status}\r\n{json}connection: close\r\n\r\n{answer}").unwrap();
}
