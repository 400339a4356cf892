//! Low-level client for the Legit.Health device API: generated calls and types, and the little by hand that they rest on.
//!
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API. Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! Most programs want the crate `legit-health`, which adds login, deadlines, prepared images and errors in the caller's
//! words. This crate is whole on its own for those who want the bare API:
//!
//! ```no_run
//! use legit_health_api::{device, scalar::{ImageData, Secret, Username}, dispatch::CallScope};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // Images and tokens must not follow a redirect to another host.
//! let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
//! let client = device::Client::new_with_client("http://127.0.0.1:8080/v2.0", http, CallScope::default());
//! let login = device::types::LoginRequest::new(Secret::new("s3cret"), Username::new("clinic@example.org"));
//! let token = client.login(&login).await?.into_inner();
//! println!("valid for {} minutes", token.expires_in_minutes.get());
//!
//! let image = device::types::Attachment::new(ImageData::new(std::fs::read("front.jpg")?)).with_title("Front");
//! let request = device::types::DiagnosisSupportRequest::new([device::types::Media::new(image)]);
//! // Authorisation is up to the `reqwest::Client`: set the header `Authorization: Bearer …` as a default header, marked
//! // with `set_sensitive(true)`.
//! let report = client.diagnosis_support(&request).await?.into_inner();
//! println!("{} images analysed", report.imaging_analysis.len());
//! # Ok(())
//! # }
//! ```
//!
//! TLS is that of the `reqwest::Client` you hand in: turn one of reqwest's TLS features on, and set a timeout that an
//! analysis can keep (two minutes, not reqwest's or this generator's habits).
//!
//! A request has `new` with its required members, and `with_…` for each optional one. An operation with optional parameters
//! has a second method, such as [`questionnaires_with`](catalog::Client::questionnaires_with), that takes them in a struct.
//! An optional member or parameter is therefore a minor release.
//!
//! What only comes back is `#[non_exhaustive]`, since an answer may gain members at any time. A test that needs a report
//! reads one with `serde_json::from_str`, or turns on the feature `test-doubles`, which lets it be built with a struct
//! literal; a minor release may then ask for one more member.
//!
//! The [`Error`] of generated calls prints whole bodies, which may hold a token or findings: do not log it.
//!
//! With the feature `schemars`, whatever stands in a request or a report has a JSON Schema (`schemars::JsonSchema`).
//!
//! | module | what it holds |
//! |---|---|
//! | [`device`], [`catalog`] | generated clients and types, one per document in `openapi/` |
//! | [`codes`] | generated lists of codes; a code that this version does not know is kept as sent |
//! | [`scales`] | generated answer sheets of the scoring systems |
//! | [`operations`] | generated list of the calls, and what the answer of each has a place for |
//! | [`scalar`], [`scale`], [`shape`] | the values and traits they are made of, by hand |
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
