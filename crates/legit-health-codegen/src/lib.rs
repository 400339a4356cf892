//! Generates `legit-health-api` from the OpenAPI description of the Legit.Health device API.
//!
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API.
//!
//! ```no_run
//! use legit_health_codegen::{Contract, generate, outputs, write};
//! use std::path::Path;
//!
//! # fn main() -> Result<(), legit_health_codegen::Error> {
//! let root = Path::new(".");
//! let contract = Contract::read(root)?;
//! let generated = generate(&contract)?;
//! let changed = write(root, &outputs(&contract, generated))?;
//! # Ok(())
//! # }
//! ```
//!
//! The steps, each in a module of its own:
//!
//! | step | what it does |
//! |---|---|
//! | [`Document`] | reads YAML; a fault is named by its place |
//! | [`lint()`] | refuses what a generator would take wrongly or in silence |
//! | [`lower()`] | rewrites the truthful document into what progenitor can take, one rule per file |
//! | `render` | generates open lists and scales, which progenitor cannot |
//! | `emit` | lets progenitor generate client and types; its panic becomes a finding |
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
//! | [`may_release`] | holds a version number against a [`Verdict`], that of the contract or of [`generated_changes`] and [`api_changes`] |
//! | [`checks`] | the kinds of changes that are told apart, and those that cannot occur in a contract like this |
//!
//! Every failure is an [`Error`] that lists [`Finding`]s, a line each: file, JSON pointer, what is wrong, what to do.
//! No input makes it panic. The same input gives the same bytes.
//!
//! Beside the pipeline there are three texts for snapshots: [`summary`] of a lowered document, [`outline`] of a source
//! file, and [`public_api`] of a crate.

mod diff;
mod document;
mod emit;
mod error;
mod generate;
mod lint;
mod lower;
mod outline;
mod pass;
mod public_api;
mod release;
mod render;
mod scale;
mod summary;
mod update;
mod verify;
mod workspace;

pub use diff::{Built, Change, Check, Diff, RustEffect, Verdict, Wire, checks, compare, diff};
pub use document::{Direction, Document, Map, Node, Pointer};
pub use error::{Error, Finding, Result};
pub use generate::{CATALOG, Contract, DEVICE, Generated, generate};
pub use lint::lint;
pub use lower::{Lowered, OpenList, Part, Values, lower};
pub use outline::outline;
pub use public_api::public_api;
pub use release::{
    GENERATED_MODULES, TooSmall, api_changes, generated_changes, least, may_release, verdict_on,
};
pub use scale::{Condition, Item, Kind, Mode, Scale, ScaleSet};
pub use summary::summary;
pub use update::{Fixup, Note, Update, update};
pub use workspace::{Cause, MANIFEST, Output, Stale, check, outputs, write};
