//! The public catalog: body sites, questionnaires and clinical signs. It needs no account.
//!
//! Take the one of a client, [`Client::catalog`](crate::Client::catalog), or make a [`Catalog`], and ask it for a list.

use crate::BodySite;
use crate::call::{Host, Options, PendingCall, Session};
use crate::clock::{Clock, SystemClock};
use crate::codes::{Mode, ScoringSystemCode};
use crate::config::{BaseUrl, ConfigError};
use crate::environment::catalog_address;
use crate::http_client::{CertificateFiles, HttpClient, HttpOptions, ReqwestClient};
use crate::policy::Timeouts;
use crate::report::{FromWire, IntoReport};
use crate::transport::{Settings, Transport};
use legit_health_api::catalog::types;
use legit_health_api::operations::catalog as operations;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The vendor's public lists: body sites, questionnaires and clinical signs, with their names in several languages.
///
/// It needs no account and sends no token. A client has one, [`Client::catalog`](crate::Client::catalog); without a client,
/// create it with [`public`](Self::public), [`from_env`](Self::from_env) or [`new`](Self::new).
///
/// ```no_run
/// use legit_health::catalog::Catalog;
///
/// # async fn example() -> Result<(), legit_health::Error> {
/// for site in Catalog::public()?.body_sites().await? {
///     println!("{}: {}", site.code, site.name.get("en_GB").map_or("", String::as_str));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Catalog {
    session: Session,
}

impl Catalog {
    /// Returns the vendor's catalog, `https://medical-device-params.legit.health/v2.0`.
    ///
    /// # Errors
    ///
    /// The system's trusted certificates cannot be read.
    pub fn public() -> Result<Self, ConfigError> {
        Self::at(public_url(), &HttpOptions::default())
    }

    /// Returns the catalog at `LEGIT_HEALTH_CATALOG_URL`, else at `LEGIT_HEALTH_URL` if that is a loopback address, else the
    /// vendor's. It trusts the CA certificates of `LEGIT_HEALTH_CA_FILE` too, and presents the client certificate if the device
    /// is at the same host.
    ///
    /// # Errors
    ///
    /// A variable is invalid; the error names it.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_env_with(&CertificateFiles::from_env().read()?)
    }

    /// Like [`from_env`](Self::from_env), with these options in place of the files of certificates.
    ///
    /// # Errors
    ///
    /// A variable or an option is invalid; the error names it.
    pub fn from_env_with(options: &HttpOptions) -> Result<Self, ConfigError> {
        let (catalog, device) = catalog_address(|name| std::env::var_os(name))?;
        let base_url = catalog.unwrap_or_else(|| device.as_ref().map_or_else(public_url, default_url));
        let options = options.for_catalog(&base_url, device.as_ref());
        Self::at(base_url, &options)
    }

    /// Returns the catalog at this address.
    ///
    /// # Errors
    ///
    /// The address is invalid, or the system's trusted certificates cannot be read.
    pub fn new(base_url: impl AsRef<str>) -> Result<Self, ConfigError> {
        Self::at(base_url.as_ref().parse()?, &HttpOptions::default())
    }

    fn at(base_url: BaseUrl, options: &HttpOptions) -> Result<Self, ConfigError> {
        let http_client = ReqwestClient::new(&base_url, options, Timeouts::default().connect)?;
        Self::from_parts(base_url, Arc::new(http_client), Arc::new(SystemClock::default()))
    }

    /// Returns the catalog at this address, with the given HTTP client and clock.
    ///
    /// # Errors
    ///
    /// The address is invalid.
    pub fn with_http_client(
        base_url: impl AsRef<str>,
        http_client: impl HttpClient,
        clock: impl Clock,
    ) -> Result<Self, ConfigError> {
        Self::from_parts(base_url.as_ref().parse()?, Arc::new(http_client), Arc::new(clock))
    }

    fn from_parts(
        base_url: BaseUrl,
        http_client: Arc<dyn HttpClient>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let transport = Transport::new(http_client, clock, Settings::default());
        Ok(Self::on(Host::new(base_url, transport, ReqwestClient::request_builder()?)))
    }

    pub(crate) fn on(host: Host) -> Self {
        Self { session: Session { host: Arc::new(host), tokens: None } }
    }

    /// Returns the address of the catalog.
    pub fn base_url(&self) -> &str {
        self.session.host.base_url.as_str()
    }

    /// Fetches the body sites that a request may name.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn body_sites(&self) -> PendingCall<Vec<BodySiteEntry>> {
        let session = self.session.clone();
        PendingCall::new(self.options(), async move |options| {
            let context = session.call_catalog(&operations::BODY_SITES, options);
            let result = context.api.body_sites().await;
            context.conclude(result, |wire| Ok(all_from_wire(wire.0)))
        })
    }

    /// Fetches the scoring systems for a condition, by its ICD-11 code, such as `EA90`.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn questionnaires(&self, icd11: &str) -> PendingCall<Vec<QuestionnaireEntry>> {
        let icd11 = icd11.to_owned();
        let session = self.session.clone();
        PendingCall::new(self.options(), async move |options| {
            let context = session.call_catalog(&operations::QUESTIONNAIRES, options);
            let result = context.api.questionnaires(&icd11).await;
            context.conclude(result, |wire| Ok(all_from_wire(wire.0)))
        })
    }

    /// Fetches the clinical signs by code, such as `erythema`.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn clinical_signs(&self) -> PendingCall<BTreeMap<String, ClinicalSign>> {
        let session = self.session.clone();
        PendingCall::new(self.options(), async move |options| {
            let context = session.call_catalog(&operations::CLINICAL_SIGNS, options);
            let result = context.api.clinical_signs().await;
            context.conclude(result, |wire| {
                Ok(wire.into_iter().map(|(code, sign)| (code, sign.into_report())).collect())
            })
        })
    }

    fn options(&self) -> Options {
        Options::of_a_list(&self.session.host.transport.settings)
    }
}

fn all_from_wire<W, T: FromWire<W>>(wire: Vec<W>) -> Vec<T> {
    wire.into_iter().map(T::from_wire).collect()
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("base_url", &self.session.host.base_url).finish_non_exhaustive()
    }
}

/// Returns the address of the vendor's public catalog.
fn public_url() -> BaseUrl {
    let address = "https://medical-device-params.legit.health/v2.0";
    address.parse().expect("a constant address, which a test parses")
}

/// Returns the address of the catalog for a device: the same for a device at a loopback address, which is a sandbox.
pub(crate) fn default_url(device: &BaseUrl) -> BaseUrl {
    if device.is_loopback() { device.clone() } else { public_url() }
}

/// A text in every language that was sent, by locale, such as `en_GB`.
pub type Names = BTreeMap<String, String>;

/// A body site that a request may name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BodySiteEntry {
    /// The code, as [`Severity::at`](crate::severity::Severity::at) takes it.
    pub code: BodySite,
    /// The names.
    pub name: Names,
    /// Members that this version does not know.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// A scoring system and its names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QuestionnaireEntry {
    /// The long code, such as `apasiLocal`.
    pub identifier: String,
    /// The key of the scale in requests and reports, such as `apasi`.
    pub code: ScoringSystemCode,
    /// The call that takes it.
    pub mode: Option<Mode>,
    /// The path, as sent. The device does not have these paths.
    pub path: Option<String>,
    /// The titles.
    #[serde(default)]
    pub title: Names,
    /// The descriptions.
    #[serde(default)]
    pub description: Names,
    /// Members that this version does not know: questions and their possible answers, in an undocumented form.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// A clinical sign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClinicalSign {
    /// The names.
    pub name: Names,
}

impl FromWire<types::BodySiteEntry> for BodySiteEntry {
    fn from_wire(wire: types::BodySiteEntry) -> Self {
        Self { code: wire.code, name: wire.name, unknown_fields: wire.unknown_fields }
    }
}

impl FromWire<types::QuestionnaireEntry> for QuestionnaireEntry {
    fn from_wire(wire: types::QuestionnaireEntry) -> Self {
        Self {
            identifier: wire.identifier,
            code: wire.code,
            mode: wire.mode,
            path: wire.path,
            title: wire.title.unwrap_or_default(),
            description: wire.description.unwrap_or_default(),
            unknown_fields: wire.unknown_fields,
        }
    }
}

impl FromWire<types::ClinicalSign> for ClinicalSign {
    fn from_wire(wire: types::ClinicalSign) -> Self {
        Self { name: wire.name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_at_a_loopback_address_also_serves_the_catalog() {
        let catalog_for = |device: &str| default_url(&device.parse().unwrap()).as_str().to_owned();
        assert_eq!(catalog_for("http://127.0.0.1:8080/v2.0"), "http://127.0.0.1:8080/v2.0");
        assert_eq!(
            catalog_for("https://api.example.org/v2.0"),
            "https://medical-device-params.legit.health/v2.0"
        );
    }
}
