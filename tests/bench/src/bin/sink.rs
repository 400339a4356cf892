//! A server that costs as little as it can: it swallows a body and gives an answer that was made beforehand.
//!
//! Paths begin with what it shall do: `/small` and `/full` are answers, `/verify` is `/small` after the body was read as
//! JSON; what was in it goes to stdout, one line per request. The first line of stdout is the address.
#![allow(clippy::print_stdout, clippy::print_stderr)] // It is what the program is for.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use legit_health_bench::Failure;
use legit_health_bench::answer::{self, Size};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;

struct Answers {
    login: Bytes,
    diagnosis_support: [Bytes; 2],
    global_severity: [Bytes; 2],
}

impl Answers {
    fn new() -> Self {
        let both =
            |answer: fn(Size) -> Value| [Size::Small, Size::Full].map(|size| answer(size).to_string().into());
        Self {
            login: answer::login().to_string().into(),
            diagnosis_support: both(answer::diagnosis_support),
            global_severity: both(answer::global_severity),
        }
    }

    fn to(&self, size: &str, path: &str) -> Option<Bytes> {
        let size = usize::from(size == "full");
        match path {
            "v2.0/login" => Some(self.login.clone()),
            "v2.0/diagnosis-support" => Some(self.diagnosis_support[size].clone()),
            "v2.0/severity-assessment/automatic/global" => Some(self.global_severity[size].clone()),
            _ => None,
        }
    }
}

async fn serve(answers: Arc<Answers>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Failure> {
    let (head, mut body) = request.into_parts();
    let path = head.uri.path().trim_start_matches('/');
    let (wish, path) = path.split_once('/').unwrap_or_default();
    if wish == "verify" && !path.ends_with("login") {
        println!("{}", seen(&head.headers, &body.collect().await?.to_bytes()));
    } else {
        let mut received = 0;
        while let Some(frame) = body.frame().await {
            received += frame?.data_ref().map_or(0, Bytes::len) as u64;
        }
        if content_length(&head.headers) != Some(received) {
            return Ok(answered(StatusCode::LENGTH_REQUIRED, Bytes::new()));
        }
    }
    Ok(match answers.to(wish, path) {
        Some(answer) => answered(StatusCode::OK, answer),
        None => answered(StatusCode::NOT_FOUND, Bytes::new()),
    })
}

/// The announced length, the length that came, and length and CRC-32 of each image.
fn seen(headers: &HeaderMap, body: &[u8]) -> Value {
    let document = serde_json::from_slice(body).unwrap_or_default();
    let mut images = Vec::new();
    find_images(&document, &mut images);
    let authorised =
        headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"Bearer ey"));
    json!({
        "announced": content_length(headers), "received": body.len(), "authorised": authorised, "images": images,
    })
}

/// In the order of their places: an object's members by name, which is the order of views too.
fn find_images(value: &Value, images: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(data) = members.get("data").and_then(Value::as_str) {
                let image = base64_simd::STANDARD.decode_to_vec(data).unwrap_or_default();
                images.push(format!("{}:{:08x}", image.len(), crc32fast::hash(&image)));
            }
            members.values().for_each(|value| find_images(value, images));
        }
        Value::Array(list) => list.iter().for_each(|value| find_images(value, images)),
        _ => {}
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn answered(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let answers = Arc::new(Answers::new());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let answers = answers.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| serve(answers.clone(), request));
            // A client that goes away in the middle is its own affair.
            drop(http1::Builder::new().serve_connection(TokioIo::new(socket), service).await);
        });
    }
}
