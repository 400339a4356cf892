//! HTTP options: CA certificates, a client certificate, a proxy.

use crate::config::{BaseUrl, ConfigError};
use legit_health_api::scalar::{Secret, Username};
use std::fmt;

/// What a hospital's network may ask for. `Debug` shows none of it.
///
/// ```no_run
/// use legit_health::http_client::{HttpOptions, Proxy};
///
/// # fn example() -> std::io::Result<()> {
/// let options = HttpOptions::default()
///     .with_ca_certificates(std::fs::read("/etc/ssl/hospital-ca.pem")?)
///     .with_proxy(Proxy::at("http://proxy.hospital.example:3128"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Certificates that are trusted beside those of the system, as PEM text: the CA of a proxy that inspects traffic. Empty
    /// for none.
    pub ca_certificates: Vec<u8>,
    /// The certificate to show to the other side and its private key, both as PEM text. Empty for none. A client shows it to
    /// its device, and not to a catalogue at another host.
    pub client_certificate: Vec<u8>,
    /// The way out.
    pub proxy: Proxy,
}

/// The way out of a network. Traffic through a proxy stays encrypted: only the address of the device is told to it.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// What the system says (`HTTPS_PROXY`, `NO_PROXY` and the like), except on the way to this very machine.
    #[default]
    System,
    /// None, whatever the system says.
    Direct,
    /// This one; [`Proxy::at`] makes it.
    #[non_exhaustive]
    At {
        /// Such as `http://proxy.hospital.example:3128`, or `https://…` for a proxy that is itself reached over TLS.
        url: String,
        /// For a proxy that asks who is calling.
        login: Option<(Username, Secret)>,
    },
}

impl HttpOptions {
    /// Sets certificates to trust beside those of the system, as PEM text.
    #[must_use]
    pub fn with_ca_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { ca_certificates: pem.into(), ..self }
    }

    /// Sets the certificate to show to the other side and its private key, both as PEM text.
    #[must_use]
    pub fn with_client_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { client_certificate: pem.into(), ..self }
    }

    /// Sets the proxy.
    #[must_use]
    pub fn with_proxy(self, proxy: Proxy) -> Self {
        Self { proxy, ..self }
    }

    pub(super) fn apply(
        &self,
        builder: reqwest::ClientBuilder,
        base_url: &BaseUrl,
    ) -> Result<reqwest::ClientBuilder, ConfigError> {
        let builder = match &self.proxy {
            Proxy::System if !base_url.is_loopback() => builder,
            Proxy::System | Proxy::Direct => builder.no_proxy(),
            Proxy::At { .. } if !base_url.is_encrypted() => {
                return Err(ConfigError::new(
                    "a proxy would read along, since the base URL is not encrypted: use https, or no proxy",
                ));
            }
            Proxy::At { url, login } => builder.proxy(proxy(url, login.as_ref())?),
        };
        if !base_url.is_encrypted() {
            // Reading the system's certificates takes longer than all the rest; without TLS nobody asks for them.
            return Ok(builder.tls_certs_only([]));
        }
        let builder = match &*self.ca_certificates {
            [] => builder,
            pem => builder.tls_certs_merge(certificates(pem)?),
        };
        match &*self.client_certificate {
            [] => Ok(builder),
            pem => Ok(builder.identity(reqwest::Identity::from_pem(pem).map_err(|_| {
                ConfigError::new(
                    "the client certificate is of no use: give a certificate and its private key as PEM text",
                )
            })?)),
        }
    }
}

impl Proxy {
    /// A proxy at this address, such as `http://proxy.hospital.example:3128`.
    pub fn at(url: impl Into<String>) -> Self {
        Self::At { url: url.into(), login: None }
    }

    /// A proxy that asks for a user name and a password.
    pub fn at_with_login(
        url: impl Into<String>,
        username: impl Into<Username>,
        password: impl Into<Secret>,
    ) -> Self {
        Self::At { url: url.into(), login: Some((username.into(), password.into())) }
    }
}

fn proxy(url: &str, login: Option<&(Username, Secret)>) -> Result<reqwest::Proxy, ConfigError> {
    // The address itself stays out of the sentence: it may hold a password.
    let useless = || ConfigError::new("the address of the proxy is of no use: write it as http://host:port");
    let address = url::Url::parse(url).map_err(|_| useless())?;
    if !matches!(address.scheme(), "http" | "https") || !address.has_host() {
        return Err(useless());
    }
    let proxy = reqwest::Proxy::all(url).map_err(|_| useless())?;
    Ok(match login {
        Some((username, password)) => proxy.basic_auth(username.expose(), password.expose()),
        None => proxy,
    })
}

fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, ConfigError> {
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(ConfigError::new(
            "the CA certificates are of no use: give at least one certificate as PEM text",
        )),
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions").finish_non_exhaustive()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Direct => "Direct",
            Self::At { .. } => "At { .. }",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_client::ReqwestClient;
    use std::time::Duration;

    fn sentence(base_url: &str, options: HttpOptions) -> String {
        let http = ReqwestClient::new(&base_url.parse().unwrap(), &options, Duration::from_secs(1));
        http.unwrap_err().to_string()
    }

    #[test]
    fn options_of_no_use_are_one_sentence_without_what_they_hold() {
        const DEVICE: &str = "https://device.example/v2.0";
        for options in [
            HttpOptions { ca_certificates: b"NEEDLE".into(), ..HttpOptions::default() },
            HttpOptions { client_certificate: b"NEEDLE".into(), ..HttpOptions::default() },
            HttpOptions {
                proxy: Proxy::At { url: "socks9://NEEDLE".into(), login: None },
                ..HttpOptions::default()
            },
        ] {
            assert!(!format!("{options:?}").contains("NEEDLE"));
            let sentence = sentence(DEVICE, options);
            assert!(sentence.contains("of no use: ") && !sentence.contains("NEEDLE"), "{sentence}");
        }
        let proxy = Proxy::At { url: "http://127.0.0.1:1".into(), login: None };
        let refused = sentence("http://127.0.0.1:2/v2.0", HttpOptions { proxy, ..HttpOptions::default() });
        assert!(refused.starts_with("a proxy would read along"), "{refused}");
    }
}
