//! Client for the Legit.Health device API: images and answers in, ranked conditions and severity scores out.
//!
//! **Unofficial**: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API. Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! ```no_run
//! use legit_health::{Client, Image};
//!
//! # async fn example() -> Result<(), legit_health::Error> {
//! let client = Client::from_env()?;
//! let report = client.diagnosis_support([Image::open("front.jpg")?, Image::open("close-up.jpg")?]).await?;
//!
//! for conclusion in &report.conclusions {
//!     println!("{} {}", conclusion.probability, conclusion.condition.label());
//! }
//! for (place, image) in report.unusable_images() {
//!     eprintln!("take image {} again: {}", place + 1, image.validity.quality.interpretation);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it can do
//!
//! | call | what goes in | what comes out |
//! |---|---|---|
//! | [`diagnosis_support`](Client::diagnosis_support) | one to three [`Image`]s of a case | [`DiagnosisSupport`] |
//! | [`severity`](Client::severity)`(…).at(…).manual(…)` | answer sheets of [`scale`] | [`SeverityScore`], one for each |
//! | [`severity`](Client::severity)`(…).at(…).local(…)` | an [`Image`] and answer sheets | [`SeverityScore`], one for each |
//! | [`severity`](Client::severity)`(…).global(…)` | [`BodyViews`] or [`PartialBodyViews`] | [`GlobalSeverityScore`] |
//! | [`device_information`](Client::device_information) | | the label of the device |
//! | [`Catalog`], without an account | | body sites, questionnaires, clinical signs |
//!
//! Several scales go into one request as a tuple, and their scores come back in the same order:
//!
//! ```no_run
//! use legit_health::scale::{Apasi, Asalt};
//! use legit_health::{BodySite, Client, Condition, Image, answer};
//!
//! # async fn example() -> Result<(), legit_health::Error> {
//! let client = Client::from_env()?;
//! let head = client.severity(Condition::icd11("EA90", "Psoriasis")).at(BodySite::HeadLeft);
//! let image = Image::open("head.jpg")?;
//! let (apasi, asalt) = head.local(image, (Apasi { surface: answer!(2) }, Asalt)).await?;
//! println!("{} {:?}, {} {:?}", apasi.value, apasi.category, asalt.value, asalt.category);
//! # Ok(())
//! # }
//! ```
//!
//! # What it takes care of
//!
//! - An [`Image`] is read to its end, so that half a photograph is never sent, and its metadata (place, time, camera,
//!   thumbnails) stays here; pixels, orientation and colour profile are untouched.
//! - The login happens by itself, once for all callers, and is renewed before the token ends.
//! - Percentages are [`Percent`], from 0 to 100. Codes that this version does not know are kept; an [`Intensity`] that it
//!   does not know is neither above nor below another.
//! - An answer outside the bounds of its question cannot be built, and nothing is rounded into place.
//! - An [`Error`] says whether the device may have done the work ([`Error::delivery`]), and which image or answer it
//!   refused ([`Error::fields`]).
//! - Nothing prints a password, a token, an image or a finding unless told to.
//!
//! # When the network is bad
//!
//! | what | how it is met |
//! |---|---|
//! | no connection, a lost one, 429, 502, 503, 504 | tried again, up to three times in all, within a budget that all calls share ([`RetryPolicy`]) |
//! | a call that takes too long | five [`Timeouts`]; a call's own with [`PendingCall::timeout`] |
//! | an attempt that times out, 500 | final: the device may have done, and billed, the work ([`Delivery::MayHaveRun`]) |
//! | `Retry-After` | a pause of the whole client, up to 120 s; longer ones are reported ([`Error::retry_after`]) |
//! | a token that is refused | one login, one repetition, then the error |
//! | a password that is refused | not sent again until its [`CredentialsSource`] has another, or [`Client::login`] |
//! | a certificate that is not trusted, a redirect | final, and nothing has left |
//! | half an answer, a repeated member, too large a one | no result at all |
//!
//! # When a call fails
//!
//! An [`Error`] has a kind, which says what to do, and a [`Delivery`], which says whether the device may have done the work:
//!
//! | kind | [`name`](ErrorKind::name) | may succeed later | what to do |
//! |---|---|---|---|
//! | [`Configuration`](ErrorKind::Configuration) | `configuration` | no | correct the setting that the error names |
//! | [`InvalidImage`](ErrorKind::InvalidImage) | `invalidImage` | no | choose or take another image |
//! | [`InvalidAnswers`](ErrorKind::InvalidAnswers) | `invalidAnswers` | no | correct the answers |
//! | [`Authentication`](ErrorKind::Authentication) | `authentication` | no | check the account, then call `Client::login` |
//! | [`Rejected`](ErrorKind::Rejected) | `rejected` | no | correct what `Error::fields` names |
//! | [`RateLimited`](ErrorKind::RateLimited) | `rateLimited` | yes | wait for `Error::retry_after` |
//! | [`Server`](ErrorKind::Server) | `server` | yes | try again later; see `Error::delivery` first |
//! | [`Connection`](ErrorKind::Connection) | `connection` | yes | try again later; see `Error::delivery` first |
//! | [`Certificate`](ErrorKind::Certificate) | `certificate` | no | trust the right certificate, or correct the address |
//! | [`Timeout`](ErrorKind::Timeout) | `timeout` | yes | try again later; see `Error::delivery` first |
//! | [`ResponseTooLarge`](ErrorKind::ResponseTooLarge) | `responseTooLarge` | no | report it with the request id |
//! | [`InvalidResponse`](ErrorKind::InvalidResponse) | `invalidResponse` | no | report it with the request id |
//! | [`Internal`](ErrorKind::Internal) | `internal` | no | report it: it is a bug in this library |
//!
//! Every [`Reply`] ([`PendingCall::reply`]) says where it comes from ([`Provenance`]), and what the device sent that this version has no place for
//! ([`UnknownFields`]). An [`Observer`] sees every call for metrics, an [`Audit`] for the
//! log that regulations ask for, and each call is one span of `tracing`, at the level of `DEBUG`.
//!
//! It scores, judges and decides nothing: that is the device's work, and then a professional's.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `blocking` | `legit_health::blocking::Client`: the same calls for programs without an async runtime |
//! | `schemars` | `schemars::JsonSchema` (1.x) for every sheet of [`scale`], bounds included, and for every [`report`] |
//!
//! None is on by default, and none changes what happens without it.

mod auth;
mod call;
mod catalog;
mod client;
mod config;
mod environment;
mod error;
mod image;
mod observe;
mod policy;
mod provenance;
mod reply;
mod severity;
mod support_images;
mod transport;
mod triage;
mod views;

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod clock;
pub mod http_client;
pub mod report;
pub mod scale;

pub use auth::{Credentials, CredentialsSource, PasswordCommand, PasswordFile};
pub use call::{PendingCall, PendingReply};
pub use catalog::{BodySiteEntry, Catalog, ClinicalSign, Names, QuestionnaireEntry};
pub use client::{Client, ClientBuilder};
pub use config::{BaseUrl, ConfigError};
pub use error::{Delivery, Error, ErrorKind, FieldError};
pub use image::{Image, ImageError, ImageErrorKind, ImageFormat};
pub use legit_health_api::answer;
pub use legit_health_api::dispatch::BoxFuture;
pub use legit_health_api::open::{BodySite, GlobalView, Intensity, Modality, Mode, ScoringSystemCode};
pub use legit_health_api::scalar::{AnswerValue, Bounded, IssueTime, OutOfRange, Percent, Secret, Username};
pub use observe::{AttemptEnd, Audit, AuditEntry, CallEnd, CallOutcome, Observer};
pub use policy::{RetryPolicy, Timeouts};
pub use provenance::{ParseDigestError, Provenance, Sha256Digest};
pub use reply::Reply;
pub use report::{DiagnosisSupport, GlobalSeverityScore, SeverityScore};
pub use severity::{AnswerSheetError, AnyScale, Condition, ConditionCoding, ScoresOf, Severity, SeverityAt};
pub use support_images::{ImageCountError, IntoSupportImages, SupportImages};
pub use transport::UnknownFields;
pub use triage::{Indicator, Priority, Triage, TriagePolicy};
pub use views::{BodyViews, IntoViews, NoViewsError, PartialBodyViews, View, ViewsError};
