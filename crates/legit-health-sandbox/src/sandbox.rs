//! The handle of a sandbox: its addresses, accounts, clock, ledger and faults.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::api;
use crate::clock::Clock;
use crate::config::Config;
use crate::faults::InvalidFaultError;
use crate::http::{Connection, Transport, serve};
use crate::scenarios::Scenario;
use crate::state::{Account, AccountState, Injection, Ledger, LockOut, RateLimit, State};

/// A running sandbox.
///
/// Dropping it stops the server after the requests in progress.
pub struct Sandbox {
    state: Arc<State>,
    router: Router,
    account: Account,
    base_url: String,
    /// PEM of the authority, with HTTPS.
    ca_certificate: Option<String>,
    /// The server stops when this is dropped. Nothing is ever sent.
    running: Option<watch::Sender<()>>,
    /// Ends when the last request in progress has been finished.
    servers: JoinSet<()>,
}

impl Config {
    /// Starts a server on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the address is not loopback and [`allow_non_loopback`](Self::allow_non_loopback) is not set, or when
    /// the port is not available.
    pub async fn start(self) -> io::Result<Sandbox> {
        if !self.address.is_loopback() && !self.allow_non_loopback {
            let message = format!(
                "cannot listen on {}: it is not a loopback address; set allow_non_loopback to serve other machines",
                self.address
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let (transport, ca_certificate) = self.transport()?;
        let listener = listen(SocketAddr::new(self.address, self.port)).await?;
        let address = listener.local_addr()?;
        let (running, stopped) = watch::channel(());
        let mut sandbox = Sandbox::new(&self, address, Some(running));
        if ca_certificate.is_some() {
            sandbox.base_url = sandbox.base_url.replacen("http", "https", 1);
            sandbox.ca_certificate = ca_certificate;
        }
        let mut listeners = vec![listener];
        if self.address == IpAddr::V4(Ipv4Addr::LOCALHOST) {
            // Some clients look up `localhost` as `::1` alone. Without IPv6, or if the port is taken there, they do not
            // reach it.
            let address = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port());
            listeners.extend(TcpListener::bind(address).await);
        }
        for listener in listeners {
            sandbox.servers.spawn(serve(listener, transport.clone(), sandbox.connection(), stopped.clone()));
        }
        Ok(sandbox)
    }

    /// Returns what serves a connection, and the certificate of the authority with HTTPS.
    #[cfg(feature = "tls")]
    fn transport(&self) -> io::Result<(Transport, Option<String>)> {
        if !self.https {
            return Ok((Transport::Plain, None));
        }
        let own =
            ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned(), self.address.to_string()];
        let certificate =
            crate::http::ServerCertificate::new(own.into_iter().chain(self.allowed_hosts.clone()))?;
        Ok((Transport::Tls(certificate.acceptor), Some(certificate.ca_pem)))
    }

    #[cfg(not(feature = "tls"))]
    fn transport(&self) -> io::Result<(Transport, Option<String>)> {
        Ok((Transport::Plain, None))
    }

    /// Creates a sandbox without a socket; see [`Sandbox::router`].
    #[must_use]
    pub fn in_process(self) -> Sandbox {
        Sandbox::new(&self, SocketAddr::new(self.address, 0), None)
    }
}

async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            let message = format!(
                "cannot listen on {address}: the port is in use; use another one, or 0 for a free one"
            );
            io::Error::new(error.kind(), message)
        }
        _ => error,
    })
}

impl Sandbox {
    /// Starts a server on a free port of 127.0.0.1, on the current tokio runtime. Use [`Config`] for other
    /// settings.
    ///
    /// # Errors
    ///
    /// When no port is available.
    pub async fn start() -> io::Result<Self> {
        Config::default().start().await
    }

    /// Creates a sandbox without a socket; see [`Sandbox::router`].
    #[must_use]
    pub fn in_process() -> Self {
        Config::default().in_process()
    }

    fn new(config: &Config, address: SocketAddr, running: Option<watch::Sender<()>>) -> Self {
        let state = Arc::new(State::new(config));
        let account = match &config.account {
            Some(account) => {
                state.accounts().insert(account);
                account.clone()
            }
            None => state.accounts().create(&state.secrets),
        };
        let router = api::router(Arc::clone(&state));
        let base_url = format!("http://{address}{}", api::BASE_PATH);
        Self { state, router, account, base_url, ca_certificate: None, running, servers: JoinSet::new() }
    }

    /// Stops the server, and waits until the requests in progress have been answered.
    pub async fn stop(mut self) {
        self.running = None;
        while self.servers.join_next().await.is_some() {}
    }

    /// Returns the base URL of the device, with its version segment: `http://127.0.0.1:PORT/v2.0`.
    ///
    /// Without a socket the port is 0, to which nothing can connect.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the base URL of the catalog, which is that of the device.
    #[must_use]
    pub fn catalog_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the address of the console, a page to try the sandbox and to see its requests: `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn console_url(&self) -> &str {
        self.base_url.strip_suffix(&api::BASE_PATH[1..]).unwrap_or(&self.base_url)
    }

    /// Returns the certificate of the authority that a client has to trust, as PEM. `None` without HTTPS.
    #[must_use]
    pub fn ca_certificate(&self) -> Option<&str> {
        self.ca_certificate.as_deref()
    }

    /// Calls this with a line for each request of the API that has ended, for a log: time, status, path, duration, number of
    /// errors, scenarios, account and `x-request-id`. It has neither bodies nor secrets. A request that the console has forgotten
    /// by then, after 200 later ones or when its list was cleared, has no line. Only the first call counts; the receiver must not wait.
    pub fn log_requests(&self, receiver: impl Fn(String) + Send + Sync + 'static) {
        self.state.exchanges.on_line(receiver);
    }

    /// Returns the account that every sandbox has.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Returns the clock by which tokens expire.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.state.clock.clone()
    }

    /// Returns a snapshot of the requests and responses so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.state.request_log.read().clone()
    }

    /// Waits until the ledger fulfils a condition, without polling: a test waits with it for a request to reach
    /// a certain point.
    pub async fn wait_until(&self, condition: impl Fn(&Ledger) -> bool) {
        self.state.request_log.wait_until(condition).await;
    }

    /// Returns the sandbox as a service, with paths as under the host of [`Sandbox::base_url`]. Calling it needs a
    /// tokio runtime, but no socket.
    pub fn connection(&self) -> Connection {
        Connection::new(self.router())
    }

    /// Returns the sandbox as a router, to be mounted or wrapped.
    ///
    /// A router always returns a response. Where an [`InjectedFault`](crate::InjectedFault) loses the connection
    /// before there is one, it returns the head of an empty 200 whose body fails at once; [`Sandbox::connection`]
    /// returns an error instead.
    pub fn router(&self) -> Router {
        self.router.clone()
    }
}

/// Accounts. Each method creates the account if it does not exist.
impl Sandbox {
    /// Creates another account. Its settings and counts are its own, so parallel tests can share a sandbox.
    pub fn add_account(&self) -> Account {
        self.state.accounts().create(&self.state.secrets)
    }

    /// Returns the account with this user name.
    pub fn account_named(&self, username: &str) -> Account {
        self.state.accounts().get_or_create(username, &self.state.secrets)
    }

    /// Sets the scenario for requests where neither a header nor the image names one; `None` removes it.
    pub fn set_scenario(&self, account: &Account, scenario: impl Into<Option<Scenario>>) {
        self.update(account, |state| state.scenario = scenario.into());
    }

    /// Sets the lifetime in minutes of the account's next tokens; `None` restores that of the [`Config`].
    pub fn set_token_life(&self, account: &Account, minutes: impl Into<Option<u32>>) {
        self.update(account, |state| state.token_life = minutes.into());
    }

    /// Revokes all tokens of the account. Each is then answered like an expired one.
    pub fn revoke_tokens(&self, account: &Account) {
        self.update(account, AccountState::revoke_tokens);
    }

    /// Gives the account a new password and returns it. The previous one stays valid for the grace period, by the
    /// sandbox's clock. Tokens stay valid.
    pub fn rotate_password(&self, account: &Account, grace: Duration) -> Account {
        let (secrets, now) = (&self.state.secrets, self.state.clock.now());
        self.update(account, |state| state.passwords.rotate(secrets, &account.username, now, grace));
        self.account_named(&account.username)
    }

    /// Refuses every password of the account until the next [`Sandbox::rotate_password`]. Tokens stay valid.
    pub fn revoke_password(&self, account: &Account) {
        self.update(account, |state| state.passwords.revoke());
    }

    /// Locks the account after a number of refused logins in a row; `None`, the default: never. Resets the count
    /// and ends a lock. Tokens stay valid.
    pub fn set_lock_out(&self, account: &Account, rule: impl Into<Option<LockOut>>) {
        let now = self.state.clock.now();
        self.update(account, |state| state.lock.set_rule(rule.into(), now));
    }

    /// Ends a lock before its time.
    pub fn unlock(&self, account: &Account) {
        self.update(account, |state| state.lock.unlock());
    }

    /// Answers requests beyond a limit with 429; `None`, the default, removes the limit.
    pub fn set_rate_limit(&self, account: &Account, limit: impl Into<Option<RateLimit>>) {
        self.update(account, |state| state.set_rate_limit(limit.into()));
    }

    fn update(&self, account: &Account, change: impl FnOnce(&mut AccountState)) {
        let mut accounts = self.state.accounts();
        accounts.get_or_create(&account.username, &self.state.secrets);
        accounts.get_mut(&account.username).map(change).expect("the account was created above");
    }
}

/// Faults.
impl Sandbox {
    /// Plans a fault, after those already planned.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use legit_health_sandbox::{InjectedFault, Injection, Operation, Sandbox, Times};
    /// use legit_health_sandbox::{RetryAfter, StatusBody};
    ///
    /// let sandbox = Sandbox::in_process();
    /// let (body, retry_after) = (StatusBody::Html, RetryAfter::Absent);
    /// let fault = InjectedFault::Status { status: 502, body, retry_after };
    /// sandbox.inject(Injection {
    ///     operation: Some(Operation::DiagnosisSupport),
    ///     times: Times::Next(2),
    ///     ..Injection::for_account(sandbox.account(), fault)
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the fault is not possible, such as a status of 99.
    pub fn inject(&self, injection: Injection) -> Result<(), InvalidFaultError> {
        injection.check()?;
        self.state.fault_plan().add(injection);
        Ok(())
    }

    /// Removes all planned faults, of every account. A request that is already held stays held.
    pub fn clear_faults(&self) {
        self.state.fault_plan().clear(|_| true);
    }

    /// Removes the faults planned for one account.
    pub fn clear_faults_of(&self, account: &Account) {
        self.state.fault_plan().clear(|planned| planned == Some(&account.username));
    }
}

/// The requests in progress are finished by their own tasks.
impl Drop for Sandbox {
    fn drop(&mut self) {
        self.servers.detach_all();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
