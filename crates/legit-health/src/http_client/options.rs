//! HTTP options: CA certificates, a client certificate, a proxy.

use super::pem::{Contents, DAMAGED, NO_KEY, Problem};
use super::system_proxy::{SystemProxy, is_socks};
use crate::config::{BaseUrl, ConfigError};
use hyper_util::client::proxy::matcher::Matcher;
use legit_health_api::scalar::{Secret, Username};
use std::fmt;

/// Options for a network with its own certificates or a proxy, such as a hospital's. `Debug` hides all of them.
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
    /// CA certificates to trust in addition to those of the system, as PEM text, such as that of a proxy that inspects traffic.
    /// Empty for none. On Linux and the BSDs, `SSL_CERT_FILE` and `SSL_CERT_DIR` replace those of the system.
    pub ca_certificates: Vec<u8>,
    /// The client certificate and its private key, both as PEM text. Empty for none. It is presented to the device, and
    /// not to a catalog at another host.
    pub client_certificate: Vec<u8>,
    /// The proxy; that of the system by default.
    pub proxy: Proxy,
}

/// The proxy to use. Traffic through it stays encrypted: the proxy sees only the host and port of the device.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// The proxy of the system, except for a loopback address: `HTTPS_PROXY` or else `ALL_PROXY`, on macOS and Windows also the
    /// system's settings. `NO_PROXY` lists exceptions: a host or domain, which stands for its subdomains too (`device.example`,
    /// `.example`, `*.example`), an address or a network (`10.0.0.0/8`), each with a port if it should hold for that one only,
    /// or `*`. A SOCKS proxy is refused.
    #[default]
    System,
    /// No proxy.
    Direct,
    /// The proxy at an address; [`Proxy::at`] creates it.
    #[non_exhaustive]
    At {
        /// The address, such as `http://proxy.hospital.example:3128`, or `https://…` for a proxy that is reached over TLS.
        url: String,
        /// The user name and password, if the proxy requires them.
        login: Option<(Username, Secret)>,
    },
}

impl HttpOptions {
    /// Sets CA certificates to trust in addition to those of the system, as PEM text.
    #[must_use]
    pub fn with_ca_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { ca_certificates: pem.into(), ..self }
    }

    /// Sets the client certificate and its private key, both as PEM text.
    #[must_use]
    pub fn with_client_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { client_certificate: pem.into(), ..self }
    }

    /// Sets the proxy.
    #[must_use]
    pub fn with_proxy(self, proxy: Proxy) -> Self {
        Self { proxy, ..self }
    }

    /// Returns the proxy through which the device at this address is reached, such as `http://proxy.hospital.example:3128`,
    /// without its login; `None` if it is reached directly.
    ///
    /// # Errors
    ///
    /// The proxy is invalid, or of a kind that cannot be used.
    pub fn proxy_for(&self, base_url: &BaseUrl) -> Result<Option<String>, ConfigError> {
        let Some(matcher) = self.matcher(base_url)? else { return Ok(None) };
        let device: http::Uri = base_url.as_str().parse().unwrap_or_default();
        Ok(matcher.intercept(&device).map(|proxy| {
            let uri = proxy.uri();
            let scheme = uri.scheme_str().unwrap_or("http");
            let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
            format!("{scheme}://{}:{port}", uri.host().unwrap_or_default())
        }))
    }

    pub(super) fn apply(
        &self,
        builder: reqwest::ClientBuilder,
        base_url: &BaseUrl,
    ) -> Result<reqwest::ClientBuilder, ConfigError> {
        let builder = match &self.proxy {
            Proxy::System if !base_url.is_loopback() => {
                match SystemProxy::read(base_url, |name| std::env::var(name).ok())? {
                    SystemProxy::AsReqwestReadsIt => builder,
                    SystemProxy::Direct => builder.no_proxy(),
                    SystemProxy::Rewritten { url, exceptions } => {
                        let exceptions = reqwest::NoProxy::from_string(&exceptions);
                        builder.proxy(proxy(&url, None)?.no_proxy(exceptions))
                    }
                }
            }
            Proxy::System | Proxy::Direct => builder.no_proxy(),
            Proxy::At { .. } if !base_url.is_encrypted() => {
                return Err(ConfigError::new(
                    "the base URL is not encrypted, so a proxy could read the traffic: use https, or no proxy",
                ));
            }
            Proxy::At { url, login } => builder.proxy(proxy(url, login.as_ref())?),
        };
        if !base_url.is_encrypted() {
            // Without TLS no certificates are needed, and reading those of the system is slow.
            return Ok(builder.tls_certs_only([]));
        }
        let builder = match &*self.ca_certificates {
            [] => builder,
            pem => builder.tls_certs_merge(certificates(pem)?),
        };
        match &*self.client_certificate {
            [] => Ok(builder),
            pem => Ok(builder.identity(identity(pem).map_err(|problem| {
                ConfigError::new(format!("the client certificate is invalid: {problem}"))
            })?)),
        }
    }

    /// Returns what decides which proxy is used for the device, if there may be one.
    pub(super) fn matcher(&self, base_url: &BaseUrl) -> Result<Option<Matcher>, ConfigError> {
        Ok(match &self.proxy {
            Proxy::System if !base_url.is_loopback() => {
                match SystemProxy::read(base_url, |name| std::env::var(name).ok())? {
                    SystemProxy::AsReqwestReadsIt => Some(Matcher::from_system()),
                    SystemProxy::Direct => None,
                    SystemProxy::Rewritten { url, exceptions } => {
                        Some(Matcher::builder().all(url).no(exceptions).build())
                    }
                }
            }
            Proxy::System | Proxy::Direct => None,
            Proxy::At { url, .. } => Some(Matcher::builder().all(url).build()),
        })
    }

    /// Returns the options for a catalog, which needs no account.
    pub(crate) fn for_catalog(&self, catalog: &BaseUrl, device: Option<&BaseUrl>) -> Self {
        let mut options = self.clone();
        if !device.is_some_and(|device| catalog.is_at_the_host_of(device)) {
            // It identifies the caller.
            options.client_certificate.clear();
        }
        if !catalog.is_encrypted() {
            // Http is for loopback addresses, and a proxy could read it.
            options.proxy = Proxy::Direct;
        }
        options
    }
}

impl Proxy {
    /// Returns a proxy at this address, such as `http://proxy.hospital.example:3128`.
    pub fn at(url: impl Into<String>) -> Self {
        Self::At { url: url.into(), login: None }
    }

    /// Returns a proxy that requires a user name and a password.
    pub fn at_with_login(
        url: impl Into<String>,
        username: impl Into<Username>,
        password: impl Into<Secret>,
    ) -> Self {
        Self::At { url: url.into(), login: Some((username.into(), password.into())) }
    }
}

fn proxy(url: &str, login: Option<&(Username, Secret)>) -> Result<reqwest::Proxy, ConfigError> {
    // The error does not quote the address, which may hold a password.
    let invalid = || ConfigError::new("the address of the proxy is invalid: write it as http://host:port");
    if is_socks(url) {
        return Err(ConfigError::new(
            "the proxy is a SOCKS proxy, which this client cannot use: give an HTTP proxy, as http://host:port",
        ));
    }
    let address = url::Url::parse(url).map_err(|_| invalid())?;
    if !matches!(address.scheme(), "http" | "https") || !address.has_host() {
        return Err(invalid());
    }
    let proxy = reqwest::Proxy::all(url).map_err(|_| invalid())?;
    Ok(match login {
        Some((username, password)) => proxy.basic_auth(username.expose(), password.expose()),
        None => proxy,
    })
}

fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, ConfigError> {
    let checked = Contents::of(pem).and_then(|contents| contents.check_certificates());
    let loaded = checked.and_then(|()| reqwest::Certificate::from_pem_bundle(pem).map_err(|_| DAMAGED));
    loaded.map_err(|problem| ConfigError::new(format!("the CA certificates are invalid: {problem}")))
}

/// Reads a client certificate and its private key, which belong together.
pub(super) fn identity(pem: &[u8]) -> Result<reqwest::Identity, Problem> {
    const MISMATCH: Problem =
        "the client certificate and the private key do not belong together: give the two that do";
    let contents = Contents::of(pem)?;
    match contents.keys {
        0 => return Err(NO_KEY),
        1 => {}
        _ => return Err("there are several private keys: keep only that of the client certificate"),
    }
    contents.check_certificates()?;
    let identity = reqwest::Identity::from_pem(pem)
        .map_err(|_| "it holds more than certificates and a private key: remove the rest")?;
    let trial = reqwest::Client::builder().no_proxy().tls_backend_rustls().tls_certs_only([]);
    trial.identity(identity.clone()).build().map_err(|_| MISMATCH)?;
    Ok(identity)
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
    fn the_proxy_is_told_without_its_login() {
        let device = "https://device.example/v2.0".parse().unwrap();
        let used = |proxy| HttpOptions::default().with_proxy(proxy).proxy_for(&device).unwrap();
        let proxy = |url| used(Proxy::at(url));
        assert_eq!(proxy("http://reader:NEEDLE@proxy.example").as_deref(), Some("http://proxy.example:80"));
        assert_eq!(proxy("https://proxy.example").as_deref(), Some("https://proxy.example:443"));
        assert_eq!(proxy("http://10.0.0.1:3128").as_deref(), Some("http://10.0.0.1:3128"));
        let with_login = Proxy::at_with_login("http://proxy.example:3128", "reader", "NEEDLE");
        assert_eq!(used(with_login).as_deref(), Some("http://proxy.example:3128"));
        assert_eq!(used(Proxy::Direct), None);
    }

    #[test]
    fn the_error_of_an_invalid_option_does_not_quote_it() {
        const DEVICE: &str = "https://device.example/v2.0";
        for options in [
            HttpOptions { ca_certificates: b"NEEDLE".into(), ..HttpOptions::default() },
            HttpOptions { client_certificate: b"NEEDLE".into(), ..HttpOptions::default() },
            HttpOptions {
                proxy: Proxy::At { url: "ftp://NEEDLE".into(), login: None },
                ..HttpOptions::default()
            },
        ] {
            assert!(!format!("{options:?}").contains("NEEDLE"));
            let sentence = sentence(DEVICE, options);
            assert!(sentence.contains(" invalid: ") && !sentence.contains("NEEDLE"), "{sentence}");
        }
        let socks = HttpOptions::default().with_proxy(Proxy::at("socks5://NEEDLE:1080"));
        let refused = sentence(DEVICE, socks);
        assert!(refused.contains("SOCKS") && !refused.contains("NEEDLE"), "{refused}");
        let proxy = Proxy::At { url: "http://127.0.0.1:1".into(), login: None };
        let refused = sentence("http://127.0.0.1:2/v2.0", HttpOptions { proxy, ..HttpOptions::default() });
        assert!(refused.starts_with("the base URL is not encrypted"), "{refused}");
    }
}
