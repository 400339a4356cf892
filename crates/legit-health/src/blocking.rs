//! The client for programs without an async runtime: the same calls, whose results are there when they return.
//!
//! ```no_run
//! use legit_health::Image;
//! use legit_health::blocking::Client;
//!
//! fn main() -> Result<(), legit_health::Error> {
//!     let client = Client::from_env()?;
//!     let report = client.diagnosis_support([Image::open("front.jpg")?, Image::open("close-up.jpg")?])?;
//!     for conclusion in &report.conclusions {
//!         println!("{} {}", conclusion.probability, conclusion.condition.label());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! What else can be said about a single call is said in [`run`](Client::run), which makes any call of the async client:
//!
//! ```no_run
//! # use legit_health::Image;
//! # use legit_health::blocking::Client;
//! # use std::time::Duration;
//! # fn example() -> Result<(), legit_health::Error> {
//! let client = Client::from_env()?;
//! let image = Image::open("front.jpg")?;
//! let reply = client.run(|client| {
//!     client.diagnosis_support(image).timeout(Duration::from_secs(60)).reference("case 17").reply()
//! })?;
//! assert_eq!(reply.provenance.reference.as_deref(), Some("case 17"));
//! # Ok(())
//! # }
//! ```
//!
//! Each client has one thread of its own, on which its connections live and its token is renewed between calls. It ends
//! with the last clone. Calls can be made from several threads at the same time.
//!
//! A call inside an async runtime would hold up everybody else there, so it is an error
//! ([`ErrorKind::Configuration`](crate::ErrorKind::Configuration)): use the async [`Client`](crate::Client) and `.await`. That goes
//! for `spawn_blocking` too.

mod catalog;
mod severity;
mod thread;

pub use catalog::Catalog;
pub use severity::{Severity, SeverityAt};

use crate::config::ConfigError;
use crate::error::Error;
use crate::report::{DeviceInformation, DiagnosisSupport};
use crate::severity::Condition;
use crate::support_images::IntoSupportImages;
use std::fmt;
use thread::Thread;

/// A client whose calls return when their results are there.
///
/// It is cheap to clone; clones share the token, the connections and the thread these live on.
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    thread: Thread,
}

impl Client {
    /// Over a client that was set up with [`Client::builder`](crate::Client::builder).
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

    /// A client set up by the environment, as [`Client::from_env`](crate::Client::from_env) does it.
    ///
    /// # Errors
    ///
    /// A variable is missing, or its value is of no use; the sentence names it.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::new(crate::Client::from_env()?)
    }

    /// Makes any call of the async client, with all that can be said about it: its time limit, its number of attempts, a
    /// reference of one's own.
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
    /// Each [`ErrorKind`](crate::ErrorKind) says what to do about it.
    pub fn diagnosis_support(&self, images: impl IntoSupportImages) -> Result<DiagnosisSupport, Error> {
        self.run(|client| client.diagnosis_support(images))
    }

    /// Assesses how severe a known condition is: by answers, or by images.
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

    /// The vendor's public lists: body sites, questionnaires and clinical signs. They are asked for without the account.
    pub fn catalog(&self) -> Catalog {
        Catalog::beside(&self.thread, self.client.catalog())
    }

    /// The electronic label of the device that answers.
    ///
    /// # Errors
    ///
    /// Each [`ErrorKind`](crate::ErrorKind) says what to do about it.
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
