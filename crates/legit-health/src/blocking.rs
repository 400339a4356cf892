//! The client for programs without an async runtime: the same calls, which block until the result is there.
//!
//! ```no_run
//! use legit_health::Image;
//! use legit_health::blocking::Client;
//!
//! fn main() -> Result<(), legit_health::Error> {
//!     let client = Client::from_env()?;
//!     let images = [Image::open("front.jpg")?, Image::open("close-up.jpg")?];
//!     let report = client.diagnosis_support(images)?;
//!     for conclusion in &report.conclusions {
//!         println!("{} {}", conclusion.probability, conclusion.condition.label());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! [`run`](Client::run) makes any call of the async client, with all of its options:
//!
//! ```no_run
//! # use legit_health::Image;
//! # use legit_health::blocking::Client;
//! # use std::time::Duration;
//! # fn example() -> Result<(), legit_health::Error> {
//! let client = Client::from_env()?;
//! let image = Image::open("front.jpg")?;
//! let reply = client.run(|client| {
//!     let call = client.diagnosis_support(image).timeout(Duration::from_secs(60));
//!     call.reference("case 17").reply()
//! })?;
//! assert_eq!(reply.provenance.reference.as_deref(), Some("case 17"));
//! # Ok(())
//! # }
//! ```
//!
//! Each client has one thread, which runs its connections and renews its token between calls. It ends when the last clone
//! is dropped. Calls can be made from several threads at the same time.
//!
//! A call inside an async runtime would block it, so it is an error
//! ([`ErrorKind::Configuration`](crate::ErrorKind::Configuration)): use the async [`Client`](crate::Client) and `.await`.
//! The same applies to `spawn_blocking`.

mod thread;

use crate::BodySite;
use crate::catalog::{BodySiteEntry, ClinicalSign, QuestionnaireEntry};
use crate::config::ConfigError;
use crate::error::Error;
use crate::image::Image;
use crate::report::{DeviceInformation, DiagnosisSupport, GlobalSeverityScore};
use crate::scale::{GlobalScale, LocalAnswers, ManualAnswers};
use crate::severity::{Condition, ScoresOf};
use crate::support_images::IntoSupportImages;
use crate::views::IntoViews;
use std::collections::BTreeMap;
use std::fmt;
use thread::Thread;

/// A client whose calls block until the result is there.
///
/// Cloning is cheap: clones share the token, the connections and the thread.
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    thread: Thread,
}

impl Client {
    /// Creates a blocking client from an async one, which [`Client::builder`](crate::Client::builder) sets up.
    ///
    /// ```
    /// use legit_health::{Client, Credentials, blocking};
    ///
    /// # fn example() -> Result<(), legit_health::ConfigError> {
    /// let client = Client::builder()
    ///     .base_url("https://api.example.org/v2.0")
    ///     .credentials(Credentials::password("clinic@example.org", "s3cret"))
    ///     .build()?;
    /// let client = blocking::Client::new(client)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The system allows no further thread.
    pub fn new(client: crate::Client) -> Result<Self, ConfigError> {
        Ok(Self { client, thread: Thread::start()? })
    }

    /// Creates a client from the environment, as [`Client::from_env`](crate::Client::from_env) does.
    ///
    /// # Errors
    ///
    /// A variable is missing or invalid; the error names it.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::new(crate::Client::from_env()?)
    }

    /// Makes any call of the async client, with all of its options: its time limit, its number of attempts, your own
    /// reference.
    ///
    /// # Errors
    ///
    /// Those of the call, and [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) inside an async runtime.
    pub fn run<'c, F, T>(&'c self, call: impl FnOnce(&'c crate::Client) -> F) -> Result<T, Error>
    where
        F: IntoFuture<Output = Result<T, Error>>,
    {
        self.thread.run(|| call(&self.client).into_future())
    }

    /// Ranks likely conditions from one, two or three images of the same case, as
    /// [`Client::diagnosis_support`](crate::Client::diagnosis_support) does.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn diagnosis_support(&self, images: impl IntoSupportImages) -> Result<DiagnosisSupport, Error> {
        self.run(|client| client.diagnosis_support(images))
    }

    /// Assesses the severity of a known condition, from answers or from images.
    ///
    /// ```no_run
    /// use legit_health::{BodySite, answer};
    /// use legit_health::blocking::Client;
    /// use legit_health::scale::Uas;
    ///
    /// # fn example() -> Result<(), legit_health::Error> {
    /// let client = Client::from_env()?;
    /// let answers = Uas { pruritus: answer!(2), wheals: answer!(1) };
    /// let score = client.severity("urticaria").at(BodySite::ArmLeft).manual(answers)?;
    /// println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn severity(&self, condition: impl Into<Condition>) -> Severity<'_> {
        Severity::new(&self.thread, self.client.severity(condition))
    }

    /// Returns the public catalog: body sites, questionnaires and clinical signs. Its requests carry no token.
    pub fn catalog(&self) -> Catalog {
        Catalog { catalog: self.client.catalog().clone(), thread: self.thread.clone() }
    }

    /// Fetches the electronic label of the device.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn device_information(&self) -> Result<DeviceInformation, Error> {
        self.run(crate::Client::device_information)
    }

    /// Logs in now, as [`Client::login`](crate::Client::login) does. No call needs it.
    ///
    /// # Errors
    ///
    /// The account was refused, or the device could not be reached.
    pub fn login(&self) -> Result<(), Error> {
        self.thread.run(|| self.client.login())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

/// A severity assessment of a condition: [`at`](Self::at) a body site, or [`global`](Self::global).
#[derive(Clone)]
#[must_use = "nothing is sent until a call is made of it"]
pub struct Severity<'c> {
    thread: &'c Thread,
    severity: crate::severity::Severity,
}

/// A severity assessment of a condition at one body site. It can be used for several calls.
#[derive(Clone)]
#[must_use = "nothing is sent until a call is made of it"]
pub struct SeverityAt<'c> {
    thread: &'c Thread,
    severity: crate::severity::SeverityAt,
}

impl<'c> Severity<'c> {
    fn new(thread: &'c Thread, severity: crate::severity::Severity) -> Self {
        Self { thread, severity }
    }

    /// Selects the body site; see [`Severity::at`](crate::severity::Severity::at).
    pub fn at(self, site: BodySite) -> SeverityAt<'c> {
        SeverityAt { thread: self.thread, severity: self.severity.at(site) }
    }

    /// Scores views of the whole body; see [`Severity::global`](crate::severity::Severity::global).
    ///
    /// # Errors
    ///
    /// As for [`SeverityAt::manual`].
    pub fn global<S: GlobalScale>(
        &self,
        scale: S,
        views: impl IntoViews,
    ) -> Result<GlobalSeverityScore<S>, Error> {
        self.thread.run(|| self.severity.global(scale, views))
    }
}

impl SeverityAt<'_> {
    /// Scores answers alone; see [`SeverityAt::manual`](crate::severity::SeverityAt::manual).
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn manual<A>(&self, answers: A) -> Result<<A::Sheets as ScoresOf>::Scores, Error>
    where
        A: ManualAnswers,
        A::Sheets: ScoresOf,
    {
        self.thread.run(|| self.severity.manual(answers))
    }

    /// Scores answers, and sends images with them; see
    /// [`SeverityAt::manual_with_images`](crate::severity::SeverityAt::manual_with_images).
    ///
    /// # Errors
    ///
    /// As for [`manual`](Self::manual).
    pub fn manual_with_images<A>(
        &self,
        images: impl IntoIterator<Item = Image>,
        answers: A,
    ) -> Result<<A::Sheets as ScoresOf>::Scores, Error>
    where
        A: ManualAnswers,
        A::Sheets: ScoresOf,
    {
        self.thread.run(|| self.severity.manual_with_images(images, answers))
    }

    /// Scores one image, and the answers that the scale requires with it; see
    /// [`SeverityAt::local`](crate::severity::SeverityAt::local).
    ///
    /// # Errors
    ///
    /// As for [`manual`](Self::manual).
    pub fn local<A>(&self, image: Image, answers: A) -> Result<<A::Sheets as ScoresOf>::Scores, Error>
    where
        A: LocalAnswers,
        A::Sheets: ScoresOf,
    {
        self.thread.run(|| self.severity.local(image, answers))
    }
}

impl fmt::Debug for Severity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.severity.fmt(f)
    }
}

impl fmt::Debug for SeverityAt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.severity.fmt(f)
    }
}

/// The vendor's public lists: body sites, questionnaires and clinical signs. It needs no account and sends no token.
///
/// A client has one, [`Client::catalog`](Client::catalog).
///
/// ```no_run
/// use legit_health::blocking::Catalog;
///
/// # fn example() -> Result<(), legit_health::Error> {
/// let catalog = Catalog::new(legit_health::catalog::Catalog::public()?)?;
/// for site in catalog.body_sites()? {
///     println!("{}: {}", site.code, site.name.get("en_GB").map_or("", String::as_str));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Catalog {
    catalog: crate::catalog::Catalog,
    thread: Thread,
}

impl Catalog {
    /// Creates a blocking catalog from an async one.
    ///
    /// # Errors
    ///
    /// The system allows no further thread.
    pub fn new(catalog: crate::catalog::Catalog) -> Result<Self, ConfigError> {
        Ok(Self { catalog, thread: Thread::start()? })
    }

    /// Returns the address of the catalog.
    pub fn base_url(&self) -> &str {
        self.catalog.base_url()
    }

    /// Fetches the body sites that a request may name.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn body_sites(&self) -> Result<Vec<BodySiteEntry>, Error> {
        self.thread.run(|| self.catalog.body_sites())
    }

    /// Fetches the scoring systems for a condition, by its ICD-11 code, such as `EA90`.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn questionnaires(&self, icd11: &str) -> Result<Vec<QuestionnaireEntry>, Error> {
        self.thread.run(|| self.catalog.questionnaires(icd11))
    }

    /// Fetches the clinical signs by code, such as `erythema`.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what to do.
    pub fn clinical_signs(&self) -> Result<BTreeMap<String, ClinicalSign>, Error> {
        self.thread.run(|| self.catalog.clinical_signs())
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.catalog.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The names of the public methods of a type, in the text of a file.
    fn methods(text: &str, name: &str) -> BTreeSet<String> {
        let of_type = |line: &str| {
            let line = line.strip_prefix("impl").and_then(|rest| rest.strip_suffix(" {")).unwrap_or("");
            let line = line.strip_prefix("<'c>").unwrap_or(line).trim();
            line == name || line.strip_prefix(name).is_some_and(|rest| rest.starts_with('<'))
        };
        let (mut found, mut inside) = (BTreeSet::new(), false);
        let lines: Vec<&str> = text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            inside = (inside && *line != "}") || of_type(line);
            let method = line.strip_prefix("    pub ").map(|line| line.trim_start_matches("async "));
            if let (true, Some(method)) = (inside, method.and_then(|line| line.strip_prefix("fn "))) {
                let signature = lines[place..].iter().take(3).copied().collect::<Vec<_>>().join(" ");
                let takes_self = signature.split(')').next().is_some_and(|start| start.contains("self"));
                if takes_self {
                    found.insert(method.split(['(', '<']).next().unwrap_or_default().to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn every_method_of_the_async_types_exists() {
        let here = include_str!("blocking.rs");
        for (name, there) in [
            ("Client", include_str!("client.rs")),
            ("Catalog", include_str!("catalog.rs")),
            ("Severity", include_str!("severity.rs")),
            ("SeverityAt", include_str!("severity.rs")),
        ] {
            let (ours, theirs) = (methods(here, name), methods(there, name));
            assert!(!theirs.is_empty(), "no method of {name} was found");
            // `Client::call` runs code of the caller, which awaits a generated client.
            let missing: Vec<_> = theirs.difference(&ours).filter(|name| *name != "call").collect();
            assert!(missing.is_empty(), "blocking::{name} lacks {missing:?}");
        }
    }
}
