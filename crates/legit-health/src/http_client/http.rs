//! The wire over sockets. The only place of this crate that speaks to reqwest.

mod failure;
mod options;
mod trust;

pub use options::{HttpOptions, Proxy};

use super::{HttpClient, HttpError, RequestBody, ResponseBody};
use crate::BoxFuture;
use crate::config::{BaseUrl, ConfigError};
use http::{Request, Response};
use http_body_util::BodyExt;
use std::fmt;
use std::time::Duration;

/// Builds requests for a generated client, and never sends any.
pub(crate) type RequestBuilder = reqwest::Client;

/// HTTP/1.1 over TCP; TLS 1.2 or newer, by rustls, with the certificates that the system trusts. The system's proxy
/// settings are honoured, except on the way to this very machine.
pub struct ReqwestClient {
    client: reqwest::Client,
}

impl ReqwestClient {
    /// Ready for the device at this address. A connection is to be made within `connect`, TLS included.
    ///
    /// # Errors
    ///
    /// The system's trusted certificates cannot be read, or one of the options is of no use.
    pub fn new(base_url: &BaseUrl, options: &HttpOptions, connect: Duration) -> Result<Self, ConfigError> {
        let builder = reqwest::Client::builder()
            // Decoding and its cap belong to `transport`. The features are off here, but another crate of the same
            // build may turn them on for everybody.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Likewise: another crate may bring in the system's TLS, or HTTP/2, which costs an upload more than it gives.
            .tls_backend_rustls()
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .http1_only()
            .connect_timeout(connect);
        let client = options.apply(builder, base_url)?.build().map_err(|_| {
            ConfigError::new(
                "TLS cannot be set up: install the CA certificates of this system, and see that an own certificate \
                 and its key belong together",
            )
        })?;
        Ok(Self { client })
    }

    /// For the generated clients, which want one to build their requests with. It never sends any.
    pub(crate) fn request_builder() -> RequestBuilder {
        let builder = reqwest::Client::builder().no_proxy().tls_backend_rustls().tls_certs_only([]);
        builder.build().expect("a client that trusts nobody needs nothing from the system")
    }
}

impl HttpClient for ReqwestClient {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async move {
            let request = request.map(reqwest::Body::wrap).try_into().map_err(failure::before_the_answer)?;
            let response = self.client.execute(request).await.map_err(failure::before_the_answer)?;
            if let Some(error) = failure::two_ends(response.headers()) {
                return Err(error);
            }
            let response: Response<reqwest::Body> = response.into();
            Ok(response.map(|body| Box::pin(body.map_err(failure::within_the_answer)) as ResponseBody))
        })
    }
}

impl fmt::Debug for ReqwestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}
