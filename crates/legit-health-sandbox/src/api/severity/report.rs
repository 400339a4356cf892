//! The document of a severity call around its scales.

use serde_json::{Map, Value, json};

use super::evolution::Evolution;
use crate::api::mark::{Evidence, Source, marked};
use crate::contract::{Contract, Mode};
use crate::pixels::Measured;
use crate::scenario::Scenario;
use crate::world::World;

/// What a report says besides its scales.
pub(super) struct Frame<'a> {
    pub(super) mode: Mode,
    /// Seconds.
    pub(super) duration: f64,
    /// Left out of the report where there is none to speak of.
    pub(super) media_validity: Option<Value>,
    /// One for each image that is answered by a scenario.
    pub(super) scenarios: &'a [(Option<Scenario>, Source)],
}

/// The report. Scales of the endpoint that were not asked for stand there with null, as documented.
pub(super) fn report(
    world: &World,
    contract: &Contract,
    frame: Frame<'_>,
    evolutions: Vec<Evolution<'_>>,
) -> Value {
    let mut evidence: Vec<(String, Vec<Evidence>)> = ["identifier", "issued", "analysisDuration"]
        .map(|part| (part.to_owned(), vec![Evidence::Placeholder]))
        .to_vec();
    if frame.media_validity.as_ref().is_some_and(|validity| !validity.is_null()) {
        evidence.push(("mediaValidity".to_owned(), vec![Evidence::Pixels]));
    }
    let of_endpoint = contract.scales.iter().filter(|scale| scale.modes.contains(&frame.mode));
    let mut scales: Map<String, Value> = of_endpoint.map(|scale| (scale.code.clone(), Value::Null)).collect();
    for evolution in evolutions {
        let named = |(part, rests_on)| (format!("patientEvolution.{}.{part}", evolution.code), rests_on);
        evidence.extend(evolution.evidence.into_iter().map(named));
        scales.insert(evolution.code.to_owned(), evolution.document);
    }
    let mut document = json!({
        "resourceType": "DiagnosticReport",
        "identifier": {"use": "official", "value": world.secrets.uuid("report", world.number())},
        "status": "preliminary",
        "issued": world.clock.timestamp(),
        "analysisDuration": frame.duration,
    });
    if let Some(media_validity) = frame.media_validity {
        document["mediaValidity"] = media_validity;
    }
    document["patientEvolution"] = Value::Object(scales);
    let evidence: Vec<(&str, &[Evidence])> =
        evidence.iter().map(|(part, rests_on)| (part.as_str(), rests_on.as_slice())).collect();
    marked(document, frame.scenarios, &evidence)
}

/// What the findings of an image rest on. That an unusable one has any is inferred.
pub(super) fn sources_of(scenario: Option<Scenario>, measured: &Measured) -> Vec<Evidence> {
    let source = if scenario.is_some() { Evidence::Scenario } else { Evidence::Placeholder };
    let inferred = (!measured.is_valid()).then_some(Evidence::Inferred);
    [source].into_iter().chain(inferred).collect()
}
