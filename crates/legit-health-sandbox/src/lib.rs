//! A local stand-in for the Legit.Health device: the same requests, responses of the same shape, no account needed.
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
//! // Dropping it stops the server.
//! # Ok(())
//! # }
//! ```
//!
//! Give a client the address and the account, or no socket at all: its `http_client::InProcess` takes
//! [`Sandbox::connection`]. Name what it reports with [`Sandbox::set_scenario`], let requests fail with [`Sandbox::inject`], move
//! the [`Clock`], and read what was asked in the [`Ledger`]. Programs in other languages use `legit-health sandbox`, or the example
//! `serve`, and the [controls](#controls) over HTTP; `docs/sandbox.md` has programs and commands for them.
//!
//! # What it does, and what it does not do
//!
//! Every request is validated against the OpenAPI documents of the API and gets the response that the device would give:
//! 401 without a token, 422 with one entry for each error, 200 with a whole report. It is not a diagnostic device:
//!
//! - **Conditions and clinical indicators come from a [`Scenario`]** that is named explicitly, never from the pixels.
//!   Without one the conditions are called "Sandbox condition A", "… B" and so on.
//! - **The pixels** decide whether an image decodes, its quality (sharpness, exposure, contrast, resolution), whether it could
//!   show skin at all (of any tone; a drawing, a screenshot, a page or a blank does not), whether it was taken through a
//!   dermoscope, where a heat map is warm and where a mask or a box lies.
//! - Every value is a pure function of image, scenario and [seed](Config::seed). No two images get the same values, so that
//!   mixed-up results are noticed.
//! - Every document of a success has a top-level `sandbox` object with the notice above, the scenario of each image and what
//!   each part rests on (`scenario`, `answers`, `pixels`, `placeholder`, …); in the lists of the catalog each entry has one,
//!   and an empty list has none. So has every response of a control, also a refusal. The errors of the API have none, because
//!   their bodies are those of the device.
//! - Every response has the header `x-legit-health-sandbox: true`, but for that to a request which is not HTTP. A stored
//!   document never passes for the device's.
//!
//! # Large images and many requests
//!
//! An image with a side of more than 1024 pixels is reduced to work on it; heat maps, masks and boxes have its full size.
//! A photograph of 12 megapixels takes a third of a second of one processor. Each processor works on one request at a time,
//! in their order; requests of up to 1 MiB have one more place, so that they do not wait behind large ones. The work on a
//! request stops soon after its client has gone. The same request gets the same response, but for its identifier and time,
//! however many run at once.
//!
//! # Severity
//!
//! Scores are computed by the published instruments, in `legit-health-scoring`. `evidence` says what each part rests on:
//! `exact` (the vendor's public tests or requirements), `literature`, `inferred`, or `unknown`, where the vendor's rule is
//! not public and the value is a placeholder. Answers come from the request (`answers`). What an image shows comes from the
//! severity of the scenario, for any condition; without a scenario it is a placeholder at the level of `moderate`. The
//! pixels decide `mediaValidity` and where masks and boxes lie; how much they cover follows from the severity.
//!
//! Every scale of the contract has a formula here; one that is added to it without is a 501.
//!
//! # Naming a scenario
//!
//! A scenario is written `psoriasis/moderate`, or `psoriasis` alone. The first of these applies:
//!
//! 1. the request header `x-sandbox-scenario: psoriasis/moderate`;
//! 2. a line `legit-health-sandbox scenario=psoriasis severity=moderate` in the image's own comment (COM segment of a JPEG,
//!    `tEXt` chunk `Comment` of a PNG), as in the [`samples`];
//! 3. the default of the account: [`Sandbox::set_scenario`], [`Config::scenario`] or the control below.
//!
//! In the place of the severity may stand a course: `psoriasis/falling`, `…/stalling` or `…/relapsing` changes from visit to
//! visit, every 28 days of the sandbox's clock, so that a test can follow a patient: `POST /_sandbox/clock/advance`
//! `{"seconds": 2419200}`. Reports name the severity of the visit.
//!
//! An edge case names no condition but a report that a client meets rarely: `edge-case/nothing-found` (an empty ranking),
//! `edge-case/not-skin`, `edge-case/poor-quality`, `edge-case/last-image-unusable` (one of three, for example),
//! `edge-case/unknown-codes` (a modality and an intensity that the contract does not name) and `edge-case/nulls` (every
//! member is null that may be). Manual scales are scored from answers, which edge cases do not change.
//!
//! `legit-health scenarios` lists them all, as do `GET /_sandbox/` and the console.
//!
//! A client that removes image metadata before sending also removes the comment. An unknown name is a 422 that lists the
//! known ones.
//!
//! # Samples
//!
//! [`samples`] holds synthetic images: single ones, and one for each of the 17 views of a whole body.
//!
//! # The contract
//!
//! `GET /openapi.json` is the document of the device, `/catalog/openapi.json` that of the catalog, both with this sandbox as
//! their server, so that tools can import them; `GET /docs` is a page about both.
//!
//! # Console
//!
//! `GET /` is the console, a page to try the sandbox, to see its latest requests and to use the controls below. The bodies
//! of requests are kept for it in memory; see [`Config::keep_bodies`].
//!
//! # What clients send
//!
//! - JSON in UTF-8 and UTF-16, with a byte order mark or without, and without a media type; a login as an URL-encoded or
//!   multipart form, as the framework of the device takes them. A path with a slash too many is redirected (307).
//! - Pages of this machine (`http://localhost:…`, 127.0.0.1, `[::1]`) may call the API from a browser, but not the controls.
//! - The default address is reached as 127.0.0.1 and as `[::1]`.
//! - A client that sends nothing for a minute is disconnected; there are at most 4096 connections, and further ones wait.
//! - The header `x-sandbox-hint` says what to do about an address without the version segment, or an image as a data URI.
//!
//! # Controls
//!
//! Under `/_sandbox/`, beside the API, in JSON and without a token:
//!
//! | request | what it does |
//! |---|---|
//! | `GET /_sandbox/` | lists the controls, the scenarios, and an example of each fault |
//! | `GET /_sandbox/ready` | 200 as soon as it takes requests |
//! | `GET /_sandbox/ledger` | [`Sandbox::ledger`] |
//! | `GET /_sandbox/clock`, `POST /_sandbox/clock/reset` | [`Clock::now`], [`Clock::reset`] |
//! | `POST /_sandbox/clock/advance` `{"seconds": 3600}` | [`Clock::advance`] |
//! | `GET /_sandbox/accounts` | lists the accounts and their settings, without passwords |
//! | `POST /_sandbox/accounts` | [`Sandbox::add_account`]; returns `{"username", "password"}` |
//! | `PUT /_sandbox/accounts/{username}/scenario` `{"scenario": "acne/mild"}` | [`Sandbox::set_scenario`]; the body `null` removes it |
//! | `PUT …/token-life` `{"minutes": 5}` | [`Sandbox::set_token_life`]; the body `null` removes it |
//! | `POST …/tokens` | issues a token without a login: `{"access_token"}` |
//! | `DELETE …/tokens` | [`Sandbox::revoke_tokens`] |
//! | `POST …/password` `{"graceSeconds": 60}` or empty | [`Sandbox::rotate_password`]; returns `{"username", "password"}` |
//! | `DELETE …/password` | [`Sandbox::revoke_password`] |
//! | `PUT …/lock-out` `{"after": 3, "seconds": 900}` | [`Sandbox::set_lock_out`]; without seconds until unlocked; the body `null` removes it |
//! | `DELETE …/lock` | [`Sandbox::unlock`] |
//! | `PUT …/rate-limit` `{"requests": 10, "seconds": 60, "operation": "login", "retryAfter": "date"}` | [`Sandbox::set_rate_limit`]; the last two are optional; the body `null` removes it |
//! | `POST …/faults` `{"fault": {"kind": "status", "status": 503}, "operation": "login", "times": {"next": 2}}` | [`Sandbox::inject`] for the account; the last two are optional |
//! | `GET …/faults`, `DELETE …/faults` | lists the faults planned for the account; [`Sandbox::clear_faults_of`] |
//! | `POST`, `GET`, `DELETE /_sandbox/faults` | the same for all accounts; [`Sandbox::clear_faults`] |
//! | `DELETE /_sandbox/faults/{id}` | takes back one fault, by its number in the list |
//! | `GET`, `DELETE /_sandbox/requests`, `GET …/{id}/request`, `GET …/{id}/response` | the latest requests, for the console |
//! | `GET /_sandbox/samples`, `GET /_sandbox/samples/{file}` | the [`samples`] |
//!
//! The controls refuse pages of other sites, which a browser names in `Origin`, and names other than `localhost` and
//! addresses in `Host`, unless [`Config::allowed_hosts`] has them. Here `…` stands for `/_sandbox/accounts/{username}`; an unknown account is a 404. [`InjectedFault`] describes the faults
//! and their JSON.
//!
//! # Debug builds
//!
//! Decoding and encoding images is slow without optimisation. Add this to the `Cargo.toml` of your workspace:
//!
//! ```toml
//! [profile.dev.package]
//! image = { opt-level = 2 }
//! zune-jpeg = { opt-level = 2 }
//! zune-core = { opt-level = 2 }
//! png = { opt-level = 2 }
//! fdeflate = { opt-level = 2 }
//! miniz_oxide = { opt-level = 2 }
//! sha2 = { opt-level = 2 }
//! base64 = { opt-level = 2 }
//! legit-health-sandbox = { opt-level = 2 }
//! ```
//!
//! or, for all dependencies at the price of a slower first build:
//!
//! ```toml
//! [profile.dev.package."*"]
//! opt-level = 2
//! ```
//!
//! # Where the response of the device is unknown
//!
//! The errors asserted by the vendor's tests are exact. The rest is inferred from the framework that the device seems to be
//! built on, or decided here:
//!
//! - A revoked token gets the response of an expired one. Login to a locked account is a 403 and a request beyond a rate
//!   limit a 429, in our words; whether the device locks or limits is unknown.
//! - A fourth image, a number out of range, a wrong type: 422 in the framework's words. `input` repeats what was sent, but
//!   texts beyond 200 characters are cut and a form is not repeated.
//! - Invalid JSON is a 422 `json_invalid`; a body that is not UTF-8 is a 400. The token is checked before either.
//! - A file that is not a complete JPEG, PNG or WebP is a 422 at its `data`; whether the device takes WebP is unknown. A
//!   greyscale image is not skin.
//! - The probabilities of a ranking sum to 100. A condition without a code in a public source is reported without one.
//! - An invalid image keeps its clinical indicators, has no ranking (`null`) and an entropy of 100; it does not count in the
//!   overall result unless no image is valid.
//! - A body site that a scale refuses is a 422 at `bodySite`; `asalt` takes the four views of the scalp alone.
//! - A scale of another endpoint, or one that the contract does not have, is a 422 at its code; scales of the endpoint that were not requested are `null` in the
//!   report.
//! - The severity of an invalid image is scored all the same, and `mediaValidity` says that it is invalid. Images of a
//!   manual request must be complete; the report is about the first.
//! - An unknown view is a 422. Views that were not sent count as unaffected.
//! - Items of a request that the scale does not ask for are ignored. `confidence` of a box is in percent.
//! - The catalog lists the scales that the contract names for exactly this ICD-11 code; for another code the list is empty.
//!   `path` repeats the documentation and is not the path of the operation. Names are ours.

mod api;
mod clock;
mod config;
mod console;
mod contract;
mod faults;
mod http;
mod images;
mod operation;
mod sandbox;
mod scenarios;
mod state;

pub use clock::Clock;
pub use config::Config;
pub use faults::{Change, InjectedFault, InvalidFaultError, StatusBody};
pub use http::{Coding, Connection, ConnectionLostError, RetryAfter};
pub use images::samples;
pub use operation::{Operation, UnknownOperationError};
pub use sandbox::Sandbox;
pub use scenarios::{Scenario, Severity, UnknownScenarioError};
pub use state::{Account, Injection, Ledger, LockOut, RateLimit, RequestCounts, RetryHint, Times};

/// Compiles and runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
