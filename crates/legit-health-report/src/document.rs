//! Stored JSON documents, as `legit-health … --json`, `--each` and `batch export --ndjson` print them, read as they are: what is
//! missing stays unknown.

use legit_health::calls::{Sha256Digest, UnknownFields};
use legit_health_follow_up::{DatedScore, ImageUse, Moment, Origin, Place};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// A stored report, with what was asked.
///
/// The API sent the report. The member `request`, which the command line writes, may be in it, beside it, or missing. What is not
/// stored is not known: without `request`, neither are body site, patient and version of the device, and the date is that of
/// the response.
///
/// `Debug` shows neither findings nor the reference.
#[derive(Clone)]
pub struct Document {
    pub(crate) report: Value,
    pub(crate) request: Value,
    /// How many images of the device a batch did not keep.
    pub(crate) media_left_out: u64,
    /// The other references under which a batch was given the same case.
    pub(crate) also_given_as: Vec<String>,
}

/// Why a text is not a stored report, or has no score.
#[derive(Debug)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is not JSON.
    NotJson(serde_json::Error),
    /// It names a member twice, or has more values than any response, so none of our programs wrote it.
    Malformed,
    /// It is the error of a case that has no result.
    Failed,
    /// It is a case of a batch that has not been sent yet.
    NotSent,
    /// It is JSON, and not the report of a call.
    NotAReport,
    /// It is the report of a call without scores.
    NoScore,
}

/// The number of views of a whole body.
const ALL_VIEWS: usize = 17;

/// Reads the scores of one stored document: one for each scale that it holds, sorted by the scale's code.
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
/// The errors of [`Document::read`], and [`DocumentError::NoScore`].
pub fn read_scores(document: &str) -> Result<Vec<DatedScore>, DocumentError> {
    let scores = Document::read(document)?.scores();
    if scores.is_empty() { Err(DocumentError::NoScore) } else { Ok(scores) }
}

impl Document {
    /// Reads one stored document: a report, a line of `--each`, or a line of `batch export --ndjson`.
    ///
    /// # Errors
    ///
    /// A [`DocumentError`] if it is not JSON, is not a report, or is a case without a report.
    pub fn read(text: &str) -> Result<Self, DocumentError> {
        let mut line: Value = serde_json::from_str(text).map_err(DocumentError::NotJson)?;
        let result = line.get_mut("result").map(Value::take).filter(|result| !result.is_null());
        let (mut report, mut beside) = match result {
            Some(result) => (result, line),
            None => (line, Value::Null),
        };
        if !["patientEvolution", "imagingAnalysis", "clinicalIndicator"]
            .iter()
            .any(|member| report.get(*member).is_some())
        {
            return Err(match &report {
                case if case["error"].is_object() => DocumentError::Failed,
                case if case["state"] == "left" => DocumentError::NotSent,
                _ => DocumentError::NotAReport,
            });
        }
        let own = report.get_mut("request").map(Value::take).filter(|own| !own.is_null());
        let request = own.or_else(|| beside.get_mut("request").map(Value::take));
        let mut request = request.filter(Value::is_object).unwrap_or_else(|| json!({}));
        // A batch has them beside the request.
        for member in ["reference", "images"] {
            if request[member].is_null() {
                request[member] = beside.get_mut(member).map(Value::take).unwrap_or_default();
            }
        }
        let media_left_out = beside["mediaLeftOut"].as_u64().unwrap_or_default();
        let others = beside["alsoGivenAs"].as_array().into_iter().flatten();
        let also_given_as =
            others.filter_map(|other| other["reference"].as_str()).map(str::to_owned).collect();
        let document = Self { report, request, media_left_out, also_given_as };
        // A parser keeps one of two members with the same name, so a value would be lost.
        match UnknownFields::of_stored(document.operation(), text) {
            Some(_) => Ok(document),
            None => Err(DocumentError::Malformed),
        }
    }

    /// Returns the scores: one for each scale, sorted by the scale's code.
    pub fn scores(&self) -> Vec<DatedScore> {
        let evolution = self.report["patientEvolution"].as_object();
        let mut scores: Vec<DatedScore> =
            evolution.into_iter().flatten().filter_map(|(scale, scored)| self.score(scale, scored)).collect();
        scores.sort_by(|a, b| a.scale.cmp(&b.scale));
        scores
    }

    /// Returns the patient or case.
    pub fn reference(&self) -> Option<&str> {
        self.request["reference"].as_str().filter(|reference| !reference.is_empty())
    }

    /// Returns true if a sandbox wrote the report: it is about nobody.
    pub fn is_from_sandbox(&self) -> bool {
        self.report.get("sandbox").is_some()
    }

    /// Returns when the report was asked for; if that is not stored, when it was issued.
    pub fn at(&self) -> Option<Moment> {
        let date = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
        date(&self.request["sentAt"]).or_else(|| date(&self.report["issued"]))
    }

    /// Returns the digests of the images that were sent, in their order; `None` for one that is not stored.
    pub fn image_digests(&self) -> Vec<Option<Sha256Digest>> {
        let images = self.request["images"].as_array();
        let digest = |image: &Value| image["sha256"].as_str().and_then(|text| text.parse().ok());
        images.into_iter().flatten().map(digest).collect()
    }

    /// The operation of the contract: as it is stored, or else by what is there.
    pub(crate) fn operation(&self) -> &str {
        const KNOWN: [&str; 4] =
            ["diagnosis_support", "severity_manual", "severity_local", "severity_global"];
        let stored = self.request["operation"].as_str().unwrap_or_default();
        let has_views = || {
            let scales = self.report["patientEvolution"].as_object();
            let mut items = scales.into_iter().flatten().filter_map(|(_, scored)| scored["item"].as_object());
            items.any(|items| items.values().any(is_view))
        };
        match KNOWN.into_iter().find(|known| *known == stored) {
            Some(known) => known,
            None if self.report.get("patientEvolution").is_none() => KNOWN[0],
            None if has_views() => KNOWN[3],
            None => KNOWN[2],
        }
    }

    /// The members of the report that this version does not know; the mark of a sandbox is not one of them.
    pub(crate) fn unknown_fields(&self) -> UnknownFields {
        let members = self.report.as_object().into_iter().flatten();
        let members = members.filter(|(name, _)| !["request", "sandbox"].contains(&name.as_str()));
        let report = serde_json::to_string(&members.collect::<BTreeMap<_, _>>()).unwrap_or_default();
        UnknownFields::of_stored(self.operation(), &report).unwrap_or_default()
    }

    /// A member that is `null` is a scale that the device did not score.
    fn score(&self, scale: &str, scored: &Value) -> Option<DatedScore> {
        let score = Some(&scored["score"]).filter(|score| score.is_object())?;
        let none = Map::new();
        let items = scored["item"].as_object().unwrap_or(&none);
        let origin = if self.is_from_sandbox() { Origin::Sandbox } else { Origin::Device };
        let mut dated = DatedScore::new(scale, self.at(), number(&score["value"]))
            .with_place(self.place(items))
            .with_origin(origin)
            .with_image(self.image(items));
        dated.reference = self.reference().map(str::to_owned);
        dated.device_version = text(&self.request["device"]["version"]);
        // Whatever an unknown grade is, it is none of those that are known.
        dated.intensity = grade(score).map(|grade| u8::try_from(grade).unwrap_or(u8::MAX));
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
        match self.report["mediaValidity"]["isValid"].as_bool() {
            _ if items.values().any(is_unusable) => ImageUse::Unusable,
            Some(true) => ImageUse::Usable,
            Some(false) => ImageUse::Unusable,
            None => ImageUse::NotSaid,
        }
    }
}

/// NaN if it is not a number: the score is then left out, with this reason.
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
pub(crate) fn grade(score: &Value) -> Option<i64> {
    score["interpretation"]["intensity"].as_i64().or_else(|| score["severity"]["value"].as_i64())
}

/// Whether an item is a view of a whole body, which has a score of its own.
pub(crate) fn is_view(item: &Value) -> bool {
    item.get("mediaValidity").is_some() || item["score"].is_object()
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("operation", &self.operation()).finish_non_exhaustive()
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(error) => {
                write!(f, "not JSON, see column {}: write one document a line", error.column())
            }
            Self::Malformed => f.write_str(
                "not as it was printed: it names a member twice, or has more values than any response",
            ),
            Self::Failed => f.write_str("the error of a case that has no result"),
            Self::NotSent => f.write_str("a case of a batch that has not been sent: run the batch first"),
            Self::NotAReport => {
                f.write_str("not a document of `diagnosis-support … --json` or `severity … --json`")
            }
            Self::NoScore => f.write_str("not a document of `severity … --json`: it has no score"),
        }
    }
}

impl Error for DocumentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotJson(error) => Some(error),
            _ => None,
        }
    }
}
