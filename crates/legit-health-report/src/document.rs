//! Stored JSON documents, as `legit-health severity … --json` prints them, read as dated scores.

use legit_health_follow_up::{DatedScore, ImageUse, Moment, Origin, Place};
use serde_json::{Map, Value};
use std::error::Error;
use std::fmt;

/// Why a stored document has no score.
#[derive(Debug)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is not JSON.
    NotJson(serde_json::Error),
    /// It is the error of a case that has no result.
    Failed,
    /// It is JSON, and not a document with scores.
    NoScore,
}

/// The number of views of a whole body.
const ALL_VIEWS: usize = 17;

/// Reads the scores of one stored document: one for each scale that it holds, sorted by the scale's code.
///
/// The document is what the API sent, with the member `request` of the command line beside it or without. What is not stored is
/// not known: without `request`, neither are body site, patient and version of the device, and the date is that of the response.
/// A line of `--each` is read as its result.
///
/// ```
/// let line = r#"{"patientEvolution": {"dlqi": {"score": {"value": 14}}},
///     "request": {"sentAt": "2026-03-02T09:00:00Z", "reference": "P-0042"}}"#;
/// let scores = legit_health_report::read_scores(line).unwrap();
/// assert_eq!((scores[0].scale.as_str(), scores[0].value), ("dlqi", 14.0));
/// ```
///
/// # Errors
///
/// A [`DocumentError`] if it is no JSON, the error of a case, or no document with scores.
pub fn read_scores(document: &str) -> Result<Vec<DatedScore>, DocumentError> {
    let document: Value = serde_json::from_str(document).map_err(DocumentError::NotJson)?;
    let document = document.get("result").unwrap_or(&document);
    let Some(evolution) = document["patientEvolution"].as_object() else {
        return Err(if document["error"].is_object() {
            DocumentError::Failed
        } else {
            DocumentError::NoScore
        });
    };
    let context = Context::of(document);
    let mut scores: Vec<DatedScore> =
        evolution.iter().filter_map(|(scale, scored)| context.score(scale, scored)).collect();
    scores.sort_by(|a, b| a.scale.cmp(&b.scale));
    if scores.is_empty() { Err(DocumentError::NoScore) } else { Ok(scores) }
}

/// What a document says about all of its scores.
struct Context<'d> {
    request: &'d Value,
    at: Option<Moment>,
    origin: Origin,
    image: ImageUse,
}

impl<'d> Context<'d> {
    fn of(document: &'d Value) -> Self {
        let request = &document["request"];
        let date = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
        let image = match document["mediaValidity"]["isValid"].as_bool() {
            Some(true) => ImageUse::Usable,
            Some(false) => ImageUse::Unusable,
            None => ImageUse::NotSaid,
        };
        Self {
            request,
            at: date(&request["sentAt"]).or_else(|| date(&document["issued"])),
            origin: if document.get("sandbox").is_some() { Origin::Sandbox } else { Origin::Device },
            image,
        }
    }

    /// A member that is `null` is a scale that the device did not score.
    fn score(&self, scale: &str, scored: &Value) -> Option<DatedScore> {
        let score = scored["score"].as_object()?;
        let none = Map::new();
        let items = scored["item"].as_object().unwrap_or(&none);
        let mut dated = DatedScore::new(scale, self.at, number(&score["value"]))
            .with_place(self.place(items))
            .with_origin(self.origin)
            .with_image(self.image(items));
        dated.reference = text(&self.request["reference"]);
        dated.device_version = text(&self.request["device"]["version"]);
        dated.intensity = intensity(score);
        for (code, item) in items {
            if let Some(value) = item.get("value") {
                dated = dated.with_item(code, number(value));
            }
        }
        Some(dated)
    }

    /// A part of the views of a whole body is a zone of its own, which only the same part is compared with.
    fn place(&self, items: &Map<String, Value>) -> Place {
        if let Some(site) = text(&self.request["bodySite"]) {
            return Place::Zone(site);
        }
        let is_global = self.request["operation"] == "severity_global";
        match self.request["images"].as_array().map(Vec::len) {
            Some(ALL_VIEWS) if is_global => Place::WholeBody,
            Some(1..) if is_global && !items.is_empty() => {
                let mut views: Vec<&str> = items.keys().map(String::as_str).collect();
                views.sort_unstable();
                Place::Zone(views.join("+"))
            }
            _ => Place::Unknown,
        }
    }

    /// A whole body with a view that cannot be used is not a score of the whole body.
    fn image(&self, items: &Map<String, Value>) -> ImageUse {
        let is_unusable = |view: &Value| view["mediaValidity"]["isValid"] == Value::Bool(false);
        if items.values().any(is_unusable) { ImageUse::Unusable } else { self.image }
    }
}

/// NaN for what is no number: the score is then left out, with this reason.
fn number(value: &Value) -> f64 {
    match value {
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        value => value.as_f64().unwrap_or(f64::NAN),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The grade in either of the two shapes of a score.
fn intensity(score: &Map<String, Value>) -> Option<u8> {
    let grade = |member: &str, name: &str| score.get(member).and_then(|said| said[name].as_i64());
    let grade = grade("interpretation", "intensity").or_else(|| grade("severity", "value"))?;
    // Whatever it is, it is none of those that are known.
    Some(u8::try_from(grade).unwrap_or(u8::MAX))
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(error) => {
                write!(f, "not JSON, see column {}: write one document a line", error.column())
            }
            Self::Failed => f.write_str("the error of a case that has no result"),
            Self::NoScore => f.write_str("not a document of `severity … --json`: it has no score"),
        }
    }
}

impl Error for DocumentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotJson(error) => Some(error),
            Self::Failed | Self::NoScore => None,
        }
    }
}
