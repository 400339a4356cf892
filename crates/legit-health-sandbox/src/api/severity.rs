//! The severity endpoints: scores by published formulas, on answers and on what the scenario says an image shows.

mod attachments;
mod global;
mod local;
mod manual;

use std::collections::BTreeMap;
use std::sync::Arc;

use legit_health_scoring::{Answers, Instrument, Item, Score, ScoreEvidence, ScoringErrorKind};
use serde_json::{Map, Value, json};

use super::document::{Evidence, ScenarioSource, concept, evidence_of_validity, number, with_sandbox_object};
use super::edge_case;
use super::error_response::ErrorResponse;
use super::image_work::run_blocking;
use super::request::ValidRequest;
use crate::contract::{Cause, Contract, LocationPart, Mode, Scale, ValidationError, to_number};
use crate::images::Measurements;
use crate::scenarios::Scenario;
use crate::state::State;

pub(super) async fn respond(
    state: &Arc<State>,
    contract: &'static Contract,
    mode: Mode,
    request: ValidRequest,
) -> Result<Value, ErrorResponse> {
    let assess = match mode {
        Mode::Manual => manual::assess,
        Mode::Local => local::assess,
        Mode::Global => global::assess,
    };
    run_blocking(state, request, move |state, request| assess(state, contract, request)).await
}

/// A requested scale that can be scored.
struct RequestedScale<'a, S> {
    scale: &'a Scale,
    /// What it is scored with.
    scoring: S,
    /// Its member of the request.
    request: &'a Value,
}

/// Returns the scales of a request, in its order.
///
/// The contract lets other codes than its own through. Their 422 is inferred, like that of a scale of another endpoint. A
/// scale of the contract without a formula here is a 501: the sandbox invents no score.
fn requested_scales<'a, S>(
    contract: &'a Contract,
    mode: Mode,
    body: &'a Value,
    scoring: impl Fn(&Scale) -> Option<S>,
) -> Result<Vec<RequestedScale<'a, S>>, ErrorResponse> {
    let (mut scales, mut errors, mut without_score) = (Vec::new(), Vec::new(), None);
    for (code, request) in body["scoringSystem"].as_object().into_iter().flatten() {
        match contract.scale(code) {
            Some(scale) if scale.modes.contains(&mode) => match scoring(scale) {
                Some(scoring) => scales.push(RequestedScale { scale, scoring, request }),
                None => without_score = without_score.or(Some(code)),
            },
            scale => errors.push(refused_scale(contract, mode, code, scale)),
        }
    }
    ErrorResponse::check(&errors)?;
    match without_score {
        None => Ok(scales),
        Some(code) => {
            let detail = format!("the sandbox knows no way to score `{code}` here, and makes no number up");
            Err(ErrorResponse::new(axum::http::StatusCode::NOT_IMPLEMENTED, detail))
        }
    }
}

/// Returns the error for a scale that the endpoint does not take; `scale` is that of another endpoint.
fn refused_scale(contract: &Contract, mode: Mode, code: &str, scale: Option<&Scale>) -> ValidationError {
    let reason = match scale {
        Some(scale) => {
            let modes: Vec<&str> = scale.modes.iter().map(|mode| mode.name()).collect();
            format!("{code} is no {} scale; ask for it in a {} request", mode.name(), modes.join(" or "))
        }
        None => {
            let known = contract.scales.iter().filter(|scale| scale.modes.contains(&mode));
            let known: Vec<&str> = known.map(|scale| scale.code.as_str()).collect();
            format!("There is no such scale; the {} ones are {}", mode.name(), known.join(", "))
        }
    };
    ValidationError { cause: Cause::rule(reason), location: location(code, &[]), input: Value::Null }
}

/// Returns the location of a part of a scale in the request.
fn location(code: &str, rest: &[&str]) -> Vec<LocationPart> {
    ["body", "scoringSystem", code].iter().chain(rest).map(|part| LocationPart::from(*part)).collect()
}

impl<S> RequestedScale<'_, S> {
    /// Returns the answers of the request, by item. Other items are ignored, as by the framework.
    fn answers(&self) -> BTreeMap<&str, f64> {
        let given = &self.request["questionnaireResponse"]["item"];
        let items = self.scale.answers.iter();
        items.filter_map(|item| Some((item.as_str(), to_number(&given[item])?))).collect()
    }

    /// Returns the score of these items.
    fn score(
        &self,
        instrument: &Instrument,
        items: BTreeMap<&str, f64>,
        site: Option<&str>,
    ) -> Result<Score, Box<ValidationError>> {
        let score = instrument.score(&Answers { items, site }).map_err(|error| {
            let cause = match error.kind() {
                ScoringErrorKind::MissingAnswer { .. } => Cause::Missing,
                _ => Cause::rule(error.to_string()),
            };
            Box::new(match error.item() {
                Some(item) => {
                    let input = self.request["questionnaireResponse"]["item"][item].clone();
                    let location = location(&self.scale.code, &["questionnaireResponse", "item", item]);
                    ValidationError { cause, location, input }
                }
                None => ValidationError {
                    cause,
                    location: vec!["body".into(), "bodySite".into()],
                    input: site.map_or(Value::Null, Value::from),
                },
            })
        })?;
        if score.value.is_finite() {
            return Ok(score);
        }
        let cause = Cause::rule("The counts are too large for a score");
        let location = location(&self.scale.code, &[]);
        Err(Box::new(ValidationError { cause, location, input: Value::Null }))
    }
}

/// Evidence by part of a document.
type EvidenceOfParts = Vec<(&'static str, Vec<Evidence>)>;

/// A scale in `patientEvolution`.
struct ScaleReport<'a> {
    code: &'a str,
    document: Value,
    evidence: EvidenceOfParts,
}

/// Returns the document of a score: number and level.
fn score_document(score: &Score) -> Value {
    json!({
        "value": number(score.value),
        "interpretation": {"category": score.category, "intensity": score.intensity.level()},
    })
}

/// Returns an item with its value. The text is a neutral label of ours.
fn item(item: &Item, value: Value, interpretation: Option<&str>) -> Value {
    json!({"code": concept(item.code(), item.label()), "value": value, "interpretation": interpretation})
}

/// Returns what a score rests on; `source` is what its items rest on.
fn evidence_of_score(source: &[Evidence], parts: &ScoreEvidence) -> EvidenceOfParts {
    let with = |last| {
        let last = Evidence::from(last);
        let others = source.iter().copied().filter(|evidence| *evidence != last);
        others.chain([last]).collect::<Vec<_>>()
    };
    let mut evidence = vec![
        ("score.value", with(parts.value)),
        ("score.interpretation.category", with(parts.category)),
        ("score.interpretation.intensity", with(parts.intensity)),
    ];
    if let Some(contribution) = parts.contribution {
        evidence.push(("score.additionalData.globalScoreContribution", with(contribution)));
    }
    evidence
}

/// Returns what the findings in an image rest on. That an invalid image has any is inferred.
fn evidence_of_image(scenario: Option<Scenario>, measurements: &Measurements) -> Vec<Evidence> {
    let source = if scenario.is_some() { Evidence::Scenario } else { Evidence::Placeholder };
    let inferred = (!measurements.is_valid()).then_some(Evidence::Inferred);
    [source].into_iter().chain(inferred).collect()
}

/// The members of a report beside its scales.
struct ReportHeader<'a> {
    mode: Mode,
    /// Seconds.
    duration: f64,
    /// The member is absent if this is none.
    media_validity: Option<Value>,
    /// One for each image whose scenario was used.
    scenarios: &'a [(Option<Scenario>, ScenarioSource)],
}

/// Returns the report. Scales of the endpoint that were not requested are null, as documented.
fn report(
    state: &State,
    contract: &Contract,
    header: ReportHeader<'_>,
    scale_reports: Vec<ScaleReport<'_>>,
) -> Value {
    let mut evidence = ["identifier", "issued", "analysisDuration"]
        .map(|part| (part.to_owned(), vec![Evidence::Placeholder]))
        .to_vec();
    if header.media_validity.as_ref().is_some_and(|validity| !validity.is_null()) {
        let scenarios = header.scenarios.iter().map(|(scenario, _)| scenario);
        evidence.push(("mediaValidity".to_owned(), evidence_of_validity(scenarios)));
    }
    let of_endpoint = contract.scales.iter().filter(|scale| scale.modes.contains(&header.mode));
    let mut scales: Map<String, Value> = of_endpoint.map(|scale| (scale.code.clone(), Value::Null)).collect();
    for report in scale_reports {
        let named = |(part, evidence)| (format!("patientEvolution.{}.{part}", report.code), evidence);
        evidence.extend(report.evidence.into_iter().map(named));
        scales.insert(report.code.to_owned(), report.document);
    }
    let mut document = json!({
        "resourceType": "DiagnosticReport",
        "identifier": {"use": "official", "value": state.secrets.uuid("report", state.next_number())},
        "status": "preliminary",
        "issued": state.clock.timestamp(),
        "analysisDuration": header.duration,
    });
    if let Some(media_validity) = header.media_validity {
        document["mediaValidity"] = media_validity;
    }
    document["patientEvolution"] = Value::Object(scales);
    let schema = if header.mode == Mode::Global { "GlobalSeverityReport" } else { "SeverityReport" };
    edge_case::apply(&mut document, schema, header.scenarios.iter().map(|(scenario, _)| scenario));
    let evidence = evidence.iter().map(|(part, evidence)| (part.as_str(), evidence));
    with_sandbox_object(document, header.scenarios, evidence)
}

#[cfg(test)]
mod tests;
