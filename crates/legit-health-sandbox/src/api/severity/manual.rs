//! `POST /severity-assessment/manual`: answers in, scores out.

use legit_health_scoring::Instrument;
use serde_json::{Map, Value, json};

use super::choice::{Chosen, choose};
use super::evolution::{Evolution, evidence_of_score, item, score};
use super::report::{Frame, report};
use crate::api::mark::Evidence;
use crate::api::operation::Asked;
use crate::api::parts::{media_validity, number};
use crate::api::refusal::Refusal;
use crate::api::sent::{Given, Sent};
use crate::contract::{Contract, Fault, Mode};
use crate::pixels::Measured;
use crate::world::World;

pub(super) fn assess(world: &World, contract: &Contract, asked: &Asked) -> Result<Value, Refusal> {
    let (measured, mut faults) = measured(world, asked);
    let chosen = choose(contract, Mode::Manual, &asked.body, |scale| Instrument::find(&scale.code))?;
    let site = asked.body["bodySite"].as_str();
    let mut evolutions = Vec::new();
    for chosen in &chosen {
        match evolution(chosen, site) {
            Ok(evolution) => evolutions.push(evolution),
            Err(fault) => faults.push(*fault),
        }
    }
    Refusal::unless_faultless(&faults)?;
    let frame = Frame {
        mode: Mode::Manual,
        duration: 0.02,
        media_validity: Some(json!(measured.first().map(media_validity))),
        scenarios: &[],
    };
    Ok(report(world, contract, frame, evolutions))
}

/// Images are not needed. Those that are sent must be whole, and the report speaks of the first; inferred.
fn measured(world: &World, asked: &Asked) -> (Vec<Measured>, Vec<Fault>) {
    let given = Given::of(world, asked);
    let (mut measured, mut faults) = (Vec::new(), Vec::new());
    for sent in Sent::each(asked, &given) {
        match sent {
            Ok(sent) if measured.is_empty() => measured.push(Measured::of(&sent.picture)),
            Ok(_) => {}
            Err(fault) => faults.push(*fault),
        }
    }
    (measured, faults)
}

fn evolution<'a>(
    chosen: &'a Chosen<'_, &'static Instrument>,
    site: Option<&str>,
) -> Result<Evolution<'a>, Box<Fault>> {
    let (instrument, answers) = (chosen.means, chosen.answers());
    let outcome = chosen.score(instrument, answers.clone(), site)?;
    let items = instrument.items().iter().filter_map(|asked| {
        let answer = *answers.get(asked.code())?;
        Some((asked.code().to_owned(), item(asked, number(answer), asked.interpretation(answer))))
    });
    let mut evidence = evidence_of_score(&[Evidence::Answers], &outcome.evidence);
    evidence.push(("item", vec![Evidence::Answers]));
    evidence.push(("item.interpretation", vec![Evidence::Placeholder]));
    Ok(Evolution {
        code: &chosen.scale.code,
        document: json!({
            "score": score(&outcome),
            "item": items.collect::<Map<_, _>>(),
            "media": null,
        }),
        evidence,
    })
}
