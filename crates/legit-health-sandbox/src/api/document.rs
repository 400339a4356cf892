//! Parts that several documents share, among them the `sandbox` object: with it a stored document never passes for the
//! device's.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::images::{Jpeg, Measurements};
use crate::scenarios::{EdgeCase, Scenario};

/// The statement about the intended use.
pub(super) const NOTICE: &str = "Intended for software integration and testing; not intended for any medical purpose; \
                                 no conformity assessment.";

/// What a part of a document rests on.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Evidence {
    /// Invented.
    Placeholder,
    /// Follows from the scenario.
    Scenario,
    /// Measured in the pixels.
    Pixels,
    /// Repeats the answers of the request.
    Answers,
    /// Asserted by the vendor's public tests, or stated in its public requirements.
    Exact,
    /// The published instrument.
    Literature,
    /// Our deduction: no source shows the response of the device.
    Inferred,
    /// The vendor's rule is not public, and the value is a placeholder.
    Unknown,
}

impl From<legit_health_scoring::Evidence> for Evidence {
    fn from(evidence: legit_health_scoring::Evidence) -> Self {
        use legit_health_scoring::Evidence as Scoring;
        match evidence {
            Scoring::Exact => Self::Exact,
            Scoring::Literature => Self::Literature,
            Scoring::Inferred => Self::Inferred,
            Scoring::Unknown => Self::Unknown,
        }
    }
}

/// Where the scenario of an image comes from.
#[derive(Clone, Copy, Serialize)]
pub(super) enum ScenarioSource {
    #[serde(rename = "request header")]
    RequestHeader,
    #[serde(rename = "image comment")]
    ImageComment,
    #[serde(rename = "account default")]
    AccountDefault,
    #[serde(rename = "none")]
    None,
}

/// Adds the `sandbox` object to a document. `scenarios` has one entry for each image, in order; `evidence` one for each
/// part of the document.
pub(super) fn with_sandbox_object<'a, E: Serialize>(
    mut document: Value,
    scenarios: &[(Option<Scenario>, ScenarioSource)],
    evidence: impl IntoIterator<Item = (&'a str, E)>,
) -> Value {
    let scenarios = scenarios.iter().map(|(scenario, source)| {
        json!({"scenario": scenario.map(|scenario| scenario.to_string()), "source": source})
    });
    let evidence = evidence.into_iter().map(|(part, evidence)| (part.to_owned(), json!(evidence)));
    document["sandbox"] = json!({
        "notice": NOTICE,
        "version": env!("CARGO_PKG_VERSION"),
        "scenarios": scenarios.collect::<Vec<_>>(),
        "evidence": evidence.collect::<Map<_, _>>(),
    });
    document
}

/// Adds the `sandbox` object to a document without images and evidence.
pub(super) fn with_notice(document: Value) -> Value {
    with_sandbox_object(document, &[], [("", Evidence::Unknown); 0])
}

/// Returns what the measurements of images rest on.
pub(super) fn evidence_of_validity<'a>(
    scenarios: impl IntoIterator<Item = &'a Option<Scenario>>,
) -> Vec<Evidence> {
    let mut edge_cases = scenarios.into_iter().flatten().filter_map(Scenario::edge_case);
    let is_decided = edge_cases.any(EdgeCase::decides_validity);
    [Evidence::Pixels].into_iter().chain(is_decided.then_some(Evidence::Scenario)).collect()
}

pub(super) fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Returns the measurements of an image.
pub(super) fn media_validity(measurements: &Measurements) -> Value {
    let Measurements { quality, skin, modality } = measurements;
    let confidence = measurement(
        "aiConfidence",
        "AI model confidence in the image being dermatological",
        skin.confidence(),
    );
    let clinical = measurement(
        "aiConfidenceClinical",
        "AI model confidence in identifying the image's modality as clinical",
        modality.clinical,
    );
    let dermoscopic = measurement(
        "aiConfidenceDermoscopic",
        "AI model confidence in identifying the image's modality as dermoscopic",
        modality.dermoscopic,
    );
    json!({
        "quality": {
            "acceptable": quality.acceptable(),
            "score": quality.score,
            "interpretation": quality.interpretation(),
        },
        "domain": {
            "isDermatological": skin.is_plausible(),
            "additionalData": {"aiConfidence": confidence},
        },
        "modality": {
            "value": modality.name,
            "additionalData": {"aiConfidenceClinical": clinical, "aiConfidenceDermoscopic": dermoscopic},
        },
        "isValid": measurements.is_valid(),
    })
}

/// Returns a number with its meaning.
pub(super) fn measurement(code: &str, text: &str, value: f64) -> Value {
    json!({"value": number(value), "code": concept(code, text)})
}

/// Returns a concept of the vendor's own system, in words of its tests or ours.
pub(super) fn concept(code: &str, text: &str) -> Value {
    let coding = json!({"code": code, "display": null, "system": null, "systemDisplay": "Legit.Health", "version": null});
    json!({"text": text, "coding": [coding]})
}

/// Returns an image of a response.
pub(super) fn output_image(title: &str, jpeg: &Jpeg) -> Value {
    json!({
        "title": title,
        "contentType": "image/jpeg",
        "data": STANDARD.encode(&jpeg.bytes),
        "height": jpeg.height,
        "width": jpeg.width,
        "colorModel": "RGB",
    })
}

/// Writes a whole number without a fraction.
pub(super) fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT { json!(value as i64) } else { json!(value) }
}
