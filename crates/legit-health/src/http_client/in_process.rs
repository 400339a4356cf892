//! The wire without sockets: any `tower` service, for example the sandbox's router.

use super::{HttpClient, HttpError, HttpErrorKind, RequestBody, ResponseBody};
use crate::BoxFuture;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use std::fmt;
use std::future::poll_fn;
use tower_service::Service;

/// Runs a service inside the caller's future. It is cloned for every attempt, so attempts never wait for each other.
#[derive(Clone)]
pub struct InProcess<S>(pub S);

impl<S, B> HttpClient for InProcess<S>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: std::error::Error + Send + Sync,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync,
{
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        let mut service = self.0.clone();
        Box::pin(async move {
            let ready = poll_fn(|context| service.poll_ready(context)).await;
            ready.map_err(|error| HttpError { kind: HttpErrorKind::NotConnected, source: error.into() })?;
            let response = service.call(request).await.map_err(lost)?;
            Ok(response.map(|body| Box::pin(body.map_err(lost)) as ResponseBody))
        })
    }
}

fn lost(error: impl std::error::Error + Send + Sync + 'static) -> HttpError {
    HttpError { kind: HttpErrorKind::ConnectionLost, source: error.into() }
}

impl<S> fmt::Debug for InProcess<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}
