//! The settings of a sandbox.

use std::net::{IpAddr, Ipv4Addr};

use crate::clock::Clock;
use crate::scenarios::Scenario;
use crate::state::Account;

/// Settings of a sandbox, written as a struct literal:
///
/// ```
/// use legit_health_sandbox::{Clock, Config};
///
/// let config = Config { seed: Some(7), clock: Clock::fixed(), ..Config::default() };
/// let sandbox = config.in_process();
/// # assert_eq!(sandbox.account().username, "sandbox@example.org");
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Port to listen on. Default: 0, which takes a free one.
    pub port: u16,
    /// Address to listen on. Default: 127.0.0.1. An address that is not loopback is an error unless
    /// [`allow_non_loopback`](Self::allow_non_loopback) is set.
    pub address: IpAddr,
    /// Allows other machines to reach the sandbox and its controls. Default: false.
    pub allow_non_loopback: bool,
    /// Further names under which the controls answer, beside `localhost` and addresses: those by which a container is
    /// reached. Default: none.
    pub allowed_hosts: Vec<String>,
    /// Makes values, passwords, tokens and identifiers repeatable. Default: none, in which case secrets are
    /// random at every start and the values in reports are those of seed 0.
    pub seed: Option<u64>,
    /// Clock that dates reports and expires tokens. Default: the system clock.
    pub clock: Clock,
    /// User name and password of the first account. Default: `sandbox@example.org` and a generated password.
    pub account: Option<Account>,
    /// Serves HTTPS with a certificate that is made at the start; [`Sandbox::ca_certificate`](crate::Sandbox::ca_certificate)
    /// is what a client has to trust. Default: false.
    #[cfg(feature = "tls")]
    pub https: bool,
    /// Lifetime of an access token in minutes. Default: 60.
    pub token_life_minutes: u32,
    /// Default scenario of every account. Default: none, in which case reports name "Sandbox condition A", "… B"
    /// and so on.
    pub scenario: Option<Scenario>,
    /// Largest request body in bytes; a larger one is answered with 413. Default: 256 MiB. The limit of the
    /// device is unknown.
    pub body_limit: usize,
    /// Whether the console can show the bodies of the latest requests and responses, in memory and up to 64 MiB in
    /// all; those of a login never. Default: true.
    pub keep_bodies: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            allow_non_loopback: false,
            allowed_hosts: Vec::new(),
            seed: None,
            clock: Clock::default(),
            account: None,
            #[cfg(feature = "tls")]
            https: false,
            token_life_minutes: 60,
            scenario: None,
            body_limit: 256 * 1024 * 1024,
            keep_bodies: true,
        }
    }
}
