//! Generates `legit-health-api`, and the typed mocks of `legit-health-httpmock`, from the OpenAPI description of the
//! Legit.Health device API.
//!
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API.
//!
//! ```no_run
//! use legit_health_codegen::{Contract, Tools, generate, outputs, write};
//! use std::path::Path;
//!
//! # fn main() -> Result<(), legit_health_codegen::Error> {
//! let root = Path::new(".");
//! let contract = Contract::read(root)?;
//! let generated = generate(&contract)?;
//! let changed = write(root, &outputs(&contract, generated, &Tools::of_checkout(root)?))?;
//! # Ok(())
//! # }
//! ```
//!
//! # A document of your own
//!
//! One document of any API, in OpenAPI 3.0 or 3.1, is enough for a module of your own crate: [`OwnContract`], the program
//! `legit-health-codegen` (`cargo install --git …`), or [`build_script`]. What cannot be generated is left out by name.
//!
//! ```text
//! legit-health-codegen generate --spec api/openapi.json --out src/api --module crate::api
//! legit-health-codegen check                    # in CI
//! legit-health-codegen update theirs.json       # explain a new document, then take it up
//! ```
//!
//! The crate declares `mod api;` and depends on `legit-health-api`, `progenitor-client`, `reqwest`, `serde` and `serde_json`,
//! as below. `legit_health::Client::call` lends the generated client its login, limits and retries. To see a change of the
//! generated code in review, keep [`outline`] of `client.rs` as a snapshot.
//!
//! # In a program of your own
//!
//! A program with a newer or a different contract can generate the same modules into its own crate and use them with
//! `legit-health` as it is. [`TargetModule`] names the module; hand-written items still come from `legit-health-api`. The
//! documents have to pass [`lint()`], so begin with copies of those in this repository.
//!
//! ```
//! use legit_health_codegen::{
//!     Contract, Result, TargetModule, Tools, generate_in, outputs_in_folder,
//!     write_in_folder,
//! };
//! use std::path::Path;
//!
//! /// Writes the modules of `crate::api`, and returns those that differ from what was there.
//! fn generate_api(spec: &Path, out: &Path) -> Result<Vec<&'static str>> {
//!     let contract = Contract::read_folder(spec)?;
//!     let generated = generate_in(&TargetModule::module("crate::api")?, &contract)?;
//!     write_in_folder(out, &outputs_in_folder(&contract, generated, &Tools::of_library()))
//! }
//!
//! let error = generate_api(Path::new("nowhere"), Path::new("src/api")).unwrap_err();
//! assert!(error.to_string().starts_with("device.yaml: cannot be read: "));
//! ```
//!
//! The program declares `device`, `catalog`, `codes` and `scales` in its `src/api.rs`, if necessary with
//! `#[allow(missing_docs)]` and `#[rustfmt::skip]`. It depends on `legit-health-api`, `progenitor-client` (the same version as
//! this crate's progenitor), `reqwest` with `form`, `json`, `query` and `stream`, `serde` with `derive`, and `serde_json`. The
//! calls of `legit-health` accept its answer sheets, also those of scales that `legit-health` does not have. The example
//! `own_spec` is such a generator; from a checkout, `cargo xtask generate --spec DIR --out DIR` does the same.
//!
//! # The steps
//!
//! Each is a module:
//!
//! | step | what it does |
//! |---|---|
//! | [`Document`] | reads YAML or JSON, and names the place of every error |
//! | [`lint()`] | refuses what the generator would misread or drop |
//! | `prepare` | renames what Rust cannot name, names what has no name, leaves out what cannot be generated |
//! | [`lower()`] | rewrites the document into one that progenitor can read |
//! | `render` | generates what progenitor cannot: open lists of codes, scales, and the members of responses |
//! | `pages` | writes the pages of `docs/` |
//! | `emit` | runs progenitor, which generates client, types and mocks; its panics become findings |
//! | `pass` | corrects the generated code, such as a `Debug` that would print answers |
//! | `verify` | checks the result: unused schemas, ignored replacements, derived `Debug` |
//! | [`outputs`], [`write`](write()), [`check`] | writes the files, and explains why one is stale |
//!
//! For a change of the contract:
//!
//! | function | what it does |
//! |---|---|
//! | [`diff()`] | lists every change, its effect on Rust items, and how much a release has to move for it |
//! | [`update()`] | accepts a new document of the vendor: fixups, conversion from 3.1 to 3.0.3, our names and facts |
//! | [`may_release`] | compares a version number with a [`Verdict`], that of the contract or of [`api_changes`] |
//! | [`checks`] | the kinds of changes, and those that cannot occur in a contract like this |
//!
//! Every failure is an [`Error`] that lists [`Finding`]s, a line each: file, JSON pointer, reason, remedy. No input causes a
//! panic. The same input gives the same bytes.
//!
//! Two functions write texts for snapshots: [`outline`] of a source file, and [`public_api`] of a crate.

mod diff;
mod emit;
mod error;
mod generate;
mod lint;
mod lower;
mod outline;
mod own_contract;
mod pages;
mod pass;
mod prepare;
mod public_api;
mod release;
mod render;
mod scale;
mod spec;
mod target_module;
mod update;
mod verify;
mod workspace;

pub use diff::{Built, Change, Check, Diff, RustEffect, Verdict, Wire, checks, compare, diff};
pub use error::{Error, Finding, Result};
pub use generate::{
    CATALOG, Contract, DEVICE, Generated, GeneratedModules, generate, generate_document, generate_in,
    read_document,
};
pub use lint::lint;
pub use lower::{CodeList, Lowered, SpecKind, Values, lower};
pub use outline::outline;
pub use own_contract::{OwnContract, Prospect, Written, build_script};
pub use public_api::public_api;
pub use release::{RELEASED_CRATES, ReleasedCrate, TooSmall, api_changes, least, may_release, verdict_on};
pub use scale::{AnswerKind, Item, KnownCondition, Mode, Scale, ScaleSet};
pub use spec::{Direction, Document, Map, Node, Pointer};
pub use target_module::TargetModule;
pub use update::{Fixup, NAMES, NameMap, Note, Recognized, Update, update};
pub use workspace::{
    Cause, MANIFEST, Output, Stale, Tools, check, outputs, outputs_in_folder, outputs_of_document, write,
    write_in_folder,
};
