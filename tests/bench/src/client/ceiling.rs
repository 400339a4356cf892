//! The least that a client has to do, by hand on a hyper connection: metadata removed, base64 while the socket drains, the
//! whole response read, repeated members refused, heat maps decoded. No retries, no timeouts, no renewal of the token.

mod body;
mod jpeg;
mod repeated;

use super::{Connection, Load};
use crate::Failure;
use body::{Body, Pool};
use http::{Request, header};
use http_body_util::BodyExt;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use legit_health_api::device::types;
use serde::de::DeserializeOwned;
use std::hint::black_box;
use tokio::net::TcpStream;

pub(super) struct Ceiling {
    connection: SendRequest<Body>,
    host: String,
    base_path: String,
    token: String,
    pool: Pool,
    memory: bool,
    load: Load,
}

pub(super) async fn connect(load: &Load, memory: bool) -> Result<Vec<Ceiling>, Failure> {
    let address = load.url.strip_prefix("http://").ok_or("the address must begin with http://")?;
    let (host, path) = address.split_once('/').ok_or("the address has no path")?;
    let mut connections = Vec::new();
    for _ in 0..load.concurrency {
        let socket = TcpStream::connect(host).await?;
        socket.set_nodelay(true)?;
        let (connection, driver) = http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(driver);
        let mut connection = Ceiling {
            connection,
            host: host.to_owned(),
            base_path: format!("/{path}"),
            token: String::new(),
            pool: Pool::default(),
            memory,
            load: load.clone(),
        };
        let credentials = r#"{"username":"clinic@example.org","password":"s3cret"}"#;
        let login = connection.post("/login", Body::text(credentials)).await?;
        let login: serde_json::Value = serde_json::from_slice(&login)?;
        connection.token = format!("Bearer {}", login["access_token"].as_str().ok_or("no token")?);
        connections.push(connection);
    }
    Ok(connections)
}

impl Connection for Ceiling {
    async fn send(&mut self) -> Result<(), Failure> {
        let body = Body::new(&self.load, self.memory, self.pool.clone())?;
        let response = self.post(self.load.path(), body).await?;
        if self.load.views.is_empty() {
            black_box(parse::<types::DiagnosisSupportReport>(&response)?);
        } else {
            black_box(parse::<types::GlobalSeverityReport>(&response)?);
        }
        Ok(())
    }
}

impl Ceiling {
    /// Returns the body of the response, in one piece.
    async fn post(&mut self, path: &str, body: Body) -> Result<Vec<u8>, Failure> {
        let request = Request::post(format!("{}{path}", self.base_path))
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, &self.token)
            .body(body)?;
        self.connection.ready().await?;
        let mut response = self.connection.send_request(request).await?;
        if !response.status().is_success() {
            return Err(format!("the server responds with {}", response.status()).into());
        }
        let length = response.headers().get(header::CONTENT_LENGTH).ok_or("no Content-Length")?;
        let length = length.to_str()?.parse()?;
        let mut bytes = Vec::with_capacity(length);
        while let Some(frame) = response.frame().await {
            if let Ok(data) = frame?.into_data() {
                bytes.extend_from_slice(&data);
            }
        }
        if bytes.len() == length { Ok(bytes) } else { Err("the response is incomplete".into()) }
    }
}

fn parse<T: DeserializeOwned>(response: &[u8]) -> Result<T, Failure> {
    if repeated::has_repeated_member(response) {
        return Err("the response has a repeated member".into());
    }
    Ok(serde_json::from_slice(response)?)
}
