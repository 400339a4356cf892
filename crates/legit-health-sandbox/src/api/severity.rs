//! The severity endpoints: scores by published formulas; what an image shows comes from the scenario.

mod choice;
mod evolution;
mod global;
mod local;
mod manual;
mod report;

pub(super) use global::answer as global;
pub(super) use local::answer as local;
pub(super) use manual::answer as manual;

#[cfg(test)]
mod tests;
