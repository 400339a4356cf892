//! Connecting: to the device of the environment, or to a sandbox in this process; and opening the images to send.

use crate::args::Connection;
use crate::failure::{Failure, Usage};
use crate::output::Output;
use legit_health::catalog::Catalog;
use legit_health::http_client::CertificateFiles;
use legit_health::images::ImageError;
use legit_health::{Client, ClientBuilder, ConfigError, Credentials, Image, Timeouts};
use legit_health_sandbox::{Config, Sandbox, Scenario, samples};
use std::path::Path;
use std::time::Duration;

/// A client, and the sandbox that it calls, if any.
pub(crate) struct Device {
    pub(crate) client: Client,
    _sandbox: Option<Sandbox>,
}

impl Device {
    pub(crate) async fn connect(connection: &Connection, output: &mut Output) -> Result<Self, Failure> {
        if connection.sandbox {
            output.detail("sandbox: started in this process");
            let config = Config { scenario: scenario(connection.scenario.as_deref())?, ..Config::default() };
            return Self::sandbox(config, timeouts(connection)).await;
        }
        if connection.scenario.is_some() {
            return Err(Usage("`--scenario` is for the sandbox: add `--sandbox`").into());
        }
        let (files, timeouts) = (certificate_files(connection), timeouts(connection));
        let client = beside_the_runtime(move || {
            ClientBuilder::from_env()?.http_options(files.read()?).timeouts(timeouts).build()
        });
        let client = client.await.map_err(without_account)?;
        Ok(Self { client, _sandbox: None })
    }

    /// Starts a sandbox on a free port and connects to it.
    pub(crate) async fn sandbox(config: Config, timeouts: Timeouts) -> Result<Self, Failure> {
        let sandbox =
            config.start().await.map_err(|error| Failure::system("cannot start the sandbox", &error))?;
        let account = sandbox.account();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::password(account.username.as_str(), account.password.as_str()))
            .timeouts(timeouts)
            .build()?;
        Ok(Self { client, _sandbox: Some(sandbox) })
    }
}

/// The catalog, which needs no account, and the sandbox that serves it, if any.
pub(crate) struct Lists {
    pub(crate) catalog: Catalog,
    _sandbox: Option<Device>,
}

impl Lists {
    pub(crate) async fn connect(connection: &Connection, output: &mut Output) -> Result<Self, Failure> {
        if connection.sandbox || connection.scenario.is_some() {
            let device = Device::connect(connection, output).await?;
            return Ok(Self { catalog: device.client.catalog().clone(), _sandbox: Some(device) });
        }
        let files = certificate_files(connection);
        let catalog = beside_the_runtime(move || Catalog::from_env_with(&files.read()?)).await?;
        output.note(&format!("from the catalog at {} (`--sandbox` has one of its own)", catalog.base_url()));
        Ok(Self { catalog, _sandbox: None })
    }
}

/// A limit longer than usual is one for each attempt too: whoever waits so long expects one analysis to take it.
fn timeouts(connection: &Connection) -> Timeouts {
    let usual = Timeouts::default();
    let limit = connection.timeout.map(Duration::from_secs);
    limit.map_or(usual, |limit| usual.with_overall(limit).with_attempt(limit.max(usual.attempt)))
}

/// The files that the arguments name, else the environment.
fn certificate_files(connection: &Connection) -> CertificateFiles {
    let mut files = CertificateFiles::from_env();
    if let Some(path) = &connection.ca_certificate {
        files = files.with_ca("--ca-certificate", path);
    }
    if let Some(path) = &connection.client_certificate {
        files = files.with_client_certificate("--client-certificate", path);
    }
    if let Some(path) = &connection.client_key {
        files = files.with_client_key("--client-key", path);
    }
    files
}

pub(crate) fn scenario(name: Option<&str>) -> Result<Option<Scenario>, Failure> {
    name.map(str::parse)
        .transpose()
        .map_err(|error: legit_health_sandbox::UnknownScenarioError| Failure::usage(error.to_string()))
}

/// Mentions the sandbox when nothing is configured. It is never used unasked.
fn without_account(error: ConfigError) -> Failure {
    let nothing_set =
        !std::env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with("LEGIT_HEALTH_"));
    let hint = if nothing_set { "; or add `--sandbox` to try without an account" } else { "" };
    Failure::configuration(format!("{error}{hint}"))
}

/// Opens an image, on a thread beside the runtime, which notices an interruption meanwhile.
pub(crate) async fn open_image(connection: &Connection, path: &Path) -> Result<Image, Failure> {
    let (preparation, file) = (Preparation::new(connection), path.to_owned());
    let image = beside_the_runtime(move || preparation.open(&file)).await;
    image.map_err(|error| Failure::image(path, &error))
}

pub(crate) async fn beside_the_runtime<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("the work does not panic, and the runtime lasts until the end")
}

/// What is done with an image before it is sent.
#[derive(Clone, Copy)]
pub(crate) struct Preparation {
    is_verified: bool,
    keeps_scenario: bool,
}

impl Preparation {
    /// Keeps the metadata of a sample for a sandbox in this process: its comment names the scenario, and nothing is sent.
    pub(crate) fn new(connection: &Connection) -> Self {
        Self { is_verified: !connection.no_verify, keeps_scenario: connection.sandbox }
    }

    /// Blocks while it checks.
    pub(crate) fn open(self, path: &Path) -> Result<Image, ImageError> {
        let image = Image::stream(path)?;
        let image = if self.is_verified { image.verify()? } else { image };
        let original = self.keeps_scenario.then(|| image.clone().keep_metadata());
        Ok(match original {
            Some(original) if samples::names_scenario(&original.read()?) => original,
            _ => image,
        })
    }
}
