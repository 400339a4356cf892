//! The sandbox as a service that can fail like a network: a connection may be lost before there is an answer.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, Response};
use tower_service::Service;

/// The whole sandbox as a service, as [`Sandbox::connection`](crate::Sandbox::connection) gives it. Clones are
/// independent and cheap.
///
/// Dropping the future of a call is what a client that goes away looks like.
#[derive(Clone)]
pub struct Connection {
    router: Router,
}

/// The connection was lost: a [`Fault`](crate::Fault) has cut it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was lost")
    }
}

impl std::error::Error for Lost {}

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
    type Error = Lost;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Lost>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answer = self.router.call(request.map(Body::new));
        Box::pin(async move {
            let Ok(response) = answer.await;
            // What a router can only say in the place of an answer.
            response.extensions().get::<Lost>().map_or(Ok(()), |lost| Err(*lost))?;
            Ok(response)
        })
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

/// Tells an answer when everything it has given so far has left the process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drained(Arc<Mutex<Draining>>);

#[derive(Debug, Default)]
enum Draining {
    #[default]
    Unasked,
    Asked(Waker),
    Done,
}

impl Drained {
    /// Ready at the first flush after the first time it was asked.
    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<()> {
        let mut draining = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*draining, Draining::Done) {
            return Poll::Ready(());
        }
        *draining = Draining::Asked(context.waker().clone());
        Poll::Pending
    }

    /// To be said when there is nothing left to write.
    pub(crate) fn flushed(&self) {
        let mut draining = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Draining::Asked(waker) = &*draining {
            waker.wake_by_ref();
            *draining = Draining::Done;
        }
    }
}
