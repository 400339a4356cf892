//! Severity assessment, against a device that does what a test tells it.

mod catalog;
mod device;
mod documents;
mod global;
mod local;
mod manual;
mod scales;
