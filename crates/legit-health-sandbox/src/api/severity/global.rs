//! `POST /severity-assessment/automatic/global`: scores of a set of views of the body.

use std::collections::BTreeMap;

use legit_health_scoring::{Instrument, Score};
use serde_json::{Map, Value, json};

use super::{
    ReportHeader, RequestedScale, ScaleReport, evidence_of_image, evidence_of_score, location, report,
    requested_scales, score_document,
};
use crate::api::document::{Evidence, ScenarioSource, evidence_of_validity, media_validity};
use crate::api::error_response::ErrorResponse;
use crate::api::request::ValidRequest;
use crate::api::request_image::{RequestImage, RequestScenarios};
use crate::contract::{Cause, Contract, Mode, Scale, ValidationError};
use crate::images::Measurements;
use crate::scenarios::{AutomaticScale, Scenario, Severity};
use crate::state::State;

/// What scores the set and each view, and what a view shows.
struct Scoring {
    set: &'static Instrument,
    view: &'static Instrument,
    automatic: &'static AutomaticScale,
}

impl Scoring {
    fn of(scale: &Scale) -> Option<Self> {
        let code = &scale.code;
        let (set, view) = (Instrument::find_global(code)?, Instrument::find(code)?);
        Some(Self { set, view, automatic: AutomaticScale::of(code)? })
    }
}

/// A view with its score.
struct ScoredView {
    scenario: Option<Scenario>,
    source: ScenarioSource,
    measurements: Measurements,
    score: Score,
}

pub(super) fn assess(
    state: &State,
    contract: &Contract,
    request: &ValidRequest,
) -> Result<Value, ErrorResponse> {
    let scales = requested_scales(contract, Mode::Global, &request.body, Scoring::of)?;
    let request_scenarios = RequestScenarios::of(state, request);
    let (mut reports, mut scenarios, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for scale in &scales {
        let views = scored_views(scale, &request_scenarios, request, &mut errors)?;
        scenarios.extend(views.iter().map(|(_, view)| (view.scenario, view.source)));
        if errors.is_empty() {
            match scale_report(scale, &views) {
                Ok(report) => reports.push(report),
                Err(error) => errors.push(*error),
            }
        }
    }
    ErrorResponse::check(&errors)?;
    let header = ReportHeader {
        mode: Mode::Global,
        duration: 0.25 + 0.5 * scenarios.len() as f64,
        media_validity: None,
        scenarios: &scenarios,
    };
    Ok(report(state, contract, header, reports))
}

/// Returns the views in the order of the request. That an unknown view is an error is inferred.
fn scored_views<'a>(
    scale: &RequestedScale<'a, Scoring>,
    scenarios: &RequestScenarios,
    request: &ValidRequest,
    errors: &mut Vec<ValidationError>,
) -> Result<Vec<(&'a str, ScoredView)>, ErrorResponse> {
    let error = |cause, rest: &[&str]| {
        let location = location(&scale.scale.code, rest);
        Box::new(ValidationError { cause, location, input: Value::Null })
    };
    let mut views = Vec::new();
    let sent: Vec<_> = scale.request["item"].as_object().into_iter().flatten().collect();
    for (index, &(view, image)) in sent.iter().enumerate() {
        request.abandonment.check()?;
        let is_known = scale.scoring.set.items().iter().any(|item| item.code() == view);
        let scored = if is_known {
            RequestImage::read(&image["payload"]["contentAttachment"]["data"], scenarios)
                .map_err(|cause| error(cause, &["item", view, "payload", "contentAttachment", "data"]))
                .and_then(|image| score_view(scale, view, &image.at(index, sent.len())))
        } else {
            Err(error(Cause::rule("There is no such view of the body"), &["item", view]))
        };
        match scored {
            Ok(scored) => views.push((view.as_str(), scored)),
            Err(error) => errors.push(*error),
        }
    }
    Ok(views)
}

fn score_view(
    scale: &RequestedScale<'_, Scoring>,
    view: &str,
    image: &RequestImage,
) -> Result<ScoredView, Box<ValidationError>> {
    let severity = image.scenario.map_or(Severity::Moderate, |scenario| scenario.severity());
    let found = scale.scoring.automatic.find(severity, &mut image.random().part(view));
    let items = found.iter().map(|found| (found.item, found.value)).collect();
    let score = scale.score(scale.scoring.view, items, None)?;
    let measurements = image.measurements();
    Ok(ScoredView { scenario: image.scenario, source: image.source, measurements, score })
}

fn scale_report<'a>(
    scale: &RequestedScale<'a, Scoring>,
    views: &[(&str, ScoredView)],
) -> Result<ScaleReport<'a>, Box<ValidationError>> {
    let values: BTreeMap<&str, f64> = views.iter().map(|(code, view)| (*code, view.score.value)).collect();
    let score = scale.score(scale.scoring.set, values, None)?;
    let items = views.iter().map(|(code, view)| {
        let item =
            json!({"mediaValidity": media_validity(&view.measurements), "score": score_document(&view.score)});
        ((*code).to_owned(), item)
    });
    let items: Map<String, Value> = items.collect();
    let mut sources: Vec<Evidence> = Vec::new();
    for source in views.iter().flat_map(|(_, view)| evidence_of_image(view.scenario, &view.measurements)) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let mut evidence = evidence_of_score(&sources, &score.evidence);
    let scenarios = views.iter().map(|(_, view)| &view.scenario);
    evidence.push(("item.mediaValidity", evidence_of_validity(scenarios)));
    evidence.push(("item.score", [sources.as_slice(), &[Evidence::Inferred]].concat()));
    Ok(ScaleReport {
        code: &scale.scale.code,
        document: json!({"score": score_document(&score), "item": items, "media": null}),
        evidence,
    })
}
