//! `POST /severity-assessment/manual`: scores of answers alone.

use legit_health_scoring::Instrument;
use serde_json::{Map, Value, json};

use super::{
    ReportHeader, RequestedScale, ScaleReport, evidence_of_score, item, report, requested_scales,
    score_document,
};
use crate::api::document::{Evidence, media_validity, number};
use crate::api::error_response::ErrorResponse;
use crate::api::request::ValidRequest;
use crate::api::request_image::{RequestImage, RequestScenarios};
use crate::contract::{Contract, Mode, ValidationError};
use crate::images::Measurements;
use crate::state::State;

pub(super) fn assess(
    state: &State,
    contract: &Contract,
    request: &ValidRequest,
) -> Result<Value, ErrorResponse> {
    let (measurements, mut errors) = measure_first(state, request)?;
    let scales =
        requested_scales(contract, Mode::Manual, &request.body, |scale| Instrument::find(&scale.code))?;
    let site = request.body["bodySite"].as_str();
    let mut reports = Vec::new();
    for scale in &scales {
        match scale_report(scale, site) {
            Ok(report) => reports.push(report),
            Err(error) => errors.push(*error),
        }
    }
    ErrorResponse::check(&errors)?;
    let header = ReportHeader {
        mode: Mode::Manual,
        duration: 0.02,
        media_validity: Some(json!(measurements.as_ref().map(media_validity))),
        scenarios: &[],
    };
    Ok(report(state, contract, header, reports))
}

/// Measures the first image. Images are optional, but each must be complete; this is inferred.
fn measure_first(
    state: &State,
    request: &ValidRequest,
) -> Result<(Option<Measurements>, Vec<ValidationError>), ErrorResponse> {
    let scenarios = RequestScenarios::of(state, request);
    let (mut measurements, mut errors) = (None, Vec::new());
    for image in RequestImage::read_list(request, &scenarios) {
        request.abandonment.check()?;
        match image {
            Ok(image) if measurements.is_none() => measurements = Some(Measurements::of(&image.image)),
            Ok(_) => {}
            Err(error) => errors.push(*error),
        }
    }
    Ok((measurements, errors))
}

fn scale_report<'a>(
    scale: &'a RequestedScale<'_, &'static Instrument>,
    site: Option<&str>,
) -> Result<ScaleReport<'a>, Box<ValidationError>> {
    let (instrument, answers) = (scale.scoring, scale.answers());
    let score = scale.score(instrument, answers.clone(), site)?;
    let items = instrument.items().iter().filter_map(|known| {
        let answer = *answers.get(known.code())?;
        Some((known.code().to_owned(), item(known, number(answer), known.interpretation(answer))))
    });
    let mut evidence = evidence_of_score(&[Evidence::Answers], &score.evidence);
    evidence.push(("item", vec![Evidence::Answers]));
    evidence.push(("item.interpretation", vec![Evidence::Placeholder]));
    Ok(ScaleReport {
        code: &scale.scale.code,
        document: json!({
            "score": score_document(&score),
            "item": items.collect::<Map<_, _>>(),
            "media": null,
        }),
        evidence,
    })
}
