//! The HTTP/1.1 server: one task for each connection.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower_service::Service;

use super::connection::{Connection, FlushSignal};

/// Serves until the sender of `running` is dropped. Requests in progress are still finished.
pub(crate) async fn serve(listener: TcpListener, connection: Connection, running: watch::Receiver<()>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(running.clone()) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(serve_connection(stream, connection.clone(), running.clone()));
            }
            // The client disconnected before its connection was accepted.
            Err(error) if concerns_one_connection(&error) => {}
            // Such as too many open files: retrying at once would not help.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn serve_connection(stream: TcpStream, connection: Connection, running: watch::Receiver<()>) {
    // Otherwise small responses wait for the client's delayed acknowledgement. Failing only makes it slower.
    drop(stream.set_nodelay(true));
    let flushed = FlushSignal::default();
    let socket = FlushTracker { socket: TokioIo::new(stream), flushed: flushed.clone() };
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(flushed.clone());
        // An error here, or in the response body, closes the connection.
        connection.clone().call(request)
    });
    let mut serving = pin!(http1::Builder::new().serve_connection(socket, service));
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
