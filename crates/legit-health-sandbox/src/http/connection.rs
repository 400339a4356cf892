//! The sandbox as a service that can lose a connection, and the signal that a response has been flushed.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, Response};
use tower_service::Service;

/// The sandbox as a service; see [`Sandbox::connection`](crate::Sandbox::connection). Clones are independent and
/// cheap.
///
/// Dropping the future of a call acts like a client that disconnects.
#[derive(Clone)]
pub struct Connection {
    router: Router,
}

/// Error for a connection that an [`InjectedFault`](crate::InjectedFault) has closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionLostError;

impl fmt::Display for ConnectionLostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was lost")
    }
}

impl std::error::Error for ConnectionLostError {}

impl Connection {
    pub(crate) fn new(router: Router) -> Self {
        Self { router }
    }
}

impl<B> Service<Request<B>> for Connection
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = ConnectionLostError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, ConnectionLostError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectionLostError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let response = self.router.call(request.map(Body::new));
        Box::pin(async move {
            let Ok(response) = response.await;
            // A router has no error, so a lost connection is an extension of its response.
            match response.extensions().get::<ConnectionLostError>() {
                Some(lost) => Err(*lost),
                None => Ok(response),
            }
        })
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

/// Tells a response body when everything it has returned so far has been written to the socket.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlushSignal(Arc<Mutex<FlushState>>);

#[derive(Debug, Default)]
enum FlushState {
    #[default]
    Idle,
    Waiting(Waker),
    Flushed,
}

impl FlushSignal {
    /// Ready at the first flush after the first poll.
    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, FlushState::Flushed) {
            return Poll::Ready(());
        }
        *state = FlushState::Waiting(context.waker().clone());
        Poll::Pending
    }

    /// To be called when there is nothing left to write.
    pub(super) fn notify(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let FlushState::Waiting(waker) = &*state {
            waker.wake_by_ref();
            *state = FlushState::Flushed;
        }
    }
}
