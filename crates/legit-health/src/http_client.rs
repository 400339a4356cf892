//! The network, as the client sees it: one attempt at a time. A test can hand in its own.

mod http;
mod in_process;

pub(crate) use self::http::RequestBuilder;
pub use self::http::{HttpOptions, Proxy, ReqwestClient};
pub use self::in_process::InProcess;
pub use crate::config::BaseUrl;
pub use crate::transport::{RequestBody, RequestBodyError};

use crate::BoxFuture;
use ::http::{Request, Response};
use bytes::Bytes;
use std::error::Error;
use std::fmt;
use std::pin::Pin;

/// A response body that arrives piece by piece.
pub type ResponseBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = HttpError> + Send>>;

/// One attempt. It never retries, follows no redirect and decodes no `Content-Encoding`.
pub trait HttpClient: Send + Sync + 'static {
    /// Sends the request and gives back the head of the answer; the body follows.
    ///
    /// # Errors
    ///
    /// The connection was never made, or was lost before the head of an answer, or the body came to no end
    /// ([`RequestBodyError`], which counts as lost here).
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>>;
}

/// A connection that was never made, or was lost.
#[derive(Debug)]
pub struct HttpError {
    /// How far it came.
    pub kind: HttpErrorKind,
    /// What happened. It must not hold a body, a token or an address with a query.
    pub source: Box<dyn Error + Send + Sync>,
}

/// How far a connection came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// There is none, so certainly no byte of the request has left. It is tried again.
    NotConnected,
    /// No connection that can be trusted was agreed on, so no byte of the request was read. It is not tried again.
    Untrusted(CertificateProblem),
    /// The proxy wants a login, or does not accept the one it was given, so no byte of the request has left. It is not tried
    /// again.
    ProxyAuthentication,
    /// It was lost; a part of the request, or all of it, may have left. It is tried again.
    ConnectionLost,
    /// What came back is no HTTP. The request may have been read by then. It is not tried again, since the answer would be
    /// of the same sort.
    MalformedResponse,
}

impl HttpErrorKind {
    /// Nobody can have read the request.
    pub(crate) fn is_unsent(self) -> bool {
        match self {
            Self::NotConnected | Self::Untrusted(_) | Self::ProxyAuthentication => true,
            Self::ConnectionLost | Self::MalformedResponse => false,
        }
    }
}

/// Why the other side is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// Its certificate has expired, or is not valid yet.
    Expired,
    /// Its certificate is for another host.
    OtherName,
    /// Its certificate was issued by nobody who is trusted.
    UnknownIssuer,
    /// It shows the certificate of an authority as its own. Most certificates that sign themselves are such.
    Authority,
    /// It does not accept our certificate, or wants one and we have none. With TLS 1.3 it may say so when the request is
    /// under way already, and then discards it unread.
    OfTheClient,
    /// The certificate of the proxy, which was to be reached over TLS, has one of these faults.
    OfTheProxy,
    /// Another fault of its certificate, or no common version or cipher of TLS.
    Other,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HttpErrorKind::NotConnected => "the connection could not be made",
            HttpErrorKind::Untrusted(_) => "no trusted connection could be agreed on",
            HttpErrorKind::ProxyAuthentication => "the proxy wants a login",
            HttpErrorKind::ConnectionLost => "the connection was lost",
            HttpErrorKind::MalformedResponse => "what came back is no HTTP",
        })
    }
}

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
