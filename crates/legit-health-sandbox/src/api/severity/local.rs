//! `POST /severity-assessment/automatic/local`: scores of one image of one body site.

use legit_health_scoring::{Instrument, Intermediate, Score};
use serde_json::{Map, Value, json};

use super::attachments::{MediaLayout, media};
use super::{
    ReportHeader, RequestedScale, ScaleReport, evidence_of_image, evidence_of_score, item, report,
    requested_scales, score_document,
};
use crate::api::document::{Evidence, measurement, media_validity, number};
use crate::api::error_response::ErrorResponse;
use crate::api::request::ValidRequest;
use crate::api::request_image::{RequestImage, RequestScenarios};
use crate::contract::{Contract, Mode, Scale, ValidationError};
use crate::images::RegionMap;
use crate::scenarios::{AutomaticScale, Finding, FoundItem, Severity};
use crate::state::State;

/// What an automatic scale needs beside the request.
struct Scoring {
    instrument: &'static Instrument,
    automatic: &'static AutomaticScale,
    layout: &'static MediaLayout,
}

impl Scoring {
    fn of(scale: &Scale) -> Option<Self> {
        let code = &scale.code;
        let (instrument, automatic) = (Instrument::find(code)?, AutomaticScale::of(code)?);
        Some(Self { instrument, automatic, layout: MediaLayout::of(code)? })
    }
}

/// An invalid image is scored too, and `mediaValidity` says so; the response of the device is unknown.
pub(super) fn assess(
    state: &State,
    contract: &Contract,
    request: &ValidRequest,
) -> Result<Value, ErrorResponse> {
    let scales = requested_scales(contract, Mode::Local, &request.body, Scoring::of)?;
    let data = &request.body["payload"]["contentAttachment"]["data"];
    let image = RequestImage::read(data, &RequestScenarios::of(state, request)).map_err(|cause| {
        let location = ["body", "payload", "contentAttachment", "data"].map(Into::into).to_vec();
        ErrorResponse::invalid(&[ValidationError { cause, location, input: Value::Null }])
    })?;
    request.abandonment.check()?;
    let (regions, measurements) = (RegionMap::of(&image.image), image.measurements());
    let sources = evidence_of_image(image.scenario, &measurements);
    let site = request.body["bodySite"].as_str();
    let (mut reports, mut errors) = (Vec::new(), Vec::new());
    for scale in &scales {
        request.abandonment.check()?;
        match scale_report(scale, &image, &regions, &sources, site) {
            Ok(report) => reports.push(report),
            Err(error) => errors.push(*error),
        }
    }
    ErrorResponse::check(&errors)?;
    let header = ReportHeader {
        mode: Mode::Local,
        duration: 0.5 + 0.25 * scales.len() as f64,
        media_validity: Some(media_validity(&measurements)),
        scenarios: &[(image.scenario, image.source)],
    };
    Ok(report(state, contract, header, reports))
}

fn scale_report<'a>(
    scale: &'a RequestedScale<'_, Scoring>,
    image: &RequestImage,
    regions: &RegionMap<'_>,
    sources: &[Evidence],
    site: Option<&str>,
) -> Result<ScaleReport<'a>, Box<ValidationError>> {
    let Scoring { instrument, automatic, layout } = &scale.scoring;
    // Without a scenario the level is a placeholder.
    let severity = image.scenario.map_or(Severity::Moderate, |scenario| scenario.severity());
    let mut random = image.random().part(automatic.code);
    let found = automatic.find(severity, &mut random);
    let answers = scale.answers();
    let mut values = answers.clone();
    values.extend(found.iter().map(|found| (found.item, found.value)));
    let score = scale.score(instrument, values.clone(), site)?;

    let items = instrument.items().iter().filter_map(|known| {
        let value = *values.get(known.code())?;
        let returned = known.reported(value, &score)?;
        let found = found.iter().find(|found| found.item == known.code());
        let shown = match found.map(|found| &found.finding) {
            Some(Finding::Presence { .. }) => json!(returned == 1.0),
            _ => number(returned),
        };
        let mut item = item(known, shown, known.interpretation(value));
        item["additionalData"] = additional_data(layout, known.code(), found, &score);
        Some((known.code().to_owned(), item))
    });
    let items: Map<String, Value> = items.collect();
    let media = media(layout, severity, &found, regions, &mut random);

    let mut evidence = evidence_of_score(sources, &score.evidence);
    if !items.is_empty() {
        let answered: &[Evidence] = if answers.is_empty() { &[] } else { &[Evidence::Answers] };
        evidence.push(("item", [sources, answered].concat()));
        evidence.push(("item.additionalData", vec![Evidence::Placeholder]));
    }
    evidence.push(("media", [sources, &[Evidence::Pixels]].concat()));
    Ok(ScaleReport {
        code: &scale.scale.code,
        document: json!({
            "score": score_with_contribution(&score),
            "item": (!items.is_empty()).then_some(items),
            "media": media,
        }),
        evidence,
    })
}

/// Returns a score with its contribution to that of the whole body, where it has one.
fn score_with_contribution(score: &Score) -> Value {
    let mut document = score_document(score);
    let contribution = score.contribution.map(|contribution| {
        let text = "Contribution of the body zone score to the full-body score";
        json!({"globalScoreContribution": measurement("globalScoreContribution", text, contribution)})
    });
    document["additionalData"] = json!(contribution);
    document
}

/// Returns the measurements beside an item; null if there are none.
fn additional_data(layout: &MediaLayout, item: &str, found: Option<&FoundItem>, score: &Score) -> Value {
    let named = |code: &str, text: &str, value: f64| json!({code: measurement(code, text, value)});
    match found.map(|found| &found.finding) {
        Some(Finding::Grade { confidence }) => {
            named("aiConfidence", "Confidence of the AI model on prediction", *confidence)
        }
        Some(Finding::Presence { probability }) => {
            named("presenceProbability", "Probability of being present", *probability)
        }
        Some(Finding::Count { number, density }) => match layout.count {
            Some((code, text)) => named(code, text, (*number).into()),
            None if item == "acne" => {
                let mut named = named("acneDensity", "Acne density score", *density);
                named["acneDensity"]["interpretation"] = json!(density_level(*density));
                named
            }
            None => Value::Null,
        },
        Some(Finding::Percent) => Value::Null,
        None => match score.intermediate(Intermediate::BodySurface).filter(|_| item == "surface") {
            Some(percent) => {
                named("surfaceAreaOverBsa", "Affected surface in percent of the surface of the body", percent)
            }
            None => Value::Null,
        },
    }
}

/// The vendor's tests contain "Very low"; the other words and all limits are ours.
fn density_level(percent: f64) -> &'static str {
    match percent {
        percent if percent < 20.0 => "Very low",
        percent if percent < 40.0 => "Low",
        percent if percent < 60.0 => "Moderate",
        percent if percent < 80.0 => "High",
        _ => "Very high",
    }
}
