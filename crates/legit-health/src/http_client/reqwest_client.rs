//! The HTTP client over sockets, and the classification of reqwest's errors.

use super::proxy_answer::UsedProxy;
use super::{
    CertificateProblem, HttpClient, HttpError, HttpErrorKind, HttpOptions, RequestBody, ResponseBody,
};
use crate::BoxFuture;
use crate::config::{BaseUrl, ConfigError};
use crate::cryptography;
use crate::sync::lock;
use futures_util::FutureExt;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Mutex;
use std::time::Duration;
use tokio::runtime::Handle;

/// The client with which generated code builds requests. It never sends any.
pub(crate) type RequestBuilder = reqwest::Client;

/// The HTTP client over sockets, the default: HTTP/1.1, with TLS 1.2 or newer by rustls and the certificates that the system
/// trusts. The system's proxy settings are used, except for a loopback address.
///
/// A connection runs on the tokio runtime that has made it, so each runtime has its own pool of connections.
pub struct ReqwestClient {
    /// Builds another client with the same settings.
    build: Box<BuildClient>,
    proxy: Option<UsedProxy>,
    /// The clients, each with the runtime of its connections.
    clients: Mutex<Vec<(Option<Handle>, reqwest::Client)>>,
}

type BuildClient = dyn Fn() -> Result<reqwest::Client, ConfigError> + Send + Sync;

impl ReqwestClient {
    /// Creates a client for the device at this address. `connect` is the time limit for a connection, TLS included.
    ///
    /// # Errors
    ///
    /// The system's trusted certificates cannot be read, or one of the options is invalid.
    pub fn new(base_url: &BaseUrl, options: &HttpOptions, connect: Duration) -> Result<Self, ConfigError> {
        let client = Self::build(base_url, options, connect)?;
        let proxy = UsedProxy::of(options, base_url, connect)?;
        let (base_url, options) = (base_url.clone(), options.clone());
        let build = move || Self::build(&base_url, &options, connect);
        Ok(Self { build: Box::new(build), proxy, clients: Mutex::new(vec![(None, client)]) })
    }

    fn build(
        base_url: &BaseUrl,
        options: &HttpOptions,
        connect: Duration,
    ) -> Result<reqwest::Client, ConfigError> {
        cryptography::is_chosen()?;
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
        options.apply(builder, base_url)?.build().map_err(|_| {
            ConfigError::new(
                "TLS cannot be set up: install the CA certificates of this system, or correct SSL_CERT_FILE and SSL_CERT_DIR \
                 if they are set",
            )
        })
    }

    /// Returns the client for the current runtime: its own, or that of a runtime that has shut down, or a new one.
    fn client(&self) -> Result<reqwest::Client, HttpError> {
        let here = Handle::try_current().ok();
        let id = |runtime: &Handle| runtime.id();
        let mut clients = lock(&self.clients);
        let own = clients.iter().position(|(runtime, _)| runtime.as_ref().map(id) == here.as_ref().map(id));
        let free = || clients.iter().position(|(runtime, _)| runtime.as_ref().is_none_or(has_shut_down));
        if let Some(place) = own.or_else(free) {
            let (runtime, client) = &mut clients[place];
            *runtime = here;
            return Ok(client.clone());
        }
        let client = (self.build)()
            .map_err(|error| HttpError { kind: HttpErrorKind::NotConnected, source: error.into() })?;
        clients.push((here, client.clone()));
        Ok(client)
    }

    /// Classifies an error before the head of the response, and finds out what the proxy answered if there was no connection.
    async fn before_response(&self, error: reqwest::Error) -> HttpError {
        let answer = match (&self.proxy, tunnel_error(&error)) {
            (Some(proxy), Some(TunnelError::ProxyAuthRequired)) => {
                Some(proxy.answered(StatusCode::PROXY_AUTHENTICATION_REQUIRED))
            }
            (Some(proxy), Some(TunnelError::TunnelUnsuccessful)) => proxy.ask().await,
            _ => None,
        };
        match answer {
            Some(answer) => HttpError { kind: answer.kind(), source: answer.into() },
            None => before_response(error),
        }
    }

    /// Returns the client with which generated code builds requests.
    ///
    /// # Errors
    ///
    /// TLS has no cryptography.
    pub(crate) fn request_builder() -> Result<RequestBuilder, ConfigError> {
        cryptography::is_chosen()?;
        let builder = reqwest::Client::builder().no_proxy().tls_backend_rustls().tls_certs_only([]);
        Ok(builder.build().expect("a client without certificates needs nothing from the system"))
    }
}

impl HttpClient for ReqwestClient {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async move {
            let request = request.map(reqwest::Body::wrap).try_into().map_err(before_response)?;
            let response = match self.client()?.execute(request).await {
                Ok(response) => response,
                Err(error) => return Err(self.before_response(error).await),
            };
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

/// Returns true if the runtime drops its tasks at once.
fn has_shut_down(runtime: &Handle) -> bool {
    runtime.spawn(async {}).now_or_never().is_some_and(|ended| ended.is_err())
}

/// hyper-util has no other name for it in public.
type TunnelError = <Tunnel<HttpConnector> as tower_service::Service<http::Uri>>::Error;

/// Classifies an error before the head of the response.
fn before_response(error: reqwest::Error) -> HttpError {
    let unconnected = error.is_connect() || error.is_builder() || is_unstarted(&error);
    let tunnel = tunnel_error(&error);
    let kind = match certificate_problem(&error) {
        Some(_) if matches!(tunnel, Some(TunnelError::ConnectFailed(_))) => {
            HttpErrorKind::Untrusted(CertificateProblem::ProxyCertificate)
        }
        // Once there is a connection, the server can only refuse the client certificate.
        Some(why) if unconnected || why == CertificateProblem::ClientCertificate => {
            HttpErrorKind::Untrusted(why)
        }
        _ if matches!(tunnel, Some(TunnelError::ProxyAuthRequired)) => HttpErrorKind::ProxyAuthentication,
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

fn tunnel_error(error: &reqwest::Error) -> Option<&TunnelError> {
    causes(error).find_map(|cause| cause.downcast_ref())
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

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::{OtherError, PeerIncompatible};
    use std::sync::Arc;

    #[test]
    fn errors_of_tls_are_told_apart() {
        use CertificateProblem::{
            AuthorityCertificate, ClientCertificate, Expired, Other, UnknownIssuer, WrongHost,
        };
        let invalid = |why| TlsError::InvalidCertificate(why);
        let webpki = |error: webpki::Error| invalid(CertificateError::Other(OtherError(Arc::new(error))));
        let alert = |alert| TlsError::AlertReceived(alert);
        for (error, expected) in [
            (invalid(CertificateError::Expired), Some(Expired)),
            (invalid(CertificateError::NotValidYet), Some(Expired)),
            (invalid(CertificateError::NotValidForName), Some(WrongHost)),
            (invalid(CertificateError::UnknownIssuer), Some(UnknownIssuer)),
            (invalid(CertificateError::Revoked), Some(Other)),
            (invalid(CertificateError::BadEncoding), Some(Other)),
            (webpki(webpki::Error::CaUsedAsEndEntity), Some(AuthorityCertificate)),
            (webpki(webpki::Error::BadDer), Some(Other)),
            (alert(AlertDescription::BadCertificate), Some(ClientCertificate)),
            (alert(AlertDescription::UnsupportedCertificate), Some(ClientCertificate)),
            (alert(AlertDescription::CertificateRevoked), Some(ClientCertificate)),
            (alert(AlertDescription::CertificateExpired), Some(ClientCertificate)),
            (alert(AlertDescription::CertificateUnknown), Some(ClientCertificate)),
            (alert(AlertDescription::CertificateRequired), Some(ClientCertificate)),
            (alert(AlertDescription::UnknownCA), Some(ClientCertificate)),
            (alert(AlertDescription::AccessDenied), Some(ClientCertificate)),
            (alert(AlertDescription::ProtocolVersion), Some(Other)),
            (alert(AlertDescription::HandshakeFailure), Some(Other)),
            (TlsError::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon), Some(Other)),
            (TlsError::NoCertificatesPresented, Some(Other)),
            (alert(AlertDescription::CloseNotify), None),
            (alert(AlertDescription::InternalError), None),
            (TlsError::DecryptError, None),
        ] {
            let text = error.to_string();
            // As reqwest and hyper pass it on.
            let wrapped = io::Error::other(io::Error::other(error));
            assert_eq!(certificate_problem(&wrapped), expected, "{text}");
        }
        assert_eq!(certificate_problem(&io::Error::other("reset")), None);
    }

    #[test]
    fn each_runtime_has_a_client_and_leaves_it_to_another_when_it_shuts_down() {
        let base_url = "http://127.0.0.1:1/v2.0".parse().unwrap();
        let client = ReqwestClient::new(&base_url, &HttpOptions::default(), Duration::from_secs(1)).unwrap();
        let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
        let clients_after_use_on = |runtime: &tokio::runtime::Runtime| {
            let _inside = runtime.enter();
            client.client().unwrap();
            lock(&client.clients).len()
        };
        for _ in 0..60 {
            assert_eq!(clients_after_use_on(&runtime()), 1);
        }
        let (first, second) = (runtime(), runtime());
        assert_eq!([&first, &second, &first, &second].map(clients_after_use_on), [1, 2, 2, 2]);
        drop(first);
        assert_eq!([&runtime(), &second].map(clients_after_use_on), [2, 2]);
    }

    #[test]
    fn a_head_with_two_lengths_is_malformed() {
        let refused = |names: &[&'static str]| {
            let headers = names.iter().map(|name| (name.parse().unwrap(), "1".parse().unwrap())).collect();
            ambiguous_length(&headers).map(|error| error.kind)
        };
        for clear in [&[][..], &["content-length"], &["transfer-encoding"]] {
            assert_eq!(refused(clear), None, "{clear:?}");
        }
        assert_eq!(refused(&["content-length", "transfer-encoding"]), Some(HttpErrorKind::MalformedResponse));
    }
}
