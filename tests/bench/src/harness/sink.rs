//! The server that all clients send to. It discards the body and sends a response made in advance, so that it costs little.

use super::images::digest;
use super::responses::{OUTPUT_IMAGES, diagnosis_support, global_severity, login};
use crate::Failure;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

pub(super) struct Sink {
    address: SocketAddr,
    tls_address: SocketAddr,
    received: Receiver<Received>,
    /// Serves until it is dropped.
    _runtime: Runtime,
}

/// What was in a request below `/verify`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// True if there is a `Content-Length`, and it is the length of the body.
    pub(super) announces_length: bool,
    pub(super) is_authorized: bool,
    /// Length and CRC-32 of each.
    pub(super) images: Vec<String>,
}

impl Sink {
    pub(super) fn start(tls: TlsAcceptor) -> Result<Self, Failure> {
        let runtime = Runtime::new()?;
        let bind = || runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let (listener, tls_listener) = (bind()?, bind()?);
        let (address, tls_address) = (listener.local_addr()?, tls_listener.local_addr()?);
        let (sender, received) = channel();
        let responses = Arc::new(responses());
        runtime.spawn(listen(listener, None, responses.clone(), sender.clone()));
        runtime.spawn(listen(tls_listener, Some(tls), responses, sender));
        Ok(Self { address, tls_address, received, _runtime: runtime })
    }

    /// The base URL below which responses are `small` or `full`. Below `verify` they are small, and what was received can be
    /// read from [`Sink::received`].
    pub(super) fn base_url(&self, response: &str) -> String {
        format!("http://{}/{response}/v2.0", self.address)
    }

    /// The same over TLS.
    pub(super) fn tls_base_url(&self, response: &str) -> String {
        format!("https://{}/{response}/v2.0", self.tls_address)
    }

    /// Returns the oldest request below `verify` that was not returned yet.
    pub(super) fn received(&self) -> Result<Received, Failure> {
        Ok(self.received.recv_timeout(Duration::from_secs(20))?)
    }
}

type Responses = HashMap<String, Bytes>;

/// The bodies by path.
fn responses() -> Responses {
    let mut responses = HashMap::new();
    for (name, images) in [("small", 0), ("verify", 0), ("full", OUTPUT_IMAGES)] {
        for (path, body) in [
            ("login", login()),
            ("diagnosis-support", diagnosis_support(images)),
            ("severity-assessment/automatic/global", global_severity(images)),
        ] {
            responses.insert(format!("/{name}/v2.0/{path}"), body.to_string().into());
        }
    }
    responses
}

async fn listen(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    responses: Arc<Responses>,
    sender: Sender<Received>,
) {
    while let Ok((socket, _)) = listener.accept().await {
        // Without it small responses would wait for an acknowledgement.
        let Ok(()) = socket.set_nodelay(true) else { continue };
        let (tls, responses, sender) = (tls.clone(), responses.clone(), sender.clone());
        // A client that disconnects reports its own failure.
        tokio::spawn(async move {
            match tls {
                None => serve(socket, responses, sender).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(socket).await {
                        serve(stream, responses, sender).await;
                    }
                }
            }
        });
    }
}

async fn serve<S>(stream: S, responses: Arc<Responses>, sender: Sender<Received>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| respond(responses.clone(), sender.clone(), request));
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn respond(
    responses: Arc<Responses>,
    sender: Sender<Received>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Failure> {
    let (head, mut body) = request.into_parts();
    let path = head.uri.path();
    if path.starts_with("/verify/") && !path.ends_with("/login") {
        sender.send(inspect(&head.headers, &body.collect().await?.to_bytes()))?;
    } else {
        let mut received = 0;
        while let Some(frame) = body.frame().await {
            received += frame?.data_ref().map_or(0, Bytes::len) as u64;
        }
        if content_length(&head.headers) != Some(received) {
            return Ok(response(StatusCode::LENGTH_REQUIRED, Bytes::new()));
        }
    }
    Ok(match responses.get(path) {
        Some(body) => response(StatusCode::OK, body.clone()),
        None => response(StatusCode::NOT_FOUND, Bytes::new()),
    })
}

fn inspect(headers: &HeaderMap, body: &[u8]) -> Received {
    let mut images = Vec::new();
    find_images(&serde_json::from_slice(body).unwrap_or_default(), &mut images);
    let authorization = headers.get(header::AUTHORIZATION);
    Received {
        announces_length: content_length(headers) == Some(body.len() as u64),
        is_authorized: authorization.is_some_and(|value| value.as_bytes().starts_with(b"Bearer ey")),
        images,
    }
}

/// Members of an object come in the order of their names, which is the order of views as well.
fn find_images(value: &Value, images: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(data) = members.get("data").and_then(Value::as_str) {
                images.push(digest(&base64_simd::STANDARD.decode_to_vec(data).unwrap_or_default()));
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

fn response(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}
