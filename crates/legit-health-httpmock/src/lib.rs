//! A mock of the Legit.Health device for your own tests: typed requests and responses, login included.
//!
//! **Unofficial**: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API. Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! ```
//! use legit_health::Image;
//! use legit_health_httpmock::{MockDevice, client, document};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), legit_health::Error> {
//! let device = MockDevice::start();
//! let calls = device.diagnosis_support(|_, then| {
//!     then.ok(&document::diagnosis_support(1));
//! });
//!
//! let image = Image::from_bytes(document::IMAGE)?;
//! let report = client!(device).diagnosis_support(image).await?;
//!
//! assert_eq!(report.conclusions[0].condition.label(), "Mock condition A");
//! calls.assert();
//! # Ok(())
//! # }
//! ```
//!
//! Add it to `[dev-dependencies]`, beside the crate `legit-health` that your program uses.
//!
//! [`MockDevice::start`] gives every test a device of its own, on a port of its own, so tests can run in parallel. The
//! device accepts its own credentials, refuses calls without its token, and responds to nothing else until it is told
//! to. [`client!`] builds a `legit_health::Client` for it; for other clients there are
//! [`base_url`](MockDevice::base_url), [`username`](MockDevice::username) and [`password`](MockDevice::password).
//!
//! # Expecting requests
//!
//! Each operation of the contract is a method of [`MockDevice`], generated from the contract: what does not fit the
//! contract does not compile. Expect a whole body with `when.body(…)`, or part of it:
//!
//! ```
//! use legit_health::{BodySite, answer};
//! use legit_health::scale::Uas;
//! use legit_health_httpmock::{MockDevice, client, document};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), legit_health::Error> {
//! let device = MockDevice::start();
//! device.severity_manual(|when, then| {
//!     when.into_inner().json_at("/bodySite", "armLeft");
//!     then.ok(&document::severity::<Uas>(3.0));
//! });
//! let answers = Uas { pruritus: answer!(2), wheals: answer!(1) };
//! let arm = client!(device).severity("urticaria").at(BodySite::ArmLeft);
//! let score = arm.manual(answers).await?;
//! assert_eq!(score.value, 3.0);
//! # Ok(())
//! # }
//! ```
//!
//! The [`document`]s are structs with public fields: take one, and change what the test is about. Mocks are tried in the
//! order they were made, and the first match responds; after `then.into_inner().up_to_n_times(1)` it is the next one's
//! turn.
//!
//! # Simulating failures
//!
//! A [`Scenario`] makes the device misbehave:
//!
//! ```
//! use legit_health::{Delivery, ErrorKind, Image};
//! use legit_health_httpmock::{MockDevice, Scenario, client, document};
//!
//! # #[tokio::main]
//! # async fn main() {
//! # let image = Image::from_bytes(document::IMAGE).unwrap();
//! let device = MockDevice::start().with_scenario(Scenario::ServerError);
//! let error = client!(device).diagnosis_support(image).await.unwrap_err();
//! assert_eq!((error.kind(), error.delivery()), (ErrorKind::Server, Delivery::MayHaveRun));
//! # }
//! ```
//!
//! # Unmatched requests
//!
//! A request that matches no mock gets a 404, and fails the test when the device is dropped: the message lists the
//! request and how it differs from what each mock expects. No secret, image or answer is quoted, neither there nor in
//! httpmock's own messages. Only httpmock's log (the crate `tracing`, level `debug`) quotes whole requests, so leave that
//! off. Tests that expect such requests call [`MockDevice::take_unmatched`].
//!
//! # Mock or sandbox?
//!
//! A mock gives one response to one test. `legit-health-sandbox` behaves like the device: it validates requests against
//! the contract, decodes images and computes scores.

mod default_responses;
pub mod document;
mod exchange;
mod generated;
mod json_diff;
mod mock_device;
mod scenario;
mod unmatched;
mod when;

pub use generated::{catalog, device};
pub use httpmock;
pub use mock_device::MockDevice;
pub use scenario::Scenario;
pub use unmatched::{MockMismatch, UnmatchedRequest};
pub use when::When;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
