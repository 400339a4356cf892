//! Servers and proxies behind real sockets: requests are parsed as HTTP, responses are written byte for byte.

use super::{Seen, ok, report, token};
use bytes::Bytes;
use http::Response;
use legit_health::http_client::HttpOptions;
use legit_health::{Client, Credentials, RetryPolicy};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// A request as it was received.
#[derive(Clone)]
pub struct RawRequest {
    pub head: String,
    pub body: Vec<u8>,
}

/// The bytes of a response.
pub enum RawResponse {
    /// The connection stays open for the next request.
    KeepAlive(Vec<u8>),
    /// The connection is closed after it.
    Close(Vec<u8>),
}

type Script = Arc<dyn Fn(&RawRequest) -> RawResponse + Send + Sync>;

/// A server on a port of this machine.
pub struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<RawRequest>>>,
    /// The client ports of all connections.
    accepted: watch::Receiver<Vec<u16>>,
    task: JoinHandle<()>,
}

impl RawRequest {
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        let mut pairs = lines.filter_map(|line| line.split_once(':'));
        let (_, value) = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    pub fn images(&self) -> Vec<Vec<u8>> {
        let path = self.path().to_owned();
        Seen { path, authorization: None, content_length: None, body: self.body.clone().into() }.images()
    }
}

impl From<Response<Bytes>> for RawResponse {
    fn from(response: Response<Bytes>) -> Self {
        let mut text = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
        for (name, value) in response.headers() {
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        text.extend(format!("content-length: {}\r\n\r\n", response.body().len()).bytes());
        text.extend(response.body());
        Self::KeepAlive(text)
    }
}

/// Accepts every login and reports on the images it is sent.
pub fn report_on_images(request: &RawRequest) -> RawResponse {
    match request.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => ok(report(&request.images())).into(),
    }
}

/// Like [`report_on_images`], with an empty list of body sites.
pub fn report_or_empty_catalog(request: &RawRequest) -> RawResponse {
    match request.path().rsplit('/').next() {
        Some("body-sites") => ok(json!([])).into(),
        _ => report_on_images(request),
    }
}

/// Reads requests without keeping them, accepts every login, and reports on one image. Calls `progress` after every read
/// with the received and the announced length of the body.
pub async fn discard_requests(stream: TcpStream, progress: impl Fn(u64, u64)) {
    let mut stream = BufStream::new(stream);
    let mut buffer = vec![0; 64 * 1024];
    let report = ok(report(&[super::png(1)])).into_body();
    let token = ok(token("token-1", 60)).into_body();
    loop {
        let (mut line, mut path, mut announced) = (String::new(), String::new(), 0_u64);
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                announced = value.trim().parse().unwrap();
            } else if line.starts_with("POST") {
                path = line.clone();
            }
        }
        let mut received = 0;
        while received < announced {
            let room = buffer.len().min((announced - received) as usize);
            match stream.read(&mut buffer[..room]).await {
                Ok(count @ 1..) => received += count as u64,
                _ => return,
            }
            progress(received, announced);
        }
        let body = if path.contains("/login") { &token } else { &report };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream.flush().await.unwrap();
    }
}

impl Server {
    /// Starts a server without TLS.
    pub async fn plain(script: impl Fn(&RawRequest) -> RawResponse + Send + Sync + 'static) -> Self {
        let script: Script = Arc::new(script);
        let requests = Arc::default();
        let log: Arc<Mutex<Vec<RawRequest>>> = Arc::clone(&requests);
        Self::start(requests, move |stream| serve_connection(stream, log.clone(), script.clone())).await
    }

    /// Starts a server with TLS.
    pub async fn tls(
        config: ServerConfig,
        script: impl Fn(&RawRequest) -> RawResponse + Send + Sync + 'static,
    ) -> Self {
        let script: Script = Arc::new(script);
        let requests = Arc::default();
        let log: Arc<Mutex<Vec<RawRequest>>> = Arc::clone(&requests);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let serve = move |stream| {
            let (acceptor, log, script) = (acceptor.clone(), log.clone(), script.clone());
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve_connection(stream, log, script).await;
                }
            }
        };
        Self::start(requests, serve).await
    }

    /// Starts a server that handles connections with `serve`.
    pub async fn raw<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::start(Arc::default(), serve).await
    }

    async fn start<F>(
        requests: Arc<Mutex<Vec<RawRequest>>>,
        serve: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (log, accepted) = watch::channel(Vec::new());
        let task = tokio::spawn(async move {
            while let Ok((stream, from)) = listener.accept().await {
                log.send_modify(|ports| ports.push(from.port()));
                tokio::spawn(serve(stream));
            }
        });
        Self { port, requests, accepted, task }
    }

    /// Returns the number of connections so far, including those not accepted yet.
    pub async fn connections(&self) -> usize {
        let last = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let last = last.local_addr().unwrap().port();
        let mut accepted = self.accepted.clone();
        let ports = accepted.wait_for(|ports| ports.contains(&last)).await.unwrap();
        ports.iter().position(|port| *port == last).unwrap()
    }

    pub fn requests(&self) -> Vec<RawRequest> {
        self.requests.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.requests().iter().map(|request| request.path().to_owned()).collect()
    }

    /// Returns a client without TLS.
    pub fn client(&self) -> Client {
        client(&format!("http://127.0.0.1:{}/v2.0", self.port), HttpOptions::default())
    }

    /// Returns a client over TLS.
    pub fn tls_client(&self, options: HttpOptions) -> Client {
        client(&format!("https://localhost:{}/v2.0", self.port), options)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Returns a client over sockets that retries without delay.
pub fn client(base_url: &str, options: HttpOptions) -> Client {
    Client::builder()
        .base_url(base_url)
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .http_options(options)
        .retry_policy(RetryPolicy::default().with_base_delay(Duration::ZERO))
        .build()
        .unwrap()
}

async fn serve_connection(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: Arc<Mutex<Vec<RawRequest>>>,
    script: Script,
) {
    while let Some(request) = receive(&mut stream).await {
        let response = script(&request);
        log.lock().unwrap().push(request);
        let (RawResponse::KeepAlive(bytes) | RawResponse::Close(bytes)) = &response;
        if stream.write_all(bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        if let RawResponse::Close(_) = response {
            // The client may have closed the connection.
            return drop(stream.shutdown().await);
        }
    }
}

/// Reads one request; `None` if the connection ends first.
pub async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> Option<RawRequest> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let mut request = RawRequest { head: String::from_utf8(head).unwrap(), body: Vec::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await.ok()?;
    Some(request)
}

/// A proxy that connects clients with a device on this machine and records the traffic.
pub struct Forwarder {
    pub server: Server,
    log: Arc<Mutex<ProxyLog>>,
}

/// Everything that the proxy saw.
#[derive(Clone, Default)]
pub struct ProxyLog {
    /// The head of each `CONNECT` request.
    pub requests: Vec<String>,
    /// The forwarded bytes of both directions.
    pub forwarded: Vec<u8>,
}

impl Forwarder {
    /// Starts a proxy that requires this `Proxy-Authorization`, if any.
    pub async fn requiring(authorization: Option<&'static str>) -> Self {
        let log = Arc::new(Mutex::new(ProxyLog::default()));
        let shared = log.clone();
        let server = Server::raw(move |stream| forward(stream, authorization, shared.clone())).await;
        Self { server, log }
    }

    /// Starts a proxy that is itself reached over TLS.
    pub async fn over_tls(config: ServerConfig) -> Self {
        let log = Arc::new(Mutex::new(ProxyLog::default()));
        let shared = log.clone();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let server = Server::raw(move |stream| {
            let (acceptor, log) = (acceptor.clone(), shared.clone());
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    forward(stream, None, log).await;
                }
            }
        })
        .await;
        Self { server, log }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    pub fn log(&self) -> ProxyLog {
        self.log.lock().unwrap().clone()
    }
}

async fn forward(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    authorization: Option<&str>,
    log: Arc<Mutex<ProxyLog>>,
) {
    let Some(request) = receive(&mut client).await else { return };
    log.lock().unwrap().requests.push(request.head.clone());
    if authorization.is_some() && request.header("proxy-authorization") != authorization {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n";
        return client.write_all(refusal).await.unwrap();
    }
    let Some(port) = request.path().strip_prefix("localhost:").map(|port| port.parse::<u16>().unwrap())
    else {
        return client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await.unwrap();
    };
    let device = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let (from_client, to_client) = tokio::io::split(client);
    let (from_device, to_device) = tokio::io::split(device);
    tokio::join!(copy(from_client, to_device, &log), copy(from_device, to_client, &log));
}

async fn copy(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, log: &Mutex<ProxyLog>) {
    let mut room = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut room).await {
        log.lock().unwrap().forwarded.extend(&room[..length]);
        if to.write_all(&room[..length]).await.is_err() {
            return;
        }
    }
    // The other side may have closed the connection.
    drop(to.shutdown().await);
}
