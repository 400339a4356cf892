//! The handle of a sandbox: where it is, who may log in, and what it has seen.

mod accounts;
mod faults;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::account::Account;
use crate::api;
use crate::clock::Clock;
use crate::config::Config;
use crate::connection::Connection;
use crate::ledger::Ledger;
use crate::server;
use crate::world::World;

/// A running sandbox. Dropping it stops the server; a request it is answering is still finished.
pub struct Sandbox {
    world: Arc<World>,
    router: Router,
    account: Account,
    base_url: String,
    /// Closed by being dropped, which is the server's sign to stop.
    _running: Option<watch::Sender<()>>,
}

impl Sandbox {
    /// Starts a server on a free port of 127.0.0.1, on the current tokio runtime. [`Config`] has the other
    /// ways.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        Config::default().start().await
    }

    /// A sandbox without a socket; see [`Sandbox::router`].
    #[must_use]
    pub fn in_process() -> Self {
        Config::default().in_process()
    }

    pub(crate) async fn listen(config: Config) -> io::Result<Self> {
        if !config.address.is_loopback() && !config.allow_non_loopback {
            let message = format!(
                "{} is no loopback address, and the sandbox answers only on this machine unless it is told otherwise",
                config.address
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind(SocketAddr::new(config.address, config.port)).await?;
        let address = listener.local_addr()?;
        // Nothing is ever sent: the server stops when the sender is gone.
        let (running, ran) = watch::channel(());
        let sandbox = Self::new(&config, address, Some(running));
        tokio::spawn(server::serve(listener, sandbox.connection(), ran));
        Ok(sandbox)
    }

    pub(crate) fn unconnected(config: &Config) -> Self {
        Self::new(config, SocketAddr::new(config.address, 0), None)
    }

    fn new(config: &Config, address: SocketAddr, running: Option<watch::Sender<()>>) -> Self {
        let world = Arc::new(World::new(config));
        let account = world.accounts().another(&world.secrets);
        let router = api::router(Arc::clone(&world));
        Self {
            account,
            base_url: format!("http://{address}{}", api::BASE_PATH),
            world,
            router,
            _running: running,
        }
    }

    /// Base URL of the device, with its version segment: `http://127.0.0.1:PORT/v2.0`.
    ///
    /// Without a socket the port is 0, to which nothing can connect.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Base URL of the catalogue. The sandbox serves it beside the device.
    #[must_use]
    pub fn catalog_url(&self) -> &str {
        &self.base_url
    }

    /// The account every sandbox has.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The clock by which tokens expire.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.world.clock.clone()
    }

    /// What has been asked and answered so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.world.book.read().clone()
    }

    /// Returns as soon as the ledger fulfils a condition, which is asked again at every change: how a test waits
    /// for a request to be where it wants it, without sleeping.
    pub async fn until(&self, condition: impl Fn(&Ledger) -> bool) {
        self.world.book.until(condition).await;
    }

    /// The whole sandbox as a service, paths as under the host of [`Sandbox::base_url`]. No socket is needed
    /// to call it, only a tokio runtime.
    pub fn connection(&self) -> Connection {
        Connection::new(self.router())
    }

    /// The same as a router, to be mounted or wrapped. A router always has an answer: where a
    /// [`Fault`](crate::Fault) loses the connection before there is one, it gives the head of an empty 200 whose
    /// body fails at once. [`Sandbox::connection`] has an error for that.
    pub fn router(&self) -> Router {
        self.router.clone()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
