//! A mock of the Legit.Health device for your own tests: typed requests and answers, login included.
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
//! # let photo = || Image::from_bytes(document::PICTURE).unwrap();
//! let device = MockDevice::start();
//! let calls = device.diagnosis_support(|_, then| { then.ok(&document::diagnosis_support(1)); });
//! let report = client!(device).diagnosis_support(photo()).await?;
//! assert_eq!(report.conclusions[0].condition.label(), "Mock condition A");
//! calls.assert();
//! # Ok(())
//! # }
//! ```
//!
//! [`MockDevice::start`] gives every test a device of its own, on a port of its own: tests that run at the same time do
//! not meet. It logs in whoever has its credentials, refuses calls without its token, and answers nothing else until
//! told to. [`client!`] makes a `legit_health::Client` for it; without that crate, take
//! [`base_url`](MockDevice::base_url), [`username`](MockDevice::username) and [`password`](MockDevice::password).
//!
//! # Saying what is expected, and what is answered
//!
//! Each operation of the contract is a method of [`MockDevice`], generated from it: what does not fit the contract does
//! not compile. A request is expected whole with `when.body(…)`, or in part:
//!
//! ```
//! use legit_health::{BodySite, answer, scale::Uas};
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
//! let score = client!(device).severity("urticaria").at(BodySite::ArmLeft).manual(answers).await?;
//! assert_eq!(score.value, 3.0);
//! # Ok(())
//! # }
//! ```
//!
//! The [`document`]s are structs with public fields: take one, and change what the test is about. Mocks are asked in the
//! order they were made, and the first that fits answers; `then.into_inner().up_to_n_times(1)` gives way to the next.
//!
//! # When things go wrong
//!
//! A [`Scenario`] has the device misbehave as devices do:
//!
//! ```
//! use legit_health::{Delivery, Image, ErrorKind};
//! use legit_health_httpmock::{MockDevice, Scenario, client, document};
//!
//! # #[tokio::main]
//! # async fn main() {
//! # let photo = Image::from_bytes(document::PICTURE).unwrap();
//! let device = MockDevice::start().playing(Scenario::ServerError);
//! let error = client!(device).diagnosis_support(photo).await.unwrap_err();
//! assert_eq!((error.kind(), error.delivery()), (ErrorKind::Server, Delivery::Responded));
//! # }
//! ```
//!
//! # Requests that nobody expected
//!
//! They are answered with 404, and fail the test when the device goes: it says what came, and what of it each mock
//! missed. No secret, image or answer is quoted, neither there nor in httpmock's own reports; only its log (the crate
//! `tracing`, level `debug`) quotes requests whole, so leave that off. [`MockDevice::take_unmatched`] is for tests that
//! expect such requests.
//!
//! # Or rather the sandbox?
//!
//! A mock says one thing to one test. `legit-health-sandbox` behaves like the device on its own: it checks requests
//! against the contract, decodes images and computes scores.

mod client;
mod default_answers;
pub mod document;
mod expectation;
mod generated;
mod mock_device;
mod scenario;
mod session;
mod unmatched;
mod when;

pub use generated::{catalog, device};
pub use httpmock;
pub use mock_device::MockDevice;
pub use scenario::Scenario;
pub use unmatched::{Missed, Unmatched};
pub use when::When;
