//! What a proxy answers to `CONNECT` when it does not connect.
//!
//! Of these answers the HTTP client reports 407 only. After any other, the proxy is asked once more, and this time the status
//! is read. Nothing of the call is part of the question, and other connections are as they were.

use super::{HttpErrorKind, HttpOptions, Proxy};
use crate::config::{BaseUrl, ConfigError};
use base64_simd::STANDARD;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::client::legacy::connect::HttpConnector;
use std::fmt;
use std::pin::pin;
use std::time::Duration;
use tower_service::Service;

/// The proxy through which the device is reached.
pub(super) struct UsedProxy {
    address: Uri,
    authorization: Option<HeaderValue>,
    /// The device, as `host:port`.
    device: String,
    limit: Duration,
}

/// The answer of a proxy that did not connect.
#[derive(Debug)]
pub(crate) struct ProxyAnswer {
    /// Its host and port.
    proxy: String,
    status: StatusCode,
}

impl UsedProxy {
    /// Returns the proxy that these options name for the device. `limit` is that for a connection.
    pub(super) fn of(
        options: &HttpOptions,
        base_url: &BaseUrl,
        limit: Duration,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(matcher) = options.matcher(base_url)? else { return Ok(None) };
        let device: Uri = base_url.as_str().parse().unwrap_or_default();
        let (Some(proxy), Some(host)) = (matcher.intercept(&device), device.host()) else { return Ok(None) };
        let login = match &options.proxy {
            Proxy::At { login: Some((username, password)), .. } => {
                let login = STANDARD.encode_to_string(format!("{}:{}", username.expose(), password.expose()));
                HeaderValue::from_str(&format!("Basic {login}")).ok()
            }
            _ => None,
        };
        Ok(Some(Self {
            address: proxy.uri().clone(),
            authorization: login.or_else(|| proxy.basic_auth().cloned()),
            device: format!("{host}:{}", device.port_u16().unwrap_or(443)),
            limit,
        }))
    }

    /// Returns an answer of this proxy.
    pub(super) fn answered(&self, status: StatusCode) -> ProxyAnswer {
        let port = self.address.port_u16();
        let port = port.unwrap_or(if self.address.scheme_str() == Some("https") { 443 } else { 80 });
        ProxyAnswer { proxy: format!("{}:{port}", self.address.host().unwrap_or_default()), status }
    }

    /// Asks the proxy to connect, and returns its answer unless it does. A proxy that is reached over TLS is not asked.
    pub(super) async fn ask(&self) -> Option<ProxyAnswer> {
        if self.address.scheme_str() == Some("https") {
            return None;
        }
        let status = tokio::time::timeout(self.limit, self.status()).await.ok()??;
        (!status.is_success()).then(|| self.answered(status))
    }

    async fn status(&self) -> Option<StatusCode> {
        let stream = HttpConnector::new().call(self.address.clone()).await.ok()?;
        let (mut proxy, connection) = http1::handshake(stream).await.ok()?;
        let mut request = Request::connect(&self.device).header(header::HOST, &self.device);
        if let Some(authorization) = &self.authorization {
            let mut authorization = authorization.clone();
            authorization.set_sensitive(true);
            request = request.header(header::PROXY_AUTHORIZATION, authorization);
        }
        let response = pin!(proxy.send_request(request.body(Empty::<Bytes>::new()).ok()?));
        let response = match select(response, connection).await {
            Either::Left((response, _)) => response,
            // The connection ends with the response, which may be there already.
            Either::Right((_, response)) => response.await,
        };
        Some(response.ok()?.status())
    }
}

impl ProxyAnswer {
    /// Returns the kind of the failure. A proxy that cannot reach the device now may do so later.
    pub(super) fn kind(&self) -> HttpErrorKind {
        match self.status.as_u16() {
            407 => HttpErrorKind::ProxyAuthentication,
            408 | 425 | 429 | 500..=599 => HttpErrorKind::NotConnected,
            _ => HttpErrorKind::ProxyRefused,
        }
    }
}

impl fmt::Display for ProxyAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} responded with status {}", self.proxy, self.status)
    }
}

impl std::error::Error for ProxyAnswer {}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(proxy: Proxy) -> Option<UsedProxy> {
        let options = HttpOptions::default().with_proxy(proxy);
        let device = "https://device.example/v2.0".parse().unwrap();
        UsedProxy::of(&options, &device, Duration::from_secs(1)).unwrap()
    }

    #[test]
    fn a_proxy_is_named_without_its_login() {
        for (url, name) in [
            ("http://reader:NEEDLE@proxy.example:3128", "proxy.example:3128"),
            ("http://proxy.example", "proxy.example:80"),
            ("https://proxy.example", "proxy.example:443"),
        ] {
            let answer = used(Proxy::at(url)).unwrap().answered(StatusCode::FORBIDDEN);
            assert_eq!(answer.to_string(), format!("the proxy {name} responded with status 403 Forbidden"));
        }
        assert!(used(Proxy::Direct).is_none());
    }

    #[test]
    fn the_login_is_that_of_the_options_or_the_address() {
        let login =
            |proxy| used(proxy).unwrap().authorization.map(|value| value.to_str().unwrap().to_owned());
        let basic = Some("Basic cmVhZGVyOnByMHh5".to_owned());
        assert_eq!(login(Proxy::at_with_login("http://proxy.example", "reader", "pr0xy")), basic);
        assert_eq!(login(Proxy::at("http://reader:pr0xy@proxy.example")), basic);
        assert_eq!(login(Proxy::at("http://proxy.example")), None);
    }

    #[test]
    fn a_refusal_is_final_and_a_failure_is_not() {
        let kind = |status| {
            let status = StatusCode::from_u16(status).unwrap();
            ProxyAnswer { proxy: String::new(), status }.kind()
        };
        for (status, expected) in [
            (302, HttpErrorKind::ProxyRefused),
            (403, HttpErrorKind::ProxyRefused),
            (404, HttpErrorKind::ProxyRefused),
            (407, HttpErrorKind::ProxyAuthentication),
            (429, HttpErrorKind::NotConnected),
            (500, HttpErrorKind::NotConnected),
            (502, HttpErrorKind::NotConnected),
            (503, HttpErrorKind::NotConnected),
            (504, HttpErrorKind::NotConnected),
        ] {
            assert_eq!(kind(status), expected, "{status}");
        }
    }
}
