//! The commands.

pub(crate) mod batch;
pub(crate) mod demo;
pub(crate) mod diagnosis_support;
pub(crate) mod doctor;
mod each;
pub(crate) mod follow_up;
pub(crate) mod inspect;
pub(crate) mod lists;
pub(crate) mod login;
pub(crate) mod manual;
pub(crate) mod report;
pub(crate) mod sandbox;
pub(crate) mod severity;
pub(crate) mod whoami;
