//! How a client is set up.

use super::{Client, Shared};
use crate::auth::{Credentials, SingleFlight};
use crate::catalog::{Catalog, Host};
use crate::clock::{Clock, SystemClock};
use crate::config::{BaseUrl, ConfigError};
use crate::transport::Transport;
use crate::wire::{Http, Wire};
use std::fmt;
use std::sync::Arc;

/// Sets a client up; nothing is sent before its first call.
///
/// ```
/// use legit_health::{Client, Credentials};
///
/// # fn example() -> Result<(), legit_health::ConfigError> {
/// let client = Client::builder()
///     .base_url("https://api.example.org/v2.0".parse()?)
///     .credentials(Credentials::password("clinic@example.org", "s3cret"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "`build` makes the client"]
pub struct ClientBuilder {
    base_url: Option<BaseUrl>,
    catalog_url: Option<BaseUrl>,
    credentials: Option<Credentials>,
    wire: Option<Arc<dyn Wire>>,
    clock: Option<Arc<dyn Clock>>,
}

impl ClientBuilder {
    /// Where the device is. The vendor sends it with an account.
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = Some(base_url);
        self
    }

    /// Where the public catalogue is. Unless said otherwise it is where the device is, if that is this very machine, else
    /// the vendor's own.
    pub fn catalog_url(mut self, catalog_url: BaseUrl) -> Self {
        self.catalog_url = Some(catalog_url);
        self
    }

    /// Who is calling.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// How requests are carried, those to the catalogue too; sockets unless said otherwise.
    pub fn wire(mut self, wire: impl Wire) -> Self {
        self.wire = Some(Arc::new(wire));
        self
    }

    /// What time it is; the system's clock unless said otherwise.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Makes the client, without sending anything.
    ///
    /// # Errors
    ///
    /// The address or the credentials are missing, or the system's trusted certificates cannot be read.
    pub fn build(self) -> Result<Client, ConfigError> {
        let base_url =
            self.base_url.ok_or_else(|| ConfigError::new("there is no base URL: add `.base_url(…)`"))?;
        let credentials = self
            .credentials
            .ok_or_else(|| ConfigError::new("there are no credentials: add `.credentials(…)`"))?;
        let catalog_url = self.catalog_url.unwrap_or_else(|| Host::beside(&base_url));
        let (wire, catalog_wire) = match self.wire {
            Some(wire) => (wire.clone(), wire),
            None => {
                let wire = Http::connect(&base_url)?;
                let alike = catalog_url.is_connected_like(&base_url);
                let catalog_wire = if alike { wire.clone() } else { Http::connect(&catalog_url)? };
                (wire, catalog_wire)
            }
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
        let request_builder = Http::unconnected();
        let catalog = Catalog::on(Host {
            base_url: catalog_url,
            transport: Arc::new(Transport { wire: catalog_wire, clock: clock.clone() }),
            request_builder: request_builder.clone(),
        });
        Ok(Client {
            shared: Arc::new(Shared {
                base_url,
                transport: Arc::new(Transport { wire, clock }),
                request_builder,
                catalog,
                credentials,
                tokens: SingleFlight::default(),
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
