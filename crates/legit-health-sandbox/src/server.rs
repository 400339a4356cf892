//! The sandbox on a socket: HTTP/1.1, one task for each connection.

mod line;

use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower_service::Service;

use crate::connection::{Connection, Drained};
use line::Line;

/// Serves until the sender of `running` is dropped. A request that is being answered is still finished.
pub(crate) async fn serve(listener: TcpListener, connection: Connection, running: watch::Receiver<()>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(running.clone()) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, connection.clone(), running.clone()));
            }
            // The peer was gone before it was let in.
            Err(error) if is_of_one_connection(&error) => {}
            // Such as too many open files: asking again at once would not help.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn converse(stream: TcpStream, connection: Connection, running: watch::Receiver<()>) {
    // Without this, small answers wait for the peer's delayed acknowledgement. A socket that refuses is only
    // slow.
    drop(stream.set_nodelay(true));
    let drained = Drained::default();
    let line = Line::new(TokioIo::new(stream), drained.clone());
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(drained.clone());
        // An error here, or in the body of an answer, ends the connection without another word.
        connection.clone().call(request)
    });
    let mut conversation = pin!(http1::Builder::new().serve_connection(line, service));
    // A conversation that fails is over; who talked to us knows more about it.
    tokio::select! {
        _ = conversation.as_mut() => return,
        () = stopped(running) => conversation.as_mut().graceful_shutdown(),
    }
    drop(conversation.await);
}

async fn stopped(mut running: watch::Receiver<()>) {
    while running.changed().await.is_ok() {}
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}
