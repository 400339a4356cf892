//! Pages of documentation that are made from the contract, in Markdown.

pub(crate) mod codes;
pub(crate) mod evidence;
mod markdown;
pub(crate) mod scales;
mod sources;
