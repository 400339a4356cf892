//! The HTTP/1.1 server: one task for each connection.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower_service::Service;

use super::connection::{Connection, FlushSignal};
use super::timed_body::TimedBody;

/// How long a client may take for the head of a request, also on a connection that is kept open after one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a client may take for the next bytes of a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// Further clients wait until a connection ends.
const MAX_CONNECTIONS: usize = 4096;

/// What a connection carries.
#[derive(Clone)]
pub(crate) enum Transport {
    /// HTTP.
    Plain,
    /// HTTPS.
    #[cfg(feature = "tls")]
    Tls(tokio_rustls::TlsAcceptor),
}

/// Serves until the sender of `running` is dropped, and then until the requests in progress are finished.
pub(crate) async fn serve(
    listener: TcpListener,
    transport: Transport,
    connection: Connection,
    running: watch::Receiver<()>,
) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await.expect("it is never closed");
            listener.accept().await.map(|(stream, _)| (stream, place))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            Some(_) = connections.join_next() => continue,
            () = stopped(running.clone()) => break,
        };
        match accepted {
            Ok((stream, place)) => {
                let serving =
                    serve_connection(stream, transport.clone(), connection.clone(), running.clone());
                connections.spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
            // The client disconnected before its connection was accepted.
            Err(error) if concerns_one_connection(&error) => {}
            // Such as too many open files: retrying at once would not help.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve_connection(
    stream: TcpStream,
    transport: Transport,
    connection: Connection,
    running: watch::Receiver<()>,
) {
    // Otherwise small responses wait for the client's delayed acknowledgement. Failing only makes it slower.
    drop(stream.set_nodelay(true));
    match transport {
        Transport::Plain => serve_http(stream, connection, running).await,
        #[cfg(feature = "tls")]
        Transport::Tls(acceptor) => {
            let accepted = tokio::select! {
                accepted = tokio::time::timeout(HEAD_TIMEOUT, acceptor.accept(stream)) => accepted,
                () = stopped(running.clone()) => return,
            };
            // A failed handshake needs no report: its client knows.
            if let Ok(Ok(stream)) = accepted {
                serve_http(stream, connection, running).await;
            }
        }
    }
}

async fn serve_http(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    connection: Connection,
    running: watch::Receiver<()>,
) {
    let flushed = FlushSignal::default();
    let socket = FlushTracker { socket: TokioIo::new(stream), flushed: flushed.clone() };
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(|body| Body::new(TimedBody::new(body, BODY_TIMEOUT)));
        request.extensions_mut().insert(flushed.clone());
        // An error here, or in the response body, closes the connection.
        connection.clone().call(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let mut serving = pin!(builder.serve_connection(socket, service));
    // A failed connection needs no report: its client knows.
    tokio::select! {
        _ = serving.as_mut() => return,
        () = stopped(running) => serving.as_mut().graceful_shutdown(),
    }
    drop(serving.await);
}

async fn stopped(mut running: watch::Receiver<()>) {
    while running.changed().await.is_ok() {}
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

/// A socket that signals each flush. The server flushes when it has nothing left to write; a connection can then be
/// closed without losing what was written before.
struct FlushTracker<T> {
    socket: T,
    flushed: FlushSignal,
}

impl<T: Read + Unpin> Read for FlushTracker<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl<T: Write + Unpin> Write for FlushTracker<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.socket).poll_flush(context);
        if result.is_ready() {
            self.flushed.notify();
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
