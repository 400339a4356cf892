//! The wire over sockets. The only place of this crate that speaks to reqwest.

use super::{RequestBody, ResponseBody, Wire, WireError};
use crate::BoxFuture;
use crate::config::{BaseUrl, ConfigError};
use http::{Request, Response};
use http_body_util::BodyExt;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(10);

/// Builds requests for a generated client, and never sends any.
pub(crate) type Unconnected = reqwest::Client;

/// HTTP/1.1 over TCP; TLS 1.2 or newer, by rustls, with the certificates that the system trusts. The system's proxy
/// settings are honoured, except on the way to this very machine.
pub struct Http {
    client: reqwest::Client,
}

impl Http {
    /// Ready for the device at this address.
    ///
    /// # Errors
    ///
    /// The system's trusted certificates cannot be read.
    pub fn new(base_url: &BaseUrl) -> Result<Self, WireError> {
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
            .http1_only()
            .connect_timeout(CONNECT);
        let builder = if base_url.is_loopback() { builder.no_proxy() } else { builder };
        // Reading the system's certificates takes longer than all the rest; without TLS nobody asks for them.
        let builder = if base_url.is_encrypted() { builder } else { builder.tls_certs_only([]) };
        Ok(Self { client: builder.build().map_err(wire_error)? })
    }

    /// Like [`new`](Self::new), with the sentence for somebody who sets a client up.
    pub(crate) fn connect(base_url: &BaseUrl) -> Result<Arc<dyn Wire>, ConfigError> {
        match Self::new(base_url) {
            Ok(wire) => Ok(Arc::new(wire)),
            Err(_) => Err(ConfigError::new(
                "the certificates that this system trusts cannot be read: install its CA certificates",
            )),
        }
    }

    /// For the generated clients, which want one to build their requests with. It never sends any.
    pub(crate) fn unconnected() -> Unconnected {
        let builder = reqwest::Client::builder().no_proxy().tls_backend_rustls().tls_certs_only([]);
        builder.build().expect("a client that trusts nobody needs nothing from the system")
    }
}

impl Wire for Http {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, WireError>> {
        Box::pin(async move {
            let request = request.map(reqwest::Body::wrap).try_into().map_err(wire_error)?;
            let response = self.client.execute(request).await.map_err(wire_error)?;
            let response: Response<reqwest::Body> = response.into();
            Ok(response.map(|body| Box::pin(body.map_err(wire_error)) as ResponseBody))
        })
    }
}

fn wire_error(error: reqwest::Error) -> WireError {
    let not_sent = error.is_connect() || error.is_builder();
    WireError { not_sent, source: error.without_url().into() }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}
