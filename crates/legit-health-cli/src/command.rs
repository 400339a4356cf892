//! One file per command.

pub(crate) mod demo;
pub(crate) mod device;
pub(crate) mod diagnosis_support;
pub(crate) mod samples;
pub(crate) mod sandbox;
pub(crate) mod scales;
pub(crate) mod severity;
pub(crate) mod sites;
