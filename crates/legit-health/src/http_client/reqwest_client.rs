//! The HTTP client over sockets, and the classification of reqwest's errors.

use super::{
    CertificateProblem, HttpClient, HttpError, HttpErrorKind, HttpOptions, RequestBody, ResponseBody,
};
use crate::BoxFuture;
use crate::config::{BaseUrl, ConfigError};
use http::{HeaderMap, Request, Response, header};
use http_body_util::BodyExt;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

/// The client with which generated code builds requests. It never sends any.
pub(crate) type RequestBuilder = reqwest::Client;

/// The HTTP client over sockets, the default: HTTP/1.1, with TLS 1.2 or newer by rustls and the certificates that the system
/// trusts. The system's proxy settings are used, except for a loopback address.
pub struct ReqwestClient {
    client: reqwest::Client,
}

impl ReqwestClient {
    /// Creates a client for the device at this address. `connect` is the time limit for a connection, TLS included.
    ///
    /// # Errors
    ///
    /// The system's trusted certificates cannot be read, or one of the options is invalid.
    pub fn new(base_url: &BaseUrl, options: &HttpOptions, connect: Duration) -> Result<Self, ConfigError> {
        let builder = reqwest::Client::builder()
            // `transport` decodes, and caps the size. The features are off here, but another crate of the same build may
            // turn them on.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Another crate may turn on the system's TLS, or HTTP/2, which makes uploads more expensive.
            .tls_backend_rustls()
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .http1_only()
            .connect_timeout(connect);
        let client = options.apply(builder, base_url)?.build().map_err(|_| {
            ConfigError::new(
                "TLS cannot be set up: install the CA certificates of this system, and check that the client certificate \
                 and its key belong together",
            )
        })?;
        Ok(Self { client })
    }

    /// Returns the client with which generated code builds requests.
    pub(crate) fn request_builder() -> RequestBuilder {
        let builder = reqwest::Client::builder().no_proxy().tls_backend_rustls().tls_certs_only([]);
        builder.build().expect("a client without certificates needs nothing from the system")
    }
}

impl HttpClient for ReqwestClient {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async move {
            let request = request.map(reqwest::Body::wrap).try_into().map_err(before_response)?;
            let response = self.client.execute(request).await.map_err(before_response)?;
            if let Some(error) = ambiguous_length(response.headers()) {
                return Err(error);
            }
            let response: Response<reqwest::Body> = response.into();
            Ok(response.map(|body| Box::pin(body.map_err(within_response)) as ResponseBody))
        })
    }
}

impl fmt::Debug for ReqwestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestClient")
    }
}

/// hyper-util has no other name for it in public.
type TunnelError = <Tunnel<HttpConnector> as tower_service::Service<http::Uri>>::Error;

/// Classifies an error before the head of the response.
fn before_response(error: reqwest::Error) -> HttpError {
    let unconnected = error.is_connect() || error.is_builder() || is_unstarted(&error);
    let kind = match certificate_problem(&error) {
        Some(_) if is_from_proxy(&error) => HttpErrorKind::Untrusted(CertificateProblem::ProxyCertificate),
        // Once there is a connection, the server can only refuse the client certificate.
        Some(why) if unconnected || why == CertificateProblem::ClientCertificate => {
            HttpErrorKind::Untrusted(why)
        }
        _ if requires_proxy_login(&error) => HttpErrorKind::ProxyAuthentication,
        _ if unconnected => HttpErrorKind::NotConnected,
        _ if is_not_http(&error) => HttpErrorKind::MalformedResponse,
        _ => HttpErrorKind::ConnectionLost,
    };
    HttpError { kind, source: error.without_url().into() }
}

/// Classifies an error within the response body: the request was read by then, whatever TLS reports.
fn within_response(error: reqwest::Error) -> HttpError {
    let kind = if is_malformed_body(&error) {
        HttpErrorKind::MalformedResponse
    } else {
        HttpErrorKind::ConnectionLost
    };
    HttpError { kind, source: error.without_url().into() }
}

/// Rejects a head with two lengths of its body, which two readers could interpret differently.
fn ambiguous_length(head: &HeaderMap) -> Option<HttpError> {
    let both = head.contains_key(header::TRANSFER_ENCODING) && head.contains_key(header::CONTENT_LENGTH);
    both.then(|| HttpError {
        kind: HttpErrorKind::MalformedResponse,
        source: "the length of the response is ambiguous".into(),
    })
}

fn requires_proxy_login(error: &reqwest::Error) -> bool {
    causes(error)
        .any(|cause| matches!(cause.downcast_ref::<TunnelError>(), Some(TunnelError::ProxyAuthRequired)))
}

fn is_from_proxy(error: &reqwest::Error) -> bool {
    causes(error)
        .any(|cause| matches!(cause.downcast_ref::<TunnelError>(), Some(TunnelError::ConnectFailed(_))))
}

/// Returns true if the connection ended before the request was begun, and hyper has returned the request.
fn is_unstarted(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_canceled))
}

fn is_not_http(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_parse))
}

/// Returns true for a malformed chunk of a body. Corrupt TLS has the same kind, but is a problem of the connection.
fn is_malformed_body(error: &reqwest::Error) -> bool {
    let words = [io::ErrorKind::InvalidData, io::ErrorKind::InvalidInput];
    causes(error).any(|cause| cause.downcast_ref().is_some_and(|io: &io::Error| words.contains(&io.kind())))
        && !causes(error).any(|cause| cause.is::<rustls::Error>())
}

/// Returns the error and its causes, including what an `io::Error` wraps, which is not among its sources.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

/// Returns the problem of the certificate; `None` if the failure is not of TLS.
fn certificate_problem(error: &(dyn Error + 'static)) -> Option<CertificateProblem> {
    causes(error).find_map(|cause| cause.downcast_ref::<TlsError>()).and_then(of_tls)
}

fn of_tls(error: &TlsError) -> Option<CertificateProblem> {
    match error {
        TlsError::InvalidCertificate(why) => Some(match why {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => CertificateProblem::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                CertificateProblem::WrongHost
            }
            CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
            CertificateError::Other(why) => match why.0.downcast_ref() {
                Some(webpki::Error::CaUsedAsEndEntity) => CertificateProblem::AuthorityCertificate,
                _ => CertificateProblem::Other,
            },
            _ => CertificateProblem::Other,
        }),
        TlsError::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => Some(CertificateProblem::ClientCertificate),
        TlsError::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure)
        | TlsError::PeerIncompatible(_)
        | TlsError::NoCertificatesPresented
        | TlsError::InvalidCertRevocationList(_) => Some(CertificateProblem::Other),
        _ => None,
    }
}
