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

/// A request, as it stood on the wire.
#[derive(Clone)]
pub struct Arrived {
    pub head: String,
    pub body: Vec<u8>,
}

/// What is written back.
pub enum Answer {
    /// The connection stays open for the next request.
    Whole(Vec<u8>),
    /// The connection is closed after it.
    Last(Vec<u8>),
}

type Script = Arc<dyn Fn(&Arrived) -> Answer + Send + Sync>;

pub struct Server {
    pub port: u16,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    /// The ports that connections came from.
    accepted: watch::Receiver<Vec<u16>>,
    task: JoinHandle<()>,
}

impl Arrived {
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

impl From<Response<Bytes>> for Answer {
    fn from(response: Response<Bytes>) -> Self {
        let mut text = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
        for (name, value) in response.headers() {
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        text.extend(format!("content-length: {}\r\n\r\n", response.body().len()).bytes());
        text.extend(response.body());
        Self::Whole(text)
    }
}

/// Logs everybody in, and reports on whatever images it is sent.
pub fn obliging(arrived: &Arrived) -> Answer {
    match arrived.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => ok(report(&arrived.images())).into(),
    }
}

/// The same, and has an empty list of body sites.
pub fn catalogue_or_device(arrived: &Arrived) -> Answer {
    match arrived.path().rsplit('/').next() {
        Some("body-sites") => ok(json!([])).into(),
        _ => obliging(arrived),
    }
}

/// Reads requests without keeping anything of them, logs everybody in, and reports on one image. `progress` hears after
/// every read how much of a body has come, and how much was announced.
pub async fn swallow(stream: TcpStream, progress: impl Fn(u64, u64)) {
    let mut stream = BufStream::new(stream);
    let mut buffer = vec![0; 64 * 1024];
    let report = ok(report(&[super::picture(1)])).into_body();
    let token = ok(token("t", 60)).into_body();
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
    /// Speaks HTTP in the clear.
    pub async fn plain(script: impl Fn(&Arrived) -> Answer + Send + Sync + 'static) -> Self {
        let script: Script = Arc::new(script);
        let arrived = Arc::default();
        let log: Arc<Mutex<Vec<Arrived>>> = Arc::clone(&arrived);
        Self::start(arrived, move |stream| converse(stream, log.clone(), script.clone())).await
    }

    /// Speaks HTTP within TLS.
    pub async fn tls(
        config: ServerConfig,
        script: impl Fn(&Arrived) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let script: Script = Arc::new(script);
        let arrived = Arc::default();
        let log: Arc<Mutex<Vec<Arrived>>> = Arc::clone(&arrived);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let serve = move |stream| {
            let (acceptor, log, script) = (acceptor.clone(), log.clone(), script.clone());
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    converse(stream, log, script).await;
                }
            }
        };
        Self::start(arrived, serve).await
    }

    /// Does with a connection whatever it likes.
    pub async fn raw<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::start(Arc::default(), serve).await
    }

    async fn start<F>(
        arrived: Arc<Mutex<Vec<Arrived>>>,
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
        Self { port, arrived, accepted, task }
    }

    /// How many connections were made to it, those it has not yet looked at included.
    pub async fn connections(&self) -> usize {
        let last = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let last = last.local_addr().unwrap().port();
        let mut accepted = self.accepted.clone();
        let ports = accepted.wait_for(|ports| ports.contains(&last)).await.unwrap();
        ports.iter().position(|port| *port == last).unwrap()
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.arrived().iter().map(|arrived| arrived.path().to_owned()).collect()
    }

    /// A client of it, in the clear.
    pub fn client(&self) -> Client {
        client(&format!("http://127.0.0.1:{}/v2.0", self.port), HttpOptions::default())
    }

    /// A client of it, over TLS.
    pub fn tls_client(&self, options: HttpOptions) -> Client {
        client(&format!("https://localhost:{}/v2.0", self.port), options)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A client over sockets that tries again as often as usual, but does not pause.
pub fn client(base_url: &str, options: HttpOptions) -> Client {
    Client::builder()
        .base_url(base_url)
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .http_options(options)
        .retry_policy(RetryPolicy::default().with_min_delay(Duration::ZERO))
        .build()
        .unwrap()
}

async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: Arc<Mutex<Vec<Arrived>>>,
    script: Script,
) {
    while let Some(arrived) = receive(&mut stream).await {
        let answer = script(&arrived);
        log.lock().unwrap().push(arrived);
        let (Answer::Whole(bytes) | Answer::Last(bytes)) = &answer;
        if stream.write_all(bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        if let Answer::Last(_) = answer {
            // The client may be gone.
            return drop(stream.shutdown().await);
        }
    }
}

/// One request; `None` if the connection ends before it does.
pub async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> Option<Arrived> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let mut arrived = Arrived { head: String::from_utf8(head).unwrap(), body: Vec::new() };
    let length = arrived.header("content-length").map_or(0, |length| length.parse().unwrap());
    arrived.body = vec![0; length];
    stream.read_exact(&mut arrived.body).await.ok()?;
    Some(arrived)
}

pub struct Forwarder {
    pub server: Server,
    heard: Arc<Mutex<Heard>>,
}

/// All that the proxy came to see.
#[derive(Clone, Default)]
pub struct Heard {
    /// What it was asked for, one for each connection.
    pub requests: Vec<String>,
    /// What passed through, in both directions.
    pub passed: Vec<u8>,
}

impl Forwarder {
    /// Wants this `Proxy-Authorization`, if any.
    pub async fn demanding(authorization: Option<&'static str>) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let log = heard.clone();
        let server = Server::raw(move |stream| forward(stream, authorization, log.clone())).await;
        Self { server, heard }
    }

    /// Is itself reached over TLS.
    pub async fn within_tls(config: ServerConfig) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let log = heard.clone();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let server = Server::raw(move |stream| {
            let (acceptor, log) = (acceptor.clone(), log.clone());
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    forward(stream, None, log).await;
                }
            }
        })
        .await;
        Self { server, heard }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

async fn forward(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    authorization: Option<&str>,
    log: Arc<Mutex<Heard>>,
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

async fn copy(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, log: &Mutex<Heard>) {
    let mut room = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut room).await {
        log.lock().unwrap().passed.extend(&room[..length]);
        if to.write_all(&room[..length]).await.is_err() {
            return;
        }
    }
    // The other side may be gone.
    drop(to.shutdown().await);
}
