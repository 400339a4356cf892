//! The comparison of the parts that several reports share.

use crate::comparison::Said;
use legit_health::SeverityScore;
use legit_health::codes::Intensity;
use legit_health::report::{
    Band, BoundingBox, Coding, Concept, Detection, ItemScore, Measurement, OutputImage, Quality, Score,
    Validity,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;

/// Members of reports that the client does not hand out, and the reasons.
pub(crate) const NOT_HANDED_OUT: [(&str, &str); 4] = [
    ("resourceType", "it is the same for all reports"),
    ("identifier/use", "it says nothing about the patient"),
    ("interpretations/*/coding/*/display", "the band has a name, and the code is typed"),
    ("score/severity/value", "the older shape takes precedence; compared where it is absent"),
];

pub(crate) fn concept(said: &Said<'_>, result: &Concept) {
    let Concept { text, codings, .. } = result;
    said.is("text", text);
    said.list("coding", codings, |said, coding| {
        let Coding { code, display, system, system_display, version, .. } = coding;
        said.is("code", code);
        said.is("display", display);
        said.is("system", system);
        said.is("systemDisplay", system_display);
        said.is("version", version);
    });
}

pub(crate) fn measurement(said: &Said<'_>, result: &Measurement) {
    said.is("value", result.value);
    said.is("interpretation", &result.interpretation);
    concept(&said.member("code"), &result.code);
}

pub(crate) fn validity(said: &Said<'_>, result: &Validity) {
    said.is("isValid", result.is_valid);
    let Quality { acceptable, score, interpretation, .. } = &result.quality;
    let quality = said.member("quality");
    quality.is("acceptable", acceptable);
    quality.is("score", score.get());
    quality.is("interpretation", interpretation);
    let domain = said.member("domain");
    domain.is("isDermatological", result.is_dermatological);
    domain.map("additionalData", &result.domain_measurements, measurement);
    let modality = said.member("modality");
    modality.is("value", result.modality.as_str());
    modality.map("additionalData", &result.modality_measurements, measurement);
}

pub(crate) fn output_image(said: &Said<'_>, result: &OutputImage) {
    said.is("title", &result.title);
    said.is("contentType", &result.media_type);
    said.is("data", crate::device::base64(&result.data));
    said.is("width", result.width);
    said.is("height", result.height);
    said.is("colorModel", &result.color_model);
}

pub(crate) fn detection(said: &Said<'_>, result: &Detection) {
    said.is("confidence", result.confidence);
    concept(&said.member("code"), &result.code);
    let BoundingBox { x1, y1, x2, y2, .. } = result.bounds;
    let corners = said.member("box");
    corners.is("x1", x1);
    corners.is("y1", y1);
    corners.is("x2", x2);
    corners.is("y2", y2);
}

pub(crate) fn item(said: &Said<'_>, result: &ItemScore) {
    said.is("value", result.value);
    said.is("interpretation", &result.interpretation);
    concept(&said.member("code"), &result.code);
    said.map("additionalData", &result.measurements, measurement);
}

/// The members that a score by itself shares with that of a scale.
pub(crate) struct ScoreMembers<'a> {
    value: f64,
    category: &'a Option<String>,
    intensity: Option<Intensity>,
    contribution: &'a Option<Measurement>,
    bands: &'a [Band],
}

macro_rules! score_members {
    ($score:expr) => {
        ScoreMembers {
            value: $score.value,
            category: &$score.category,
            intensity: $score.intensity,
            contribution: &$score.contribution,
            bands: &$score.bands,
        }
    };
}

pub(crate) fn single_score(said: &Said<'_>, result: &Score) {
    score(said, &score_members!(result));
}

fn score(said: &Said<'_>, result: &ScoreMembers<'_>) {
    said.is("value", result.value);
    let (older, newer) = (said.member("interpretation"), said.member("severity"));
    if older.value().is_null() {
        // The category is then that of a band, which the callers compare.
        newer.is("value", result.intensity);
    } else {
        older.is("category", result.category);
        older.is("intensity", result.intensity);
    }
    newer.list("interpretations", result.bands, |said, band| {
        said.is("min", band.min);
        said.is("max", band.max);
        said.is("text", &band.text);
        said.list("coding", &band.intensities, |said, intensity| said.is("code", intensity));
    });
    said.member("additionalData").optional(
        "globalScoreContribution",
        result.contribution.as_ref(),
        measurement,
    );
}

/// Compares a score with the document of the report and the part about its scale, except for its items.
pub(crate) fn severity_score<S>(report: &Said<'_>, evolution: &Said<'_>, result: &SeverityScore<S>) {
    score(&evolution.member("score"), &score_members!(result));
    let media = evolution.member("media");
    media.map("attachment", &result.attachments, output_image);
    media.list("detection", &result.detections, detection);
    report.optional("mediaValidity", result.validity.as_ref(), validity);
    report.member("identifier").is("value", &result.identifier);
    report.is("status", &result.status);
    report.is("issued", result.issued.as_str());
    report.is("analysisDuration", result.analysis_seconds);
    report.unknown_fields(&SEVERITY_REPORT, &result.unknown_fields);
}

const SEVERITY_REPORT: [&str; 7] = [
    "resourceType",
    "identifier",
    "status",
    "issued",
    "analysisDuration",
    "mediaValidity",
    "patientEvolution",
];

/// Asserts that a result is the same after it was stored, and that members without a value can be left out, as an earlier
/// version has stored it. Returns it as it was read.
#[track_caller]
pub(crate) fn stored<T: Serialize + DeserializeOwned + PartialEq + Debug>(result: &T) -> T {
    let stored = serde_json::to_value(result).unwrap();
    let read: T = serde_json::from_value(stored.clone()).unwrap();
    assert!(read == *result, "{stored}");
    let mut sparse = stored;
    remove_empty(&mut sparse);
    let read_sparse: T = serde_json::from_value(sparse.clone()).unwrap();
    assert!(read_sparse == *result, "{sparse}");
    read
}

fn remove_empty(value: &mut Value) {
    /// Members that have been stored since the first version.
    const ALWAYS: [&str; 5] = ["conclusions", "names", "versions", "reached", "unusableImages"];
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(remove_empty);
            members.retain(|name, value| {
                let is_empty = match value {
                    Value::Null => true,
                    Value::Object(members) => members.is_empty(),
                    Value::Array(list) => list.is_empty(),
                    _ => false,
                };
                !is_empty || ALWAYS.contains(&name.as_str())
            });
        }
        Value::Array(list) => list.iter_mut().for_each(remove_empty),
        _ => {}
    }
}
