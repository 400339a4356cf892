//! `POST /severity-assessment/automatic/local`: one image of one body site.

mod figures;
mod layout;
mod media;

use legit_health_scoring::Instrument;
use serde_json::{Map, Value, json};

use super::choice::{Chosen, choose};
use super::evolution::{Evolution, contributing_score, evidence_of_score, item};
use super::report::{Frame, report, sources_of};
use crate::api::mark::Evidence;
use crate::api::operation::Asked;
use crate::api::parts::{media_validity, number};
use crate::api::refusal::Refusal;
use crate::api::sent::{Given, Sent};
use crate::contract::{Contract, Fault, Mode, Scale};
use crate::pixels::{Measured, Terrain};
use crate::scenario::{Automatic, Kind, Severity};
use crate::world::World;
use layout::Layout;

/// What an automatic scale needs besides the request.
struct Means {
    instrument: &'static Instrument,
    automatic: &'static Automatic,
    layout: &'static Layout,
}

impl Means {
    fn of(scale: &Scale) -> Option<Self> {
        let code = &scale.code;
        let (instrument, automatic) = (Instrument::find(code)?, Automatic::of(code)?);
        Some(Self { instrument, automatic, layout: Layout::of(code)? })
    }
}

/// An unusable image is scored too, and its `mediaValidity` says so; what the device does is unknown.
pub(super) fn assess(world: &World, contract: &Contract, asked: &Asked) -> Result<Value, Refusal> {
    let chosen = choose(contract, Mode::Local, &asked.body, Means::of)?;
    let data = &asked.body["payload"]["contentAttachment"]["data"];
    let sent = Sent::read(data, &Given::of(world, asked)).map_err(|cause| {
        let place = ["body", "payload", "contentAttachment", "data"].map(Into::into).to_vec();
        Refusal::of_fault(&Fault { cause, place, input: Value::Null })
    })?;
    let (terrain, measured) = (Terrain::of(&sent.picture), Measured::of(&sent.picture));
    let sources = sources_of(sent.scenario, &measured);
    let site = asked.body["bodySite"].as_str();
    let (mut evolutions, mut faults) = (Vec::new(), Vec::new());
    for chosen in &chosen {
        match evolution(chosen, &sent, &terrain, &sources, site) {
            Ok(evolution) => evolutions.push(evolution),
            Err(fault) => faults.push(*fault),
        }
    }
    Refusal::unless_faultless(&faults)?;
    let frame = Frame {
        mode: Mode::Local,
        duration: 0.5 + 0.25 * chosen.len() as f64,
        media_validity: Some(media_validity(&measured)),
        scenarios: &[(sent.scenario, sent.source)],
    };
    Ok(report(world, contract, frame, evolutions))
}

fn evolution<'a>(
    chosen: &'a Chosen<'_, Means>,
    sent: &Sent,
    terrain: &Terrain<'_>,
    sources: &[Evidence],
    site: Option<&str>,
) -> Result<Evolution<'a>, Box<Fault>> {
    let Means { instrument, automatic, layout } = &chosen.means;
    // Without a scenario the level is a placeholder.
    let severity = sent.scenario.map_or(Severity::Moderate, |scenario| scenario.severity());
    let mut draw = sent.draw().part(automatic.scale);
    let found = automatic.found(severity, &mut draw);
    let answers = chosen.answers();
    let mut values = answers.clone();
    values.extend(found.iter().map(|found| (found.item, found.value)));
    let outcome = chosen.score(instrument, values.clone(), site)?;

    let returned = instrument.items().iter().filter_map(|asked| {
        let value = *values.get(asked.code())?;
        let returned = asked.reported(value, &outcome)?;
        let found = found.iter().find(|found| found.item == asked.code());
        let shown = match found.map(|found| &found.kind) {
            Some(Kind::Presence { .. }) => json!(returned == 1.0),
            _ => number(returned),
        };
        let mut item = item(asked, shown, asked.interpretation(value));
        item["additionalData"] = figures::of_item(layout, asked.code(), found, &outcome);
        Some((asked.code().to_owned(), item))
    });
    let items: Map<String, Value> = returned.collect();
    let media = media::of_scale(layout, severity, &found, terrain, &mut draw);

    let mut evidence = evidence_of_score(sources, &outcome.evidence);
    if !items.is_empty() {
        let answered: &[Evidence] = if answers.is_empty() { &[] } else { &[Evidence::Answers] };
        evidence.push(("item", [sources, answered].concat()));
        evidence.push(("item.additionalData", vec![Evidence::Placeholder]));
    }
    evidence.push(("media", [sources, &[Evidence::Pixels]].concat()));
    Ok(Evolution {
        code: &chosen.scale.code,
        document: json!({
            "score": contributing_score(&outcome),
            "item": (!items.is_empty()).then_some(items),
            "media": media,
        }),
        evidence,
    })
}
