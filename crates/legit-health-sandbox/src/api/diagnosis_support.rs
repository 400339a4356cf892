//! `POST /diagnosis-support`: conditions from the scenario, image quality from the pixels.

mod image;
mod report;

use std::sync::Arc;

use serde_json::Value;

use super::desk::at_a_desk;
use super::operation::Asked;
use super::refusal::Refusal;
use super::sent::{Given, Sent};
use crate::contract::{Fault, Step};
use crate::world::World;
use image::Analysed;

pub(super) async fn answer(world: &Arc<World>, asked: Asked) -> Result<Value, Refusal> {
    at_a_desk(world, move |world| analyse(world, &asked)).await
}

fn analyse(world: &World, asked: &Asked) -> Result<Value, Refusal> {
    let given = Given::of(world, asked);
    let mut analysed = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    for (index, media) in asked.body["payload"].as_array().into_iter().flatten().enumerate() {
        match Sent::read(&media["contentAttachment"]["data"], &given) {
            Ok(sent) => analysed.push(Analysed::of(&sent)),
            Err(cause) => faults.push(Fault { cause, place: place_of_data(index), input: Value::Null }),
        }
    }
    Refusal::unless_faultless(&faults)?;
    Ok(report::report(world, &analysed))
}

fn place_of_data(index: usize) -> Vec<Step> {
    vec!["body".into(), "payload".into(), Step::Index(index), "contentAttachment".into(), "data".into()]
}
