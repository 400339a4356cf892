//! `POST /severity-assessment/automatic/global`: a set of views of the whole body, or part of one.

use legit_health_scoring::{Instrument, Score};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::choice::{Chosen, choose, place};
use super::evolution::{Evolution, evidence_of_score, score};
use super::report::{Frame, report, sources_of};
use crate::api::mark::{Evidence, Source};
use crate::api::operation::Asked;
use crate::api::parts::media_validity;
use crate::api::refusal::Refusal;
use crate::api::sent::{Given, Sent};
use crate::contract::{Cause, Contract, Fault, Mode, Scale};
use crate::pixels::Measured;
use crate::scenario::{Automatic, Scenario, Severity};
use crate::world::World;

/// What scores the set, what scores one view, and what a view is said to show.
struct Means {
    set: &'static Instrument,
    view: &'static Instrument,
    automatic: &'static Automatic,
}

impl Means {
    fn of(scale: &Scale) -> Option<Self> {
        let code = &scale.code;
        Some(Self {
            set: Instrument::find_global(code)?,
            view: Instrument::find(code)?,
            automatic: Automatic::of(code)?,
        })
    }
}

/// One view, answered.
struct Seen {
    scenario: Option<Scenario>,
    source: Source,
    measured: Measured,
    outcome: Score,
}

pub(super) fn assess(world: &World, contract: &Contract, asked: &Asked) -> Result<Value, Refusal> {
    let chosen = choose(contract, Mode::Global, &asked.body, Means::of)?;
    let given = Given::of(world, asked);
    let (mut evolutions, mut scenarios, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for chosen in &chosen {
        let views = views(chosen, &given, &mut faults);
        scenarios.extend(views.iter().map(|(_, seen)| (seen.scenario, seen.source)));
        if faults.is_empty() {
            match evolution(chosen, &views) {
                Ok(evolution) => evolutions.push(evolution),
                Err(fault) => faults.push(*fault),
            }
        }
    }
    Refusal::unless_faultless(&faults)?;
    let frame = Frame {
        mode: Mode::Global,
        duration: 0.25 + 0.5 * scenarios.len() as f64,
        media_validity: None,
        scenarios: &scenarios,
    };
    Ok(report(world, contract, frame, evolutions))
}

/// The views in the order of the request. That a view nobody knows is a fault is inferred.
fn views<'a>(chosen: &Chosen<'a, Means>, given: &Given, faults: &mut Vec<Fault>) -> Vec<(&'a str, Seen)> {
    let mut views = Vec::new();
    for (view, image) in chosen.request["item"].as_object().into_iter().flatten() {
        let known = chosen.means.set.items().iter().any(|item| item.code() == view);
        if !known {
            let cause = Cause::rule("There is no such view of the body");
            faults.push(Fault {
                cause,
                place: place(&chosen.scale.code, &["item", view]),
                input: Value::Null,
            });
            continue;
        }
        let seen = Sent::read(&image["payload"]["contentAttachment"]["data"], given)
            .map_err(|cause| {
                let data = ["item", view, "payload", "contentAttachment", "data"];
                Box::new(Fault { cause, place: place(&chosen.scale.code, &data), input: Value::Null })
            })
            .and_then(|sent| seen(chosen, view, &sent));
        match seen {
            Ok(seen) => views.push((view.as_str(), seen)),
            Err(fault) => faults.push(*fault),
        }
    }
    views
}

fn seen(chosen: &Chosen<'_, Means>, view: &str, sent: &Sent) -> Result<Seen, Box<Fault>> {
    let severity = sent.scenario.map_or(Severity::Moderate, |scenario| scenario.severity());
    let mut draw = sent.draw().part(view);
    let found = chosen.means.automatic.found(severity, &mut draw);
    let items = found.iter().map(|found| (found.item, found.value)).collect();
    let outcome = chosen.score(chosen.means.view, items, None)?;
    Ok(Seen { scenario: sent.scenario, source: sent.source, measured: Measured::of(&sent.picture), outcome })
}

fn evolution<'a>(chosen: &Chosen<'a, Means>, views: &[(&str, Seen)]) -> Result<Evolution<'a>, Box<Fault>> {
    let values: BTreeMap<&str, f64> = views.iter().map(|(view, seen)| (*view, seen.outcome.value)).collect();
    let outcome = chosen.score(chosen.means.set, values, None)?;
    let items: Map<String, Value> = views
        .iter()
        .map(|(view, seen)| {
            let item = json!({
                "mediaValidity": media_validity(&seen.measured),
                "score": score(&seen.outcome),
            });
            ((*view).to_owned(), item)
        })
        .collect();
    let mut sources: Vec<Evidence> = Vec::new();
    for source in views.iter().flat_map(|(_, seen)| sources_of(seen.scenario, &seen.measured)) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let mut evidence = evidence_of_score(&sources, &outcome.evidence);
    evidence.push(("item.mediaValidity", vec![Evidence::Pixels]));
    evidence.push(("item.score", [sources.as_slice(), &[Evidence::Inferred]].concat()));
    Ok(Evolution {
        code: &chosen.scale.code,
        document: json!({"score": score(&outcome), "item": items, "media": null}),
        evidence,
    })
}
