//! How a sandbox is set up.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use crate::clock::Clock;
use crate::sandbox::Sandbox;
use crate::scenario::Scenario;

/// The settings of a sandbox, written as a literal:
///
/// ```
/// use legit_health_sandbox::{Clock, Config};
///
/// let config = Config { seed: Some(7), clock: Clock::fixed(), token_life_minutes: 5, ..Config::default() };
/// let sandbox = config.in_process();
/// # assert_eq!(sandbox.account().username, "sandbox@example.org");
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Port to listen on; 0, the default, takes a free one.
    pub port: u16,
    /// Address to listen on, 127.0.0.1 by default. Another than a loopback address is refused unless
    /// [`allow_non_loopback`](Self::allow_non_loopback) says so.
    pub address: IpAddr,
    /// Lets the sandbox, and with it its controls, be reached from other machines. Off by default.
    pub allow_non_loopback: bool,
    /// Makes everything repeatable: figures, passwords, tokens, identifiers. Without a seed the secrets are
    /// drawn anew at every start; figures depend on image and scenario alone, as with seed 0.
    pub seed: Option<u64>,
    /// Dates the reports and lets tokens expire. The clock of the system by default.
    pub clock: Clock,
    /// Life of an access token in minutes, 60 by default.
    pub token_life_minutes: u32,
    /// The default scenario of every account. None by default: conditions are then plainly synthetic.
    pub scenario: Option<Scenario>,
    /// Bytes a request body may have before it is answered with 413; 256 MiB by default. The device's own
    /// limit is unknown.
    pub body_limit: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            allow_non_loopback: false,
            seed: None,
            clock: Clock::default(),
            token_life_minutes: 60,
            scenario: None,
            body_limit: 256 * 1024 * 1024,
        }
    }
}

impl Config {
    /// Starts a server on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the address is no loopback address and that was not allowed, or the port cannot be had.
    pub async fn start(self) -> io::Result<Sandbox> {
        Sandbox::listen(self).await
    }

    /// A sandbox without a socket; see [`Sandbox::router`].
    #[must_use]
    pub fn in_process(self) -> Sandbox {
        Sandbox::unconnected(&self)
    }
}
