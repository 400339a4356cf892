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
//! let images = [Image::open("front.jpg")?, Image::open("close-up.jpg")?];
//! let report = client.diagnosis_support(images).await?;
//!
//! for conclusion in &report.conclusions {
//!     println!("{} {}", conclusion.probability, conclusion.condition.label());
//! }
//! for (place, image) in report.unusable_images() {
//!     let quality = &image.validity.quality;
//!     eprintln!("take image {} again: {}", place + 1, quality.interpretation);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Without an account, `cargo run -p legit-health-cli -- sandbox` starts a sandbox that stands in for the device.
//!
//! # The guide
//!
//! Its pages are in the repository; `cargo xtask book` makes a book of them, with a search.
//!
//! | you want to | page |
//! |---|---|
//! | begin | `docs/getting-started.md` |
//! | take uploads, send many images, build a form, sort cases, follow a patient | `docs/recipes/` |
//! | test your own code | `docs/recipes/own-tests.md` |
//! | set addresses, proxies, certificates and time limits | `docs/configuration.md` |
//! | answer the questions of a hospital's IT | `docs/it-and-privacy.md` |
//!
//! # Calls
//!
//! | call | input | result |
//! |---|---|---|
//! | [`diagnosis_support`](Client::diagnosis_support) | one to three [`Image`]s of a case | [`DiagnosisSupport`] |
//! | [`severity`](Client::severity)`(…).at(…).manual(…)` | answer sheets of [`scale`] | [`SeverityScore`], one for each |
//! | [`severity`](Client::severity)`(…).at(…).local(…)` | an [`Image`] and answer sheets | [`SeverityScore`], one for each |
//! | [`severity`](Client::severity)`(…).global(…)` | [`BodyViews`](views::BodyViews) or [`PartialBodyViews`](views::PartialBodyViews) | [`GlobalSeverityScore`] |
//! | [`device_information`](Client::device_information) | | the label of the device |
//! | [`Catalog`](catalog::Catalog), without an account | | body sites, questionnaires, clinical signs |
//!
//! Several scales in one request are a tuple; their scores come back in the same order:
//!
//! ```no_run
//! use legit_health::{BodySite, Client, Condition, Image, answer};
//! use legit_health::scale::{Apasi, Asalt};
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
//! # What it does for you
//!
//! - An [`Image`] is read to its end marker, so truncated images are rejected. Its metadata (place, time, camera, thumbnails)
//!   is removed; pixels, orientation and color profile stay as they are.
//! - The client logs in at the first call, once for all callers, and renews the token before it expires. Several programs share
//!   one login through a [`TokenStore`](credentials::TokenStore).
//! - Percentages are [`Percent`], from 0 to 100. Unknown codes are kept as they came; an unknown
//!   [`Intensity`](codes::Intensity) has no order.
//! - An answer outside the bounds of its question cannot be built. Nothing is rounded.
//! - `Debug` and errors hide passwords, tokens, images and findings. To look at a report, serialise it (see [`report`]).
//! - It computes no scores and makes no decisions: the device does, and then a professional.
//!
//! # When a call fails
//!
//! An [`Error`] has a kind, by which you decide what to do, and a [`Delivery`]: whether the device may have done the work.
//! [`Error::fields`] names the image or answer that the device refused; [`Error::server_message`] is what the server said, which
//! `Display` and `Debug` leave out.
//!
//! | kind | [`name`](ErrorKind::name) | may succeed later | what to do |
//! |---|---|---|---|
//! | [`Configuration`](ErrorKind::Configuration) | `configuration` | no | correct the setting that the error names |
//! | [`InvalidImage`](ErrorKind::InvalidImage) | `invalidImage` | no | choose or take another image |
//! | [`InvalidAnswers`](ErrorKind::InvalidAnswers) | `invalidAnswers` | no | correct the answers |
//! | [`Authentication`](ErrorKind::Authentication) | `authentication` | no | check the account, then call `Client::login` |
//! | [`Rejected`](ErrorKind::Rejected) | `rejected` | no | correct what `Error::fields` or `Error::server_message` names |
//! | [`RateLimited`](ErrorKind::RateLimited) | `rateLimited` | yes | wait for `Error::retry_after` |
//! | [`Server`](ErrorKind::Server) | `server` | yes | try again later; see `Error::delivery` first |
//! | [`Connection`](ErrorKind::Connection) | `connection` | yes | try again later; see `Error::delivery` first |
//! | [`Certificate`](ErrorKind::Certificate) | `certificate` | no | trust the right certificate, or correct the address |
//! | [`Timeout`](ErrorKind::Timeout) | `timeout` | yes | try again later; see `Error::delivery` first |
//! | [`ResponseTooLarge`](ErrorKind::ResponseTooLarge) | `responseTooLarge` | no | report it with the request id |
//! | [`InvalidResponse`](ErrorKind::InvalidResponse) | `invalidResponse` | no | report it with the request id |
//! | [`Internal`](ErrorKind::Internal) | `internal` | no | report it: it is a bug in this library |
//!
//! # Timeouts and retries
//!
//! | what happens | what the client does |
//! |---|---|
//! | no connection, a connection lost before the response began, 408, 425, 429, 502, 503 | sends the request again: three attempts by default, within a budget that all calls share ([`RetryPolicy`]) |
//! | a call takes too long | returns [`ErrorKind::Timeout`]; there are five [`Timeouts`], and [`PendingCall::timeout`](calls::PendingCall::timeout) |
//! | an attempt times out, a response is lost after its head, 500, 504 | returns the error: the device may have done, and billed, the work ([`Delivery::MayHaveRun`]); [`RetryPolicy::repeat_work`] sends the request again |
//! | the device requests a pause (`Retry-After`) | pauses all calls of the client, up to 120 s; returns an error beyond that ([`Error::retry_after`]) |
//! | the token is refused (401, or 403 at most once a minute) | logs in once and repeats the request once |
//! | the device refuses the password (401, JSON) | returns that error for 30 s before it sends the password again, then for twice as long each time, up to 15 minutes; or until its [`CredentialsSource`](credentials::CredentialsSource) has another, or [`Client::login`] is called |
//! | the certificate is not trusted, the proxy refuses to connect (403, 407, a redirect), or a redirect | returns the error; redirects are never followed |
//! | the response is incomplete, too large, or repeats a member | returns an error and no part of the result |
//!
//! # Provenance, metrics and audit
//!
//! [`PendingCall::reply`](calls::PendingCall::reply) returns the report together with its
//! [`Provenance`](calls::Provenance), and with the members of the response that this version does not know
//! ([`UnknownFields`](calls::UnknownFields)). An [`Observer`](observe::Observer) receives the end of every call, for
//! metrics; an [`Audit`](observe::Audit) keeps a log for regulators. Each call is one span of `tracing`, at the level
//! `DEBUG`.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `blocking` | `legit_health::blocking::Client`: the same calls for programs without an async runtime |
//! | `schemars` | `schemars::JsonSchema` (1.x) for every sheet of [`scale`], bounds included, and for every [`report`] |
//! | `zstd` | offers the server Zstandard beside gzip: a quarter of the processor time to decompress a response, for a C library to build |
//! | `aws-lc-rs` | the cryptography of AWS-LC; on by default |
//! | `ring` | the cryptography of ring instead, which builds faster: turn the default features off, and call `http_client::install_ring` at the start of the program |
//!
//! Features do not affect each other. With both `aws-lc-rs` and `ring`, AWS-LC is used.

mod auth;
mod call;
mod client;
mod config;
mod cryptography;
mod environment;
mod error;
mod image;
mod in_flight;
mod policy;
mod provenance;
mod reply;
mod support_images;
mod sync;
mod transport;

#[cfg(feature = "blocking")]
pub mod blocking;
pub mod catalog;
pub mod clock;
pub mod http_client;
pub mod observe;
pub mod report;
pub mod scale;
pub mod severity;
pub mod triage;
pub mod views;

/// Calls, many calls at once, and the provenance of their results.
///
/// Await a [`PendingCall`](calls::PendingCall) for its result, or set its options before: a time limit, a reference of your own,
/// the whole [`Reply`](calls::Reply). Run many calls with [`InFlight`](calls::InFlight).
pub mod calls {
    pub use crate::call::{OwnCall, PendingCall, PendingReply};
    pub use crate::in_flight::{InFlight, Running};
    pub use crate::provenance::{ParseDigestError, Provenance, Sha256Digest};
    pub use crate::reply::Reply;
    pub use crate::transport::UnknownFields;
}

/// Lists of codes. A code that this version does not know is kept as `Unknown`.
///
/// Read a code that a person has typed with `known`, which refuses a misspelt one and names the nearest.
pub mod codes {
    pub use legit_health_api::code_list::UnknownCodeError;
    pub use legit_health_api::codes::{GlobalView, Intensity, Modality, Mode, ScoringSystemCode};
}

/// Sources of credentials, for passwords that can change while a program runs, and stores of tokens.
///
/// Give a client a [`PasswordFile`](credentials::PasswordFile), a [`PasswordCommand`](credentials::PasswordCommand) or a
/// [`CredentialsSource`](credentials::CredentialsSource) of your own with [`ClientBuilder::credentials`], and a
/// [`TokenStore`](credentials::TokenStore) with [`ClientBuilder::token_store`].
pub mod credentials {
    pub use crate::auth::{
        CredentialsSource, LoginLock, PasswordCommand, PasswordFile, StoredToken, TokenStore,
    };
    pub use legit_health_api::scalar::{Secret, Username};
}

/// Formats of images, errors about them, what is removed from them, directories of them, and the images of one request.
///
/// Find the images of a directory with [`ImageFiles::find`](images::ImageFiles::find). When an [`Image`] is refused,
/// [`ImageError::kind`](images::ImageError::kind) says why.
pub mod images {
    pub use crate::image::{
        ExifContent, ImageError, ImageErrorKind, ImageFiles, ImageFormat, Removed, RemovedKind,
    };
    pub use crate::support_images::{ImageCountError, IntoSupportImages, SupportImages};
}

pub use auth::Credentials;
pub use client::{Client, ClientBuilder};
pub use config::ConfigError;
pub use error::{Delivery, Error, ErrorKind, FieldError};
pub use image::Image;
pub use legit_health_api::answer;
pub use legit_health_api::codes::BodySite;
pub use legit_health_api::dispatch::BoxFuture;
pub use legit_health_api::scalar::Percent;
pub use policy::{RetryPolicy, Timeouts};
pub use report::diagnosis_support::DiagnosisSupport;
pub use report::global_severity_score::GlobalSeverityScore;
pub use report::severity_score::SeverityScore;
pub use severity::condition::Condition;
