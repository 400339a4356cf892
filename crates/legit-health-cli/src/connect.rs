//! Connecting: to the device of an account, or to a sandbox in this process; and opening the images to send.

use crate::account::device_label::DeviceLabel;
use crate::account::token_cache::TokenCache;
use crate::account::{self, Account};
use crate::args::Connection;
use crate::failure::{Failure, Usage};
use crate::output::Output;
use legit_health::catalog::Catalog;
use legit_health::images::ImageError;
use legit_health::{Client, ClientBuilder, Credentials, Image, Timeouts};
use legit_health_sandbox::{Config, Sandbox, Scenario, samples};
use std::path::Path;
use std::time::Duration;

/// A client, and the sandbox that it calls, if any.
pub(crate) struct Device {
    pub(crate) client: Client,
    cache: Option<TokenCache>,
    _sandbox: Option<Sandbox>,
}

impl Device {
    pub(crate) async fn connect(connection: &Connection, output: &mut Output) -> Result<Self, Failure> {
        if connection.sandbox {
            if let Some(option) = connection.of_an_account() {
                let sentence =
                    format!("`--{option}` is for a device, and `--sandbox` calls none: leave one out");
                return Err(Failure::usage(sentence));
            }
            output.detail("sandbox: started in this process");
            let config = Config { scenario: scenario(connection.scenario.as_deref())?, ..Config::default() };
            return Self::sandbox(config, timeouts(connection)).await;
        }
        if connection.scenario.is_some() {
            return Err(Usage("`--scenario` is for the sandbox: add `--sandbox`").into());
        }
        let account = Account::choose(connection)?;
        let cache = account.token_cache(connection, output.is_silent())?;
        Ok(Self { client: client(&account, connection, cache.clone()).await?, cache, _sandbox: None })
    }

    /// The version of the device, asked for once for each token. Unknown, if the device does not answer soon: the call that
    /// follows says what is wrong.
    pub(crate) async fn label(&self) -> DeviceLabel {
        const LIMIT: Duration = Duration::from_secs(20);
        if let Some(label) = self.cache.as_ref().and_then(DeviceLabel::kept) {
            return label;
        }
        let Ok(device) = self.client.device_information().timeout(LIMIT).await else {
            return DeviceLabel::default();
        };
        let label = DeviceLabel::of(&device);
        if let Some(cache) = &self.cache {
            label.keep(cache);
        }
        label
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
        Ok(Self { client, cache: None, _sandbox: Some(sandbox) })
    }
}

/// A client of this account. It shares its token with other runs through the cache, if there is one.
pub(crate) async fn client(
    account: &Account,
    connection: &Connection,
    cache: Option<TokenCache>,
) -> Result<Client, Failure> {
    let builder = cache.into_iter().fold(account.client_builder()?, ClientBuilder::token_store);
    let (files, timeouts) = (account.certificate_files(connection), timeouts(connection));
    let client = beside_the_runtime(move || builder.http_options(files.read()?).timeouts(timeouts).build());
    client.await.map_err(|error| Failure::configuration(error.to_string()))
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
        let is_set = connection.profile.is_none()
            && (account::variable(account::CATALOG_URL).is_some() || account::set_variable().is_some());
        let account = if is_set { Account::Environment } else { Account::choose(connection)? };
        let catalog = match account {
            // A profile at a sandbox has its catalog there.
            Account::Profile { .. } => client(&account, connection, None).await?.catalog().clone(),
            Account::Environment => {
                let files = account.certificate_files(connection);
                beside_the_runtime(move || Catalog::from_env_with(&files.read()?)).await?
            }
        };
        output.note(&format!("from the catalog at {} (`--sandbox` has one of its own)", catalog.base_url()));
        Ok(Self { catalog, _sandbox: None })
    }
}

/// A limit longer than usual is one for each attempt too: whoever waits so long expects one analysis to take it.
pub(crate) fn timeouts(connection: &Connection) -> Timeouts {
    let usual = Timeouts::default();
    let limit = connection.timeout.map(Duration::from_secs);
    limit.map_or(usual, |limit| usual.with_overall(limit).with_attempt(limit.max(usual.attempt)))
}

pub(crate) fn scenario(name: Option<&str>) -> Result<Option<Scenario>, Failure> {
    name.map(str::parse)
        .transpose()
        .map_err(|error: legit_health_sandbox::UnknownScenarioError| Failure::usage(error.to_string()))
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
