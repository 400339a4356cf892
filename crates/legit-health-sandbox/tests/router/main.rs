//! The sandbox as a service, in process.

mod accounts;
mod catalog;
mod codes;
mod console;
mod controls;
mod diagnosis_support;
mod faults;
mod ledger;
mod responses;
mod severity_bounds;
mod severity_global;
mod severity_local;
mod severity_manual;
mod support;
