//! Renders what progenitor cannot generate: open lists of codes, scales, and the members of responses.

pub(crate) mod codes;
pub(crate) mod operations;
pub(crate) mod scales;

use proc_macro2::Ident;
use quote::format_ident;

/// An identifier; lowering has made sure that it is one.
fn ident(name: &str) -> Ident {
    format_ident!("{name}")
}
