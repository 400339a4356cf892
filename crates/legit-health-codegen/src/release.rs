//! Whether a version number says enough about what is released under it.
//!
//! Three things are held against it: what changed in the contract ([`diff`](crate::diff())), in what was generated from it
//! whatever the reason ([`generated_changes`]), and in what is written by hand ([`api_changes`]).

mod api;
mod version;

pub use api::api_changes;
pub use version::{TooSmall, least, may_release};

use crate::diff::{RustEffect, Surface, Verdict, effects};
use crate::error::Result;

/// The generated modules of `legit-health-api`, with where they stand below the root of the workspace.
pub const GENERATED_MODULES: [(&str, &str); 4] = [
    ("device", "crates/legit-health-api/src/generated/device.rs"),
    ("catalog", "crates/legit-health-api/src/generated/catalog.rs"),
    ("codes", "crates/legit-health-api/src/generated/codes.rs"),
    ("scales", "crates/legit-health-api/src/generated/scales.rs"),
];

/// What users of the generated items notice between two generations of them. The texts are in the order of
/// [`GENERATED_MODULES`].
///
/// # Errors
/// A text that is no Rust.
pub fn generated_changes(old: [&str; 4], new: [&str; 4]) -> Result<Vec<RustEffect>> {
    let surface = |texts: [&str; 4]| {
        let modules = GENERATED_MODULES.into_iter().zip(texts).map(|((module, _), text)| (module, text));
        Surface::of_texts(modules)
    };
    Ok(effects(&surface(old)?, &surface(new)?))
}

/// How much a release has to move for these.
pub fn verdict_on(effects: &[RustEffect]) -> Verdict {
    match effects {
        [] => Verdict::None,
        effects if effects.iter().any(|effect| effect.breaks) => Verdict::Major,
        _ => Verdict::Minor,
    }
}
