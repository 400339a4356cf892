//! The network, as the client sees it: one attempt at a time. A test can hand in its own.

mod http;
mod in_process;

pub use self::http::Http;
pub(crate) use self::http::Unconnected;
pub use self::in_process::InProcess;
pub use crate::transport::RequestBody;

use crate::BoxFuture;
use ::http::{Request, Response};
use bytes::Bytes;
use std::error::Error;
use std::fmt;
use std::pin::Pin;

/// A response body that arrives piece by piece.
pub type ResponseBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = WireError> + Send>>;

/// One attempt. It never retries, follows no redirect and decodes no `Content-Encoding`.
pub trait Wire: Send + Sync + 'static {
    /// Sends the request and gives back the head of the answer; the body follows.
    ///
    /// # Errors
    ///
    /// The connection was never made, or was lost before the head of an answer.
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, WireError>>;
}

/// A connection that was never made, or was lost.
#[derive(Debug)]
pub struct WireError {
    /// True if certainly no byte of the request has left.
    pub not_sent: bool,
    /// What happened. It must not hold a body, a token or an address with a query.
    pub source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.not_sent {
            "the connection could not be made"
        } else {
            "the connection was lost"
        })
    }
}

impl Error for WireError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
