//! What `cargo xtask generate` writes; never edited by hand.
#![allow(clippy::all, clippy::unwrap_used)]

#[rustfmt::skip]
pub mod catalog;
#[rustfmt::skip]
pub mod device;
