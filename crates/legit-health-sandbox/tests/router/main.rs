//! The sandbox as a service, in process.

mod accounts;
mod catalog;
mod clients;
mod codes;
mod console;
mod contract_pages;
mod controls;
mod diagnosis_support;
mod edge_cases;
mod faults;
mod ledger;
mod marks;
mod responses;
mod severity_bounds;
mod severity_global;
mod severity_local;
mod severity_manual;
mod support;
