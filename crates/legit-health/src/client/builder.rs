//! The builder of a client.

use super::{Client, ClientInner};
use crate::auth::{Account, CredentialsSource, TokenStore};
use crate::call::{Host, Session};
use crate::catalog;
use crate::catalog::Catalog;
use crate::clock::{Clock, SystemClock};
use crate::config::{BaseUrl, ConfigError, DefaultHeaders};
use crate::environment::{Environment, EnvironmentSource};
use crate::http_client::{CertificateFiles, HttpClient, HttpOptions, ReqwestClient};
use crate::observe::{Audit, Observer};
use crate::policy::{RetryPolicy, Timeouts};
use crate::transport::{Settings, Transport};
use std::fmt;
use std::sync::Arc;

/// Builder of a [`Client`]. Nothing is sent before the client's first call.
///
/// ```
/// use legit_health::{Client, Credentials};
///
/// # fn example() -> Result<(), legit_health::ConfigError> {
/// let client = Client::builder()
///     .base_url("https://api.example.org/v2.0")
///     .credentials(Credentials::password("clinic@example.org", "s3cret"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "`build` makes the client"]
pub struct ClientBuilder {
    base_url: Option<Result<BaseUrl, ConfigError>>,
    catalog_url: Option<Result<BaseUrl, ConfigError>>,
    login_path: Option<String>,
    credentials: Option<Arc<dyn CredentialsSource>>,
    token_store: Option<Arc<dyn TokenStore>>,
    http_client: Option<Arc<dyn HttpClient>>,
    http_options: Option<HttpOptions>,
    /// Read unless there are options, or an HTTP client.
    certificate_files: CertificateFiles,
    clock: Option<Arc<dyn Clock>>,
    headers: DefaultHeaders,
    /// The settings of the device's transport; `build` adds its headers.
    settings: Settings,
}

impl ClientBuilder {
    /// Creates a builder with the addresses and the credentials from the environment, as [`Client::from_env`] reads them.
    ///
    /// ```no_run
    /// use legit_health::{ClientBuilder, Timeouts};
    /// use std::time::Duration;
    ///
    /// # fn example() -> Result<(), legit_health::ConfigError> {
    /// let timeouts = Timeouts::default().with_overall(Duration::from_secs(60));
    /// let client = ClientBuilder::from_env()?.timeouts(timeouts).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A variable is missing or invalid; the error names it. The files of certificates are read by [`build`](Self::build).
    pub fn from_env() -> Result<Self, ConfigError> {
        // Read here to find out early; the credentials are read again at each login.
        let Environment { base_url, catalog_url, .. } = Environment::read()?;
        let catalog_url = catalog_url.map(Ok);
        let certificate_files = CertificateFiles::from_env();
        let builder = Self { catalog_url, certificate_files, ..Self::default() };
        Ok(builder.base_url(base_url).credentials(EnvironmentSource))
    }

    /// Sets the address of the device, version segment included, such as `https://api.example.org/v2.0`. The vendor sends
    /// it with an account. [`build`](Self::build) refuses an invalid one.
    pub fn base_url(mut self, base_url: impl AsRef<str>) -> Self {
        self.base_url = Some(base_url.as_ref().parse());
        self
    }

    /// Sets the path of the login below the base URL, such as `/auth/login`; `/login` by default. What is sent and received
    /// there stays the same.
    pub fn login_path(mut self, path: impl Into<String>) -> Self {
        self.login_path = Some(path.into());
        self
    }

    /// Sets the address of the public catalog. By default it is the address of the device if that is a loopback address,
    /// else the vendor's own catalog.
    pub fn catalog_url(mut self, catalog_url: impl AsRef<str>) -> Self {
        let parsed = catalog_url.as_ref().parse();
        self.catalog_url = Some(parsed.map_err(|error| ConfigError::new(format!("the catalog: {error}"))));
        self
    }

    /// Sets the credentials: [`Credentials`](crate::Credentials), or a source that is read at every login.
    pub fn credentials(mut self, source: impl CredentialsSource) -> Self {
        self.credentials = Some(Arc::new(source));
        self
    }

    /// Sets where the token is kept, so that other clients of the account, such as the next run of a program, need not log in.
    /// Without it the token lives as long as this client and its clones.
    pub fn token_store(mut self, store: impl TokenStore) -> Self {
        self.token_store = Some(Arc::new(store));
        self
    }

    /// Sets the time limits. Each call can override the overall limit.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings.timeouts = timeouts;
        self
    }

    /// Sets how often a call is tried again, and the pauses in between.
    pub fn retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.settings.retry_policy = retry_policy;
        self
    }

    /// Sets how many requests may run at the same time, 64 by default; each has its own connection. Further calls wait,
    /// and the wait counts against their time limit. A call that is neither polled nor dropped keeps its place.
    pub fn max_concurrent_requests(mut self, most: usize) -> Self {
        self.settings.max_concurrent_requests = most;
        self
    }

    /// Sets CA certificates, a client certificate and a proxy. The files of certificates that the environment names are then
    /// not read; see [`CertificateFiles`].
    pub fn http_options(mut self, options: HttpOptions) -> Self {
        self.http_options = Some(options);
        self
    }

    /// Adds a header that is sent to the device with every request, such as the key of a gateway. It is not sent to a
    /// catalog at another host, and `Debug` hides it.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.add(name, value);
        self
    }

    /// Names your program in the `User-Agent`, before this library, such as `clinic-portal/3.1`.
    pub fn user_agent(mut self, product: &str) -> Self {
        self.headers.user_agent(product);
        self
    }

    /// Sets an observer of every call and attempt, for metrics.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.settings.observers.observer = Some(Arc::new(observer));
        self
    }

    /// Sets an audit log of every call to the device except logins. Digests of what is sent and received are then
    /// always computed.
    pub fn audit(mut self, audit: impl Audit) -> Self {
        self.settings.observers.audit = Some(Arc::new(audit));
        self
    }

    /// Replaces the HTTP client, for requests to the catalog too; [`ReqwestClient`] by default.
    pub fn http_client(mut self, http_client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(http_client));
        self
    }

    /// Replaces the clock; the system's by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Builds the client, without sending anything.
    ///
    /// # Errors
    ///
    /// The address or the credentials are missing, a setting is invalid, or certificates cannot be read.
    pub fn build(self) -> Result<Client, ConfigError> {
        let base_url =
            self.base_url.ok_or_else(|| ConfigError::new("there is no base URL: add `.base_url(…)`"))??;
        let credentials = self
            .credentials
            .ok_or_else(|| ConfigError::new("there are no credentials: add `.credentials(…)`"))?;
        let catalog_url = self.catalog_url.unwrap_or_else(|| Ok(catalog::default_url(&base_url)))?;
        let timeouts = &self.settings.timeouts;
        let http_options = match (&self.http_client, self.http_options) {
            (None, None) => Some(self.certificate_files.read()?),
            (_, given) => given,
        };
        let (http_client, catalog_http_client) =
            http_clients(self.http_client, http_options, &base_url, &catalog_url, timeouts)?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
        let (default_headers, user_agent) = self.headers.checked()?;
        let login_address = self.login_path.map(|path| base_url.below(&path)).transpose()?;
        let settings = Settings { headers: default_headers, login_address, ..self.settings };
        // Headers for a gateway before the device are not sent to another host.
        let catalog_headers = if catalog_url == base_url { settings.headers.clone() } else { user_agent };
        let catalog_settings = Settings { headers: catalog_headers, ..settings.clone() };
        let request_builder = ReqwestClient::request_builder()?;
        let catalog_transport = Transport::new(catalog_http_client, clock.clone(), catalog_settings);
        let catalog = Catalog::on(Host::new(catalog_url, catalog_transport, request_builder.clone()));
        let transport = Transport::new(http_client, clock, settings);
        let host = Arc::new(Host::new(base_url, transport, request_builder));
        let account = Arc::new(Account::new(host.clone(), credentials, self.token_store));
        let session = Session { host, tokens: Some(account.clone()) };
        Ok(Client { inner: Arc::new(ClientInner { session, account, catalog }) })
    }
}

/// The HTTP clients of the device and of the catalog.
type HttpClients = (Arc<dyn HttpClient>, Arc<dyn HttpClient>);

fn http_clients(
    given: Option<Arc<dyn HttpClient>>,
    options: Option<HttpOptions>,
    device: &BaseUrl,
    catalog: &BaseUrl,
    timeouts: &Timeouts,
) -> Result<HttpClients, ConfigError> {
    match (given, options) {
        (Some(_), Some(_)) => Err(ConfigError::new(
            "both `.http_client(…)` and `.http_options(…)` are given, and your own client does not use the options: keep \
             one of them",
        )),
        (Some(http_client), None) => Ok((http_client.clone(), http_client)),
        (None, options) => {
            let options = options.unwrap_or_default();
            let connect = |to: &BaseUrl, options: &HttpOptions| -> Result<Arc<dyn HttpClient>, ConfigError> {
                Ok(Arc::new(ReqwestClient::new(to, options, timeouts.connect)?))
            };
            let http_client = connect(device, &options)?;
            let elsewhere = options.for_catalog(catalog, Some(device));
            let shared = catalog.is_connected_like(device)
                && elsewhere.client_certificate == options.client_certificate;
            let catalog_http_client =
                if shared { http_client.clone() } else { connect(catalog, &elsewhere)? };
            Ok((http_client, catalog_http_client))
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url.as_ref().and_then(|url| url.as_ref().ok()))
            .finish_non_exhaustive()
    }
}
