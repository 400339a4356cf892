//! The HTTP client that sends single requests, and its errors. A test can replace it.
//!
//! Set proxy and certificates with [`HttpOptions`] and [`ClientBuilder::http_options`](crate::ClientBuilder::http_options), or
//! from files with [`CertificateFiles`]. Replace the whole with a [`HttpClient`] of your own; [`InProcess`] makes one of a
//! server in the same process, such as a sandbox.

mod body;
mod certificate_files;
mod options;
mod pem;
mod proxy_answer;
mod reqwest_client;
#[cfg(test)]
pub(crate) mod scripted;
mod system_proxy;

pub(crate) use self::body::{BodyFailure, BodyPlan, Buffers, SentBytes};
pub use self::body::{RequestBody, RequestBodyError};
pub use self::certificate_files::CertificateFiles;
pub use self::options::{HttpOptions, Proxy};
pub(crate) use self::proxy_answer::ProxyAnswer;
pub(crate) use self::reqwest_client::RequestBuilder;
pub use self::reqwest_client::ReqwestClient;
pub use crate::config::BaseUrl;
#[cfg(feature = "ring")]
pub use crate::cryptography::install_ring;

use crate::BoxFuture;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use tower_service::Service;

/// A response body that arrives in chunks.
pub type ResponseBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = HttpError> + Send>>;

/// Sends requests: one attempt each. It never retries, follows no redirect and decodes no `Content-Encoding`.
pub trait HttpClient: Send + Sync + 'static {
    /// Sends the request and returns the head of the response, whose body follows.
    ///
    /// # Errors
    ///
    /// The connection was never made, or was lost before the head of the response, or the request body failed
    /// ([`RequestBodyError`], which counts as a lost connection here).
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>>;
}

/// The error of an attempt that has no complete response.
#[derive(Debug)]
pub struct HttpError {
    /// The kind of the failure.
    pub kind: HttpErrorKind,
    /// The cause. It must not hold a body, a token or an address with a query.
    pub source: Box<dyn Error + Send + Sync>,
}

/// The kind of an [`HttpError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// No connection was made, so nothing was sent. It is retried.
    NotConnected,
    /// No trusted connection was made, so the request was not read. It is not retried.
    Untrusted(CertificateProblem),
    /// The proxy requires a login, or rejected the given one, so nothing was sent. It is not retried.
    ProxyAuthentication,
    /// The proxy refused to connect to the device (403, a redirect), so nothing was sent. It is not retried.
    ProxyRefused,
    /// The connection was lost; a part of the request, or all of it, may have been sent. It is retried, unless the head of
    /// the response had arrived.
    ConnectionLost,
    /// The response is not valid HTTP. The request may have been read. It is not retried, since the next response would be
    /// the same.
    MalformedResponse,
}

impl HttpErrorKind {
    /// Returns true if the request was certainly not read.
    pub(crate) fn is_unsent(self) -> bool {
        match self {
            Self::NotConnected | Self::Untrusted(_) | Self::ProxyAuthentication | Self::ProxyRefused => true,
            Self::ConnectionLost | Self::MalformedResponse => false,
        }
    }
}

/// A problem with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// The server's certificate has expired, or is not valid yet.
    Expired,
    /// The server's certificate is for another host.
    WrongHost,
    /// The issuer of the server's certificate is not trusted.
    UnknownIssuer,
    /// The server uses the certificate of a certificate authority as its own, as most self-signed certificates are.
    AuthorityCertificate,
    /// The server does not accept the client certificate, or requires one. With TLS 1.3 it may say so while the request is
    /// being sent, and then discards it unread.
    ClientCertificate,
    /// The certificate of a proxy that is reached over TLS has one of these problems.
    ProxyCertificate,
    /// Another problem of the server's certificate, or no common version or cipher of TLS.
    Other,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HttpErrorKind::NotConnected => "no connection could be made",
            HttpErrorKind::Untrusted(_) => "no trusted connection could be made",
            HttpErrorKind::ProxyAuthentication => "the proxy requires a login",
            HttpErrorKind::ProxyRefused => "the proxy refused to connect",
            HttpErrorKind::ConnectionLost => "the connection was lost",
            HttpErrorKind::MalformedResponse => "malformed HTTP response",
        })
    }
}

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// An HTTP client without sockets: sends requests to a `tower` service, for example the router of the sandbox.
///
/// The service is cloned for every attempt, so attempts never wait for each other.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::IdleTimer;
    use crate::clock::skipping::SkippingClock;
    use futures_util::FutureExt;
    use std::sync::Arc;
    use std::task::{Context, Poll};

    #[test]
    fn every_kind_of_failure_says_whether_the_request_was_read() {
        use HttpErrorKind::{
            ConnectionLost, MalformedResponse, NotConnected, ProxyAuthentication, ProxyRefused, Untrusted,
        };
        for (kind, is_unsent, words) in [
            (NotConnected, true, "no connection could be made"),
            (Untrusted(CertificateProblem::Other), true, "no trusted connection could be made"),
            (Untrusted(CertificateProblem::ClientCertificate), true, "no trusted connection could be made"),
            (ProxyAuthentication, true, "the proxy requires a login"),
            (ProxyRefused, true, "the proxy refused to connect"),
            (ConnectionLost, false, "the connection was lost"),
            (MalformedResponse, false, "malformed HTTP response"),
        ] {
            let error = HttpError { kind, source: "the cause".into() };
            assert_eq!((kind.is_unsent(), error.to_string().as_str()), (is_unsent, words));
            assert_eq!(error.source().unwrap().to_string(), "the cause");
        }
    }

    /// A service that is never ready, or fails every request.
    #[derive(Clone)]
    struct Failing {
        when_asked: bool,
    }

    impl Service<Request<RequestBody>> for Failing {
        type Response = Response<http_body_util::Empty<Bytes>>;
        type Error = std::io::Error;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(if self.when_asked { Err(std::io::ErrorKind::NotConnected.into()) } else { Ok(()) })
        }

        fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
            std::future::ready(Err(std::io::ErrorKind::BrokenPipe.into()))
        }
    }

    #[test]
    fn a_service_that_is_not_ready_was_not_sent_the_request() {
        for (when_asked, kind) in
            [(true, HttpErrorKind::NotConnected), (false, HttpErrorKind::ConnectionLost)]
        {
            let idle_timer = IdleTimer::new(Arc::new(SkippingClock::default()));
            let body = BodyPlan::new(Vec::new(), &[]);
            let body = body.open(
                &Buffers::default(),
                Arc::new(idle_timer),
                BodyFailure::default(),
                None,
                SentBytes::default(),
            );
            let request = Request::new(body);
            let outcome = InProcess(Failing { when_asked }).attempt(request).now_or_never().unwrap();
            assert_eq!(outcome.err().map(|error| error.kind), Some(kind));
        }
    }
}
