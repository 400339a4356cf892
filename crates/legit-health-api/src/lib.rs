//! Low-level client for the Legit.Health device API: generated calls and types, and their hand-written foundation.
//!
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API. Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! Most programs want the crate `legit-health`, which adds login, deadlines, checked images and errors that name the
//! caller's arguments. Use this crate for the bare API:
//!
//! ```no_run
//! use legit_health_api::device::{self, types};
//! use legit_health_api::dispatch::CallScope;
//! use legit_health_api::scalar::{ImageData, Secret, Username};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // Images and tokens must not follow a redirect to another host.
//! let never = reqwest::redirect::Policy::none();
//! let http = reqwest::Client::builder().redirect(never).build()?;
//! let url = "http://127.0.0.1:8080/v2.0";
//! let client = device::Client::new_with_client(url, http, CallScope::default());
//! let (user, password) = (Username::new("clinic@example.org"), Secret::new("s3cret"));
//! let login = types::LoginRequest::new(user, password);
//! let token = client.login(&login).await?.into_inner();
//! println!("valid for {} minutes", token.expires_in_minutes.get());
//!
//! let image = ImageData::new(std::fs::read("front.jpg")?);
//! let image = types::Attachment::new(image).with_title("Front");
//! let request = types::DiagnosisSupportRequest::new([types::Media::new(image)]);
//! // Authorisation is up to the `reqwest::Client`: set the header
//! // `Authorization: Bearer …` as a default header, marked with `set_sensitive(true)`.
//! let report = client.diagnosis_support(&request).await?.into_inner();
//! println!("{} images analysed", report.imaging_analysis.len());
//! # Ok(())
//! # }
//! ```
//!
//! TLS is that of the `reqwest::Client` you pass: turn on one of reqwest's TLS features, and set a timeout that is long
//! enough for an analysis (two minutes).
//!
//! A request has `new` with its required members, in the order of the document, and `with_…` for each optional one. An
//! operation with optional parameters has a second method, such as
//! [`questionnaires_with`](catalog::Client::questionnaires_with), that takes them in a struct. An optional member or parameter
//! is therefore a minor release.
//!
//! Types of responses are `#[non_exhaustive]`, since a response may gain members at any time. A test that needs a report
//! reads one with `serde_json::from_str`, or turns on the feature `test-doubles`, which lets it be built with a struct
//! literal; a minor release may then require one more member.
//!
//! The [`Error`] of generated calls prints whole bodies, which may hold a token or findings: do not log it.
//!
//! With the feature `schemars`, every type of a request or a report has a JSON Schema (`schemars::JsonSchema`).
//!
//! | module | what it holds |
//! |---|---|
//! | [`device`], [`catalog`] | generated clients and types, one per document in `openapi/` |
//! | [`codes`] | generated lists of codes; a code that this version does not know is kept as sent |
//! | [`scales`] | generated answer sheets of the scoring systems |
//! | [`operations`] | generated list of the operations, and the shape of the response of each |
//! | [`scalar`], [`scale`], [`shape`] | the hand-written values and traits that they use |
//! | [`dispatch`] | lets something other than reqwest send the request of a generated call |

// Generated code names this crate by its full path, so that the same text is valid inside it and outside.
extern crate self as legit_health_api;

#[doc(hidden)]
pub mod code_list;
pub mod dispatch;
mod generated;
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub mod json_schema;
pub mod scalar;
pub mod scale;
pub mod shape;

pub use code_list::UnknownCodeError;
pub use generated::{catalog, codes, device, operations, scales};
pub use progenitor_client::{Error, ResponseValue};
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use schemars;
