//! The severity endpoints: scores by published formulas; what an image shows comes from the scenario.

mod choice;
mod evolution;
mod global;
mod local;
mod manual;
mod report;

use std::sync::Arc;

use serde_json::Value;

use super::desk::at_a_desk;
use super::operation::Asked;
use super::refusal::Refusal;
use crate::contract::{Contract, Mode};
use crate::world::World;

pub(super) async fn answer(
    world: &Arc<World>,
    contract: &'static Contract,
    mode: Mode,
    asked: Asked,
) -> Result<Value, Refusal> {
    let assess = match mode {
        Mode::Manual => manual::assess,
        Mode::Local => local::assess,
        Mode::Global => global::assess,
    };
    at_a_desk(world, move |world| assess(world, contract, &asked)).await
}

#[cfg(test)]
mod tests;
