//! The commands.

pub(crate) mod demo;
pub(crate) mod diagnosis_support;
pub(crate) mod lists;
pub(crate) mod sandbox;
pub(crate) mod severity;
