//! `POST /diagnosis-support`: conditions from the scenario, image quality from the pixels.

mod image;
mod report;

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;

use super::operation::Asked;
use super::refusal::Refusal;
use crate::contract::{Fault, Step};
use crate::scenario::Scenario;
use crate::world::World;
use image::Analysed;

/// Looks at the pictures away from the asynchronous threads, a few at a time.
pub(super) async fn answer(world: &Arc<World>, asked: Asked) -> Result<Value, Refusal> {
    let desk = Arc::clone(&world.desks).acquire_owned().await;
    let here = Arc::clone(world);
    let answer = tokio::task::spawn_blocking(move || {
        let answer = analyse(&here, &asked);
        // Given back by the work and not by the caller, who may have gone before it ends.
        drop(desk);
        answer
    });
    let answer = answer.await;
    answer.unwrap_or_else(|_| Err(Refusal::standard(StatusCode::INTERNAL_SERVER_ERROR)))
}

/// Where an image without a mark of its own takes its scenario from.
struct Given {
    header: Option<Scenario>,
    account: Option<Scenario>,
    seed: u64,
}

fn analyse(world: &World, asked: &Asked) -> Result<Value, Refusal> {
    let account = asked.account.as_deref().unwrap_or_default();
    let given =
        Given { header: asked.scenario, account: world.accounts().scenario(account), seed: world.seed };
    let mut analysed = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    for (index, media) in asked.body["payload"].as_array().into_iter().flatten().enumerate() {
        match Analysed::of(&media["contentAttachment"]["data"], &given) {
            Ok(image) => analysed.push(image),
            Err(cause) => faults.push(Fault { cause, place: place_of_data(index), input: Value::Null }),
        }
    }
    Refusal::unless_faultless(&faults)?;
    Ok(report::report(world, &analysed))
}

fn place_of_data(index: usize) -> Vec<Step> {
    vec!["body".into(), "payload".into(), Step::Index(index), "contentAttachment".into(), "data".into()]
}
