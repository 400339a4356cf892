//! Code that `cargo xtask generate` writes; never edited by hand. The spec documents few of its fields.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used)]

#[rustfmt::skip]
pub mod catalog;
#[rustfmt::skip]
pub mod device;
#[rustfmt::skip]
pub mod codes;
#[rustfmt::skip]
pub mod operations;
#[rustfmt::skip]
pub mod scales;
