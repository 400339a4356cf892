//! A proxy that joins a client with a device on this machine, and remembers what passed.

use super::socket::{Server, receive};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

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
    tokio::join!(pass(from_client, to_device, &log), pass(from_device, to_client, &log));
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, log: &Mutex<Heard>) {
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
