//! A local stand-in for the Legit.Health device: the same requests, the same shapes of answers, no account
//! needed.
//!
//! **Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment.** Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health
//! is its name, used only to identify the API.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use legit_health_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start().await?;
//! println!("listening on {}", sandbox.base_url());
//! println!("username: {}", sandbox.account().username);
//! println!("password: {}", sandbox.account().password);
//! // It stops when it is dropped.
//! # Ok(())
//! # }
//! ```
//!
//! # What it is, and what it is not
//!
//! Every request is checked against the OpenAPI documents of the API, and answered as the device would: 401
//! without a token, 422 with one entry for each fault, 200 with a whole report. The device is not asked, and
//! nothing is diagnosed:
//!
//! - **Conditions and clinical indicators come from a [`Scenario`]** that somebody named, never from the
//!   pixels. Without one the conditions are called "Sandbox condition A", "… B" and so on.
//! - **The pixels** decide whether a picture decodes, how good it is, whether it could show skin at all (of
//!   any tone), where a heat map is warm and where a mask or a box lies.
//! - Every figure is a pure function of image, scenario and [seed](Config::seed), and no two pictures share
//!   all of theirs, so that a mixed-up result shows.
//! - Every document has a top-level `sandbox` object with the notice above, the scenario of each image and
//!   what each part rests on (`scenario`, `answers`, `pixels`, `placeholder`, …); in the catalogue, whose lists
//!   have no room for it, each entry has one. Every response has the header `x-legit-health-sandbox`. A stored
//!   answer never passes for the device's.
//!
//! # Severity
//!
//! Scores are computed as the instruments are published, by `legit-health-scoring`; `evidence` says of each part
//! what it rests on: `exact` (the vendor's public tests or requirements), `literature`, `inferred`, or `unknown`,
//! where the vendor's rule is not public and what stands there is a placeholder. Answers come from the request
//! (`answers`). What an image shows comes from the severity of the scenario, for whatever condition it names;
//! without a scenario it is a placeholder at the level of `moderate`. The pixels decide `mediaValidity` and where
//! masks and boxes lie; how much they cover follows from the severity.
//!
//! A scale for which nobody has a formula here is a 501, not a number.
//!
//! # Naming a scenario
//!
//! A scenario is written `psoriasis/moderate`, or `psoriasis` alone. The first of these that names one
//! decides:
//!
//! 1. the request header `x-sandbox-scenario: psoriasis/moderate`;
//! 2. the image's own comment (COM segment of a JPEG, `tEXt` chunk `Comment` of a PNG) with a line
//!    `legit-health-sandbox scenario=psoriasis severity=moderate`; the [`samples`] carry one;
//! 3. the account's default: [`Sandbox::assign_scenario`], [`Config::scenario`] or the control below.
//!
//! A client that removes image metadata before sending removes the comment too. A name that does not exist is
//! a 422 that lists those that do, not a silent fall back.
//!
//! # Controls
//!
//! Under `/_sandbox/`, beside the API, in JSON and without a token:
//!
//! | request | what it does |
//! |---|---|
//! | `GET /_sandbox/` | lists the controls and the scenarios |
//! | `GET /_sandbox/ledger` | [`Sandbox::ledger`] |
//! | `POST /_sandbox/clock/advance` `{"seconds": 3600}` | [`Clock::advance`] |
//! | `POST /_sandbox/accounts` | [`Sandbox::add_account`]; answers `{"username", "password"}` |
//! | `PUT /_sandbox/accounts/{username}/scenario` `{"scenario": "acne/mild"}` | [`Sandbox::assign_scenario`]; `null` takes it back |
//! | `PUT …/token-life` `{"minutes": 5}` | [`Sandbox::assign_token_life`]; `null` takes it back |
//! | `DELETE …/tokens` | [`Sandbox::revoke_tokens`] |
//! | `POST …/password` `{"graceSeconds": 60}` or nothing | [`Sandbox::roll_password`]; answers `{"username", "password"}` |
//! | `DELETE …/password` | [`Sandbox::revoke_password`] |
//! | `PUT …/lock-out` `{"after": 3, "seconds": 900}` | [`Sandbox::lock_out`]; without seconds until unlocked; the body `null` takes it back |
//! | `DELETE …/lock` | [`Sandbox::unlock`] |
//! | `PUT …/rate-limit` `{"requests": 10, "seconds": 60, "operation": "login", "retryAfter": "date"}` | [`Sandbox::limit_rate`]; the last two are optional; the body `null` takes it back |
//! | `POST …/faults` `{"fault": {"kind": "status", "status": 503}, "operation": "login", "times": {"next": 2}}` | [`Sandbox::inject`] for the account; the last two are optional |
//! | `GET …/faults`, `DELETE …/faults` | what is planned for the account; [`Sandbox::clear_faults_of`] |
//! | `POST`, `GET`, `DELETE /_sandbox/faults` | the same for everyone; [`Sandbox::clear_faults`] |
//!
//! Here `…` stands for `/_sandbox/accounts/{username}`; an account that is not there is a 404. [`Fault`] says which
//! faults there are and how they are written.
//!
//! # Where no source tells what the device does
//!
//! The shapes of the errors asserted by the vendor's tests are exact. The rest is inferred from the framework
//! that the device seems to be built on, or decided here:
//!
//! - A revoked token is answered like an expired one. Login to a locked account is a 403 and a request beyond a
//!   rate limit a 429, whose sentences are ours; the device is not known to lock or to limit.
//! - A fourth image, a number out of range, a wrong type: 422 in the framework's words. `input` repeats what
//!   was sent, but texts beyond 200 characters are cut and a form is not repeated.
//! - Broken JSON is a 422 `json_invalid`; a body that is no UTF-8 is a 400. The token is checked before
//!   either.
//! - A file that is no whole JPEG or PNG is a 422 at its `data`. A greyscale picture is no skin.
//! - An unusable image keeps its clinical indicators, has no ranking (`null`) and an entropy of 100; it does
//!   not count in the overall result unless no image is usable.
//! - A body site that a scale refuses is a 422 at `bodySite`; `asalt` takes the four views of the scalp alone.
//! - A scale of another endpoint is a 422 at its code; scales of the endpoint that were not asked for stand in the
//!   report with `null`.
//! - Severity of an unusable image is scored all the same, and `mediaValidity` says that it is unusable. Images
//!   of a manual request must be whole; the report speaks of the first.
//! - A view that nobody knows is a 422. Views that were not sent count as unaffected.
//! - Items of a request that the scale does not ask for are ignored. `confidence` of a box is in percent.
//! - The catalogue lists the scales that the contract names for the very ICD-11 code; another code is an empty
//!   list. `path` repeats the documentation and is not the path of the operation. Names are ours.

mod account;
mod api;
mod clock;
mod config;
mod connection;
mod container;
mod contract;
mod fault;
mod ledger;
mod operation;
mod pixels;
mod retry_after;
pub mod samples;
mod sandbox;
mod scenario;
mod seconds;
mod secrets;
mod server;
mod token;
mod world;

pub use account::{Account, LockOut, RateLimit, RetryHint};
pub use clock::Clock;
pub use config::Config;
pub use connection::{Connection, Lost};
pub use fault::{Change, Coding, Fault, Injection, StatusBody, Times, UnusableFault};
pub use ledger::{Ledger, Tally};
pub use operation::{Operation, UnknownOperation};
pub use retry_after::RetryAfter;
pub use sandbox::Sandbox;
pub use scenario::{Scenario, Severity, UnknownScenario};
