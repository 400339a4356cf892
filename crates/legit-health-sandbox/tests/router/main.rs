//! The sandbox as a service, in process: what a client meets that talks to it.

mod accounts;
mod bounds;
mod catalogue;
mod contract;
mod controls;
mod diagnosis_support;
mod errors;
mod fault_documents;
mod faults;
mod ledger;
mod logins;
mod rate_limits;
mod session;
mod severity_global;
mod severity_local;
mod severity_manual;
mod storm;
mod support;
