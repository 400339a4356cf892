//! The least that a client has to do, by hand on a hyper connection: metadata left behind, base64 while the socket drains,
//! the whole answer read, repeated members refused, heat maps decoded. No retries, no time limits, no renewal of the token.

#[path = "ceiling/body.rs"]
mod body;
#[path = "ceiling/repeated.rs"]
mod repeated;
#[path = "ceiling/source.rs"]
mod source;
#[path = "ceiling/walk.rs"]
mod walk;

use body::{Body, Pool};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::BodyExt;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use legit_health_api::device::types;
use legit_health_bench::load::{self, Load, Runtime, Worker};
use legit_health_bench::{Failure, request};
use serde::de::DeserializeOwned;
use source::{Prepared, Source};
use std::hint::black_box;
use tokio::net::TcpStream;

#[derive(clap::Parser)]
struct Options {
    #[command(flatten)]
    load: Load,
    #[arg(long, value_enum, default_value = "current")]
    runtime: Runtime,
    #[arg(long, value_enum, default_value = "file")]
    source: Source,
}

struct Calling {
    connection: SendRequest<Body>,
    token: String,
    pool: Pool,
    source: Source,
    load: Load,
}

impl Worker for Calling {
    async fn call(&mut self) -> Result<(), Failure> {
        let images = self.load.images.iter().map(|path| self.source.prepare(path));
        let images: Vec<Prepared> = images.collect::<Result<_, _>>()?;
        let single = images.len() <= 3;
        let path = request::path(images.len());
        let answer = self.send(path, Body::new(images, self.pool.clone())).await?;
        if single {
            black_box(read::<types::DiagnosisSupportReport>(&answer)?);
        } else {
            black_box(read::<types::GlobalSeverityReport>(&answer)?);
        }
        Ok(())
    }
}

impl Calling {
    async fn connect(load: &Load, source: Source) -> Result<Self, Failure> {
        let host = load.url.strip_prefix("http://").ok_or("the address is no http://…")?;
        let socket = TcpStream::connect(host).await?;
        socket.set_nodelay(true)?;
        let (connection, driver) = http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(driver);
        let mut calling =
            Self { connection, token: String::new(), pool: Pool::default(), source, load: load.clone() };
        let credentials = r#"{"username":"clinic@example.org","password":"s3cret"}"#;
        let login = calling.send("/login", Body::text(credentials)).await?;
        let login: serde_json::Value = serde_json::from_slice(&login)?;
        let token = login["access_token"].as_str().ok_or("no token")?;
        calling.token = format!("Bearer {token}");
        Ok(calling)
    }

    /// The whole answer, in one piece.
    async fn send(&mut self, path: &str, body: Body) -> Result<Vec<u8>, Failure> {
        let request = Request::post(format!("/{}/v2.0{path}", self.load.response))
            .header(header::HOST, &self.load.url["http://".len()..])
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, &self.token)
            .body(body)?;
        self.connection.ready().await?;
        let mut response = self.connection.send_request(request).await?;
        if !response.status().is_success() {
            return Err(format!("the sink says {}", response.status()).into());
        }
        let length = response.headers().get(header::CONTENT_LENGTH).ok_or("no length")?.to_str()?.parse()?;
        let mut answer = Vec::with_capacity(length);
        while let Some(frame) = response.frame().await {
            if let Ok(data) = frame?.into_data() {
                answer.extend_from_slice(&data);
            }
        }
        if answer.len() == length { Ok(answer) } else { Err("half an answer".into()) }
    }
}

fn read<T: DeserializeOwned>(answer: &[u8]) -> Result<T, Failure> {
    if repeated::member(answer) {
        return Err("a member stands in it twice".into());
    }
    Ok(serde_json::from_slice(answer)?)
}

/// Text and images in turn.
fn template(images: usize) -> Vec<Bytes> {
    request::text_around(images).into_iter().map(Bytes::from).collect()
}

fn main() -> Result<(), Failure> {
    let Options { load, runtime, source } = clap::Parser::parse();
    runtime.print(async {
        let mut workers = Vec::new();
        for _ in 0..load.max_concurrent_requests {
            workers.push(Calling::connect(&load, source).await?);
        }
        load::run(&load, workers).await
    })
}
