//! `POST /diagnosis-support`: conditions from the scenario, image quality from the pixels.

mod image;
mod report;

use std::sync::Arc;

use serde_json::Value;

use super::desk::at_a_desk;
use super::operation::Asked;
use super::refusal::Refusal;
use super::sent::{Given, Sent};
use crate::contract::Fault;
use crate::world::World;
use image::Analysed;

pub(super) async fn answer(world: &Arc<World>, asked: Asked) -> Result<Value, Refusal> {
    at_a_desk(world, move |world| analyse(world, &asked)).await
}

fn analyse(world: &World, asked: &Asked) -> Result<Value, Refusal> {
    let given = Given::of(world, asked);
    let mut analysed = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    for sent in Sent::each(asked, &given) {
        match sent {
            Ok(sent) => analysed.push(Analysed::of(&sent)),
            Err(fault) => faults.push(*fault),
        }
    }
    Refusal::unless_faultless(&faults)?;
    Ok(report::report(world, &analysed))
}
