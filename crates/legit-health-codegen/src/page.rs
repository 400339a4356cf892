//! Pages of documentation that are made from the contract, in Markdown.

mod markdown;
pub(crate) mod scales;
mod sources;
