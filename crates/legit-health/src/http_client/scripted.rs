//! An HTTP client for unit tests: each attempt ends at once, as a script says.

use super::{HttpClient, HttpError, HttpErrorKind, RequestBody, ResponseBody};
use crate::BoxFuture;
use crate::sync::lock;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, request};
use http_body_util::{BodyExt, Full};
use std::sync::{Arc, Mutex};

/// The end of one attempt.
pub(crate) enum End {
    /// A JSON response with this status and body.
    Status(u16, &'static str),
    Response(Response<Bytes>),
    Failed(HttpErrorKind),
    Silence,
}

type Script = Box<dyn FnMut(&request::Parts) -> End + Send>;

/// A client that sends nothing, and keeps the heads and bodies that it was given.
pub(crate) struct ScriptedClient {
    script: Mutex<Script>,
    sent: Mutex<Vec<(HeaderMap, Bytes)>>,
}

impl ScriptedClient {
    pub(crate) fn new(script: impl FnMut(&request::Parts) -> End + Send + 'static) -> Arc<Self> {
        Arc::new(Self { script: Mutex::new(Box::new(script)), sent: Mutex::default() })
    }

    /// Returns a client whose attempts end like this, in order.
    pub(crate) fn of(ends: impl IntoIterator<Item = End>) -> Arc<Self> {
        let mut ends = ends.into_iter().collect::<Vec<_>>().into_iter();
        Self::new(move |_| ends.next().expect("the script is long enough"))
    }

    /// Returns the headers and the body of each request.
    pub(crate) fn sent(&self) -> Vec<(HeaderMap, Bytes)> {
        lock(&self.sent).clone()
    }
}

impl HttpClient for ScriptedClient {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let end = (lock(&self.script))(&head);
            let body = match body.collect().await {
                Ok(body) => body.to_bytes(),
                Err(error) => return Err(super::lost(error)),
            };
            lock(&self.sent).push((head.headers, body));
            let response = match end {
                End::Status(status, body) => json(status, body),
                End::Response(response) => response,
                End::Failed(kind) => return Err(HttpError { kind, source: "scripted".into() }),
                End::Silence => std::future::pending().await,
            };
            Ok(response.map(|body| {
                Box::pin(Full::new(body).map_err(|never| -> HttpError { match never {} })) as ResponseBody
            }))
        })
    }
}

/// Returns a JSON response.
pub(crate) fn json(status: u16, body: &'static str) -> Response<Bytes> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Bytes::from_static(body.as_bytes())).expect("a valid response")
}
