//! How a client is set up.

use super::{Client, Shared};
use crate::auth::{CredentialsSource, EnvironmentSource, SingleFlight};
use crate::catalog::{Catalog, Host};
use crate::clock::{Clock, SystemClock};
use crate::config::{BaseUrl, ConfigError, DefaultHeaders, Environment};
use crate::http_client::{HttpClient, HttpOptions, Proxy, ReqwestClient};
use crate::observe::{Audit, Observer};
use crate::policy::{RetryPolicy, Timeouts};
use crate::transport::{Settings, Transport};
use std::fmt;
use std::sync::{Arc, Mutex};

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
    credentials: Option<Arc<dyn CredentialsSource>>,
    wire: Option<Arc<dyn HttpClient>>,
    http: Option<HttpOptions>,
    clock: Option<Arc<dyn Clock>>,
    headers: DefaultHeaders,
    /// What the transport of the device needs; its headers come with `build`.
    settings: Settings,
}

impl ClientBuilder {
    /// Starts with the address and the credentials that the environment names, as [`Client::from_env`] does; everything
    /// else can be set as usual.
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
    /// A variable is missing or invalid; the error names it.
    pub fn from_env() -> Result<Self, ConfigError> {
        // Read here to find out early; the credentials are read again at each login.
        let Environment { base_url, catalog_url, credentials: _ } = Environment::read()?;
        let catalog_url = catalog_url.map(Ok);
        Ok(Self { catalog_url, ..Self::default().base_url(base_url).credentials(EnvironmentSource) })
    }

    /// Sets the address of the device, version segment included, such as `https://api.example.org/v2.0`. The vendor sends
    /// it with an account. [`build`](Self::build) refuses an invalid one.
    pub fn base_url(mut self, base_url: impl AsRef<str>) -> Self {
        self.base_url = Some(base_url.as_ref().parse());
        self
    }

    /// Sets the address of the public catalog. By default it is the address of the device if that is this machine, else the
    /// vendor's own catalog.
    pub fn catalog_url(mut self, catalog_url: impl AsRef<str>) -> Self {
        let parsed = catalog_url.as_ref().parse();
        self.catalog_url = Some(parsed.map_err(|error| ConfigError::new(format!("the catalog: {error}"))));
        self
    }

    /// Sets the credentials: [`Credentials`](crate::Credentials), or a source that is asked again at every login.
    pub fn credentials(mut self, source: impl CredentialsSource) -> Self {
        self.credentials = Some(Arc::new(source));
        self
    }

    /// Sets the time limits. A call can have an overall limit of its own.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings.timeouts = timeouts;
        self
    }

    /// Sets how often a call is tried again, and the pauses in between.
    pub fn retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.settings.retry_policy = retry_policy;
        self
    }

    /// Sets how many requests may run at the same time, 64 by default; each has a connection of its own. Further calls wait,
    /// and the wait counts against their time limit.
    pub fn max_concurrent_requests(mut self, most: usize) -> Self {
        self.settings.max_concurrent_requests = most;
        self
    }

    /// Sets CA certificates, a client certificate and a proxy.
    pub fn http_options(mut self, options: HttpOptions) -> Self {
        self.http = Some(options);
        self
    }

    /// Adds a header that is sent to the device with every request, such as the key of a gateway. It is not sent to a catalog
    /// at another host, and `Debug` hides it.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.add(name, value);
        self
    }

    /// Names your program in the `User-Agent`, before this library, such as `clinic-portal/3.1`.
    pub fn user_agent(mut self, product: &str) -> Self {
        self.headers.user_agent(product);
        self
    }

    /// Sets an observer that is told of every call and attempt, for metrics.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.settings.observers.observer = Some(Arc::new(observer));
        self
    }

    /// Sets an audit log that is told of every call to the device except logins. Digests of what is sent and received are then
    /// always computed.
    pub fn audit(mut self, audit: impl Audit) -> Self {
        self.settings.observers.audit = Some(Arc::new(audit));
        self
    }

    /// Replaces the HTTP client, for requests to the catalog too; [`ReqwestClient`] by default.
    pub fn http_client(mut self, wire: impl HttpClient) -> Self {
        self.wire = Some(Arc::new(wire));
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
    /// The address or the credentials are missing, a setting is invalid, or the system's trusted certificates cannot be
    /// read.
    pub fn build(self) -> Result<Client, ConfigError> {
        let base_url =
            self.base_url.ok_or_else(|| ConfigError::new("there is no base URL: add `.base_url(…)`"))??;
        let credentials = self
            .credentials
            .ok_or_else(|| ConfigError::new("there are no credentials: add `.credentials(…)`"))?;
        let catalog_url = self.catalog_url.unwrap_or_else(|| Ok(Host::beside(&base_url)))?;
        let (wire, catalog_wire) =
            wires(self.wire, self.http, &base_url, &catalog_url, &self.settings.timeouts)?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
        let (default_headers, user_agent) = self.headers.checked()?;
        let settings = Settings { headers: default_headers, ..self.settings };
        // What is meant for a gateway before the device is nobody else's affair.
        let catalog_headers = if catalog_url == base_url { settings.headers.clone() } else { user_agent };
        let catalog_settings = Settings { headers: catalog_headers, ..settings.clone() };
        let request_builder = ReqwestClient::request_builder();
        let catalog = Catalog::on(Host {
            base_url: catalog_url,
            transport: Arc::new(Transport::new(catalog_wire, clock.clone(), catalog_settings)),
            request_builder: request_builder.clone(),
        });
        Ok(Client {
            shared: Arc::new(Shared {
                base_url,
                transport: Arc::new(Transport::new(wire, clock, settings)),
                request_builder,
                catalog,
                credentials,
                tokens: SingleFlight::default(),
                device_version: Mutex::default(),
            }),
        })
    }
}

/// One for the device, one for the catalogue.
type Wires = (Arc<dyn HttpClient>, Arc<dyn HttpClient>);

fn wires(
    given: Option<Arc<dyn HttpClient>>,
    options: Option<HttpOptions>,
    device: &BaseUrl,
    catalog: &BaseUrl,
    timeouts: &Timeouts,
) -> Result<Wires, ConfigError> {
    match (given, options) {
        (Some(_), Some(_)) => Err(ConfigError::new(
            "both `.http_client(…)` and `.http_options(…)` are given, and a client of your own does not use the options: keep \
             one of them",
        )),
        (Some(wire), None) => Ok((wire.clone(), wire)),
        (None, options) => {
            let options = options.unwrap_or_default();
            let connect = |to: &BaseUrl, options: &HttpOptions| -> Result<Arc<dyn HttpClient>, ConfigError> {
                Ok(Arc::new(ReqwestClient::new(to, options, timeouts.connect)?))
            };
            let wire = connect(device, &options)?;
            let elsewhere = options_elsewhere(&options, device, catalog);
            let shared = catalog.is_connected_like(device)
                && elsewhere.client_certificate == options.client_certificate;
            let catalog_wire = if shared { wire.clone() } else { connect(catalog, &elsewhere)? };
            Ok((wire, catalog_wire))
        }
    }
}

/// What a catalogue shares of what the device needs.
fn options_elsewhere(options: &HttpOptions, device: &BaseUrl, catalog: &BaseUrl) -> HttpOptions {
    let mut options = options.clone();
    if !catalog.is_at_the_host_of(device) {
        // It says who is calling, and the catalogue is asked without an account.
        options.client_certificate.clear();
    }
    if !catalog.is_encrypted() {
        // On this very machine; a proxy would read along.
        options.proxy = Proxy::Direct;
    }
    options
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url.as_ref().and_then(|url| url.as_ref().ok()))
            .finish_non_exhaustive()
    }
}
