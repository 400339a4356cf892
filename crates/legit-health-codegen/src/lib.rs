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
//! # In a program of your own
//!
//! Whoever has a contract of their own, or a newer one, needs no fork: the same modules can stand in another crate,
//! beside `legit-health` as it is. [`TargetModule`] says where; what is not generated still comes from `legit-health-api`. The
//! documents keep the rules of this contract (see [`lint()`]), so begin with copies of ours.
//!
//! ```
//! use legit_health_codegen::{Contract, TargetModule, Tools, generate_in, outputs_in_folder, write_in_folder};
//! use std::path::Path;
//!
//! /// Writes the modules of `crate::api`, and returns those that differ from what was there.
//! fn generate_api(spec: &Path, out: &Path) -> legit_health_codegen::Result<Vec<&'static str>> {
//!     let contract = Contract::read_folder(spec)?;
//!     let generated = generate_in(&TargetModule::module("crate::api")?, &contract)?;
//!     write_in_folder(out, &outputs_in_folder(&contract, generated, &Tools::of_library()))
//! }
//!
//! let error = generate_api(Path::new("nowhere"), Path::new("src/api")).unwrap_err();
//! assert!(error.to_string().starts_with("device.yaml: cannot be read: "));
//! ```
//!
//! The program declares `device`, `catalog`, `codes` and `scales` in its `src/api.rs`, with `#[allow(missing_docs)]` and
//! `#[rustfmt::skip]` if it minds. It depends on `legit-health-api`, `progenitor-client` (the same version as this crate's
//! progenitor), `reqwest` with `form`, `json`, `query` and `stream`, `serde` with `derive`, and `serde_json`. Its sheets
//! are answers of the calls of `legit-health`, also those of scales that `legit-health` has never heard of. The example
//! `own_spec` is such a program's generator; from a checkout, `cargo xtask generate --spec DIR --out DIR` does the same.
//!
//! # The steps
//!
//! Each is in a module of its own:
//!
//! | step | what it does |
//! |---|---|
//! | [`Document`] | reads YAML; a fault is named by its place |
//! | [`lint()`] | refuses what a generator would take wrongly or in silence |
//! | [`lower()`] | rewrites the truthful document into what progenitor can take, one rule per file |
//! | `render` | generates open lists, scales and what answers have a place for, which progenitor cannot |
//! | `page` | writes the pages of `docs/` |
//! | `emit` | lets progenitor generate client, types and mocks; its panic becomes a finding |
//! | `pass` | corrects what came out, such as a `Debug` that would print answers |
//! | `verify` | finds replacements that did not take, and schemas that nothing uses |
//! | [`outputs`], [`write`](write()), [`check`] | the files: writing them, and telling why one is stale |
//!
//! What a change of the contract means, and taking up a new one:
//!
//! | function | what it does |
//! |---|---|
//! | [`diff()`] | names every change, what it does to Rust items, and how much a release has to move for it |
//! | [`update()`] | takes up a document of the vendor: fixups, 3.1 to 3.0.3, our knowledge carried over by place |
//! | [`may_release`] | holds a version number against a [`Verdict`], that of the contract or of [`api_changes`] |
//! | [`checks`] | the kinds of changes that are told apart, and those that cannot occur in a contract like this |
//!
//! Every failure is an [`Error`] that lists [`Finding`]s, a line each: file, JSON pointer, what is wrong, what to do.
//! No input makes it panic. The same input gives the same bytes.
//!
//! Beside the pipeline there are three texts for snapshots: [`summary`] of a lowered document, [`outline`] of a source
//! file, and [`public_api`] of a crate.

mod diff;
mod emit;
mod error;
mod generate;
mod lint;
mod lower;
mod outline;
mod pages;
mod pass;
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
pub use generate::{CATALOG, Contract, DEVICE, Generated, generate, generate_in};
pub use lint::lint;
pub use lower::{CodeList, Lowered, SpecKind, Values, lower};
pub use outline::outline;
pub use public_api::public_api;
pub use release::{RELEASED_CRATES, ReleasedCrate, TooSmall, api_changes, least, may_release, verdict_on};
pub use scale::{AnswerKind, Item, KnownCondition, Mode, Scale, ScaleSet};
pub use spec::{Direction, Document, Map, Node, Pointer};
pub use target_module::TargetModule;
pub use update::{Fixup, Note, Update, update};
pub use workspace::{
    Cause, MANIFEST, Output, Stale, Tools, check, outputs, outputs_in_folder, write, write_in_folder,
};
