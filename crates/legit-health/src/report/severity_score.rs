//! The score of one scale, with its items and detections.

use crate::codes::{Intensity, ScoringSystemCode};
use crate::reply::BrokenContract;
use crate::report::{
    Band, Concept, FromWire, IntoReport, IssueTime, Measurement, OutputImage, Score, Validity, structure_only,
};
use crate::scale::{AnyScale, Scale};
use legit_health_api::device::types;
use legit_health_api::scalar::AnswerValue;
use legit_health_api::scale::ScaleTag;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// The score of one scale. It supports, and does not replace, a qualified healthcare professional.
///
/// A stored score names its scale, and is not read as the score of another one.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(bound = "S: ScaleTag"))]
#[serde(rename_all = "camelCase", bound(serialize = "", deserialize = "S: ScaleTag"))]
#[non_exhaustive]
pub struct SeverityScore<S> {
    /// The scale of this score.
    pub scale: ScaleOf<S>,
    /// The score, in points of its scale.
    pub value: f64,
    /// The device's name for the range of the score, such as `Moderate`.
    pub category: Option<String>,
    /// The device's grade.
    pub intensity: Option<Intensity>,
    /// The contribution of this body zone to the score of the whole body.
    pub contribution: Option<Measurement>,
    /// The ranges of the scale and their names; empty if the device sent none.
    #[serde(default)]
    pub bands: Vec<Band>,
    /// The items by code, as answered or as found by the device. Empty if the device sent none.
    #[serde(default)]
    pub items: BTreeMap<String, ItemScore>,
    /// Masks, overlays and similar images, by code, such as `segmentation`.
    #[serde(default)]
    pub attachments: BTreeMap<String, OutputImage>,
    /// The detections in the image, with their places.
    #[serde(default)]
    pub detections: Vec<Detection>,
    /// Whether the image can be used; `None` without an image.
    pub validity: Option<Validity>,
    /// The device's identifier for the report.
    pub identifier: Option<String>,
    /// `preliminary` so far: no professional has confirmed it.
    pub status: String,
    /// When the device wrote it, as the device sent it.
    pub issued: IssueTime,
    /// The duration of the analysis, in seconds.
    pub analysis_seconds: f64,
    /// Members of the document that this version does not know.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

impl<S: Scale> SeverityScore<S> {
    /// Builds a score from its value alone, for your own tests:
    ///
    /// ```
    /// use legit_health::SeverityScore;
    /// use legit_health::codes::Intensity;
    /// use legit_health::scale::Pure4;
    ///
    /// let mut score = SeverityScore::<Pure4>::new(2.0);
    /// score.intensity = Some(Intensity::High);
    /// assert_eq!((score.value, score.scale.code().as_str()), (2.0, "pure4"));
    /// ```
    pub fn new(value: f64) -> Self {
        SeverityScore::any(S::CODE, value).of()
    }
}

impl SeverityScore<AnyScale> {
    /// Builds a score like [`new`](Self::new), for a scale that is known by its code only.
    pub fn any(code: &str, value: f64) -> Self {
        let score = Score { value, category: None, intensity: None, contribution: None, bands: Vec::new() };
        Self::assemble(code.into(), score, None, &Document::by_hand())
    }

    /// Reads the scores of `codes`, in this order. A document without one of them breaks the contract.
    pub(crate) fn read_all(
        wire: types::SeverityReport,
        codes: &[ScoringSystemCode],
    ) -> Result<Vec<Self>, BrokenContract> {
        let mut evolution = wire.patient_evolution;
        let document = document_of!(wire);
        let read = |code: &ScoringSystemCode| {
            let found = evolution.remove(code).flatten().ok_or_else(|| without(code))?;
            let mut scored = Self::assemble(code.clone(), found.score.into_report(), found.media, &document);
            scored.items =
                found.item.into_iter().flatten().map(|(code, item)| (code, item.into_report())).collect();
            Ok(scored)
        };
        codes.iter().map(read).collect()
    }

    /// Builds a score without its items, which differ between the calls.
    pub(crate) fn assemble(
        code: ScoringSystemCode,
        score: Score,
        media: Option<types::EvolutionMedia>,
        document: &Document,
    ) -> Self {
        let (attachments, detections) = read_media(media);
        Self {
            scale: ScaleOf::coded(code),
            value: score.value,
            category: score.category,
            intensity: score.intensity,
            contribution: score.contribution,
            bands: score.bands,
            items: BTreeMap::new(),
            attachments,
            detections,
            validity: document.validity.clone(),
            identifier: document.identifier.clone(),
            status: document.status.clone(),
            issued: document.issued.clone(),
            analysis_seconds: document.analysis_seconds,
            unknown_fields: document.unknown_fields.clone(),
        }
    }
}

impl<S> SeverityScore<S> {
    /// Returns true if a sandbox wrote this score: it is not about any patient.
    pub fn is_from_sandbox(&self) -> bool {
        self.unknown_fields.contains_key("sandbox")
    }

    /// Converts it to a score of the type that the call requested for this code.
    pub(crate) fn of<T>(self) -> SeverityScore<T> {
        SeverityScore {
            scale: self.scale.of(),
            value: self.value,
            category: self.category,
            intensity: self.intensity,
            contribution: self.contribution,
            bands: self.bands,
            items: self.items,
            attachments: self.attachments,
            detections: self.detections,
            validity: self.validity,
            identifier: self.identifier,
            status: self.status,
            issued: self.issued,
            analysis_seconds: self.analysis_seconds,
            unknown_fields: self.unknown_fields,
        }
    }
}

/// Returns the error of a report that lacks a requested scale.
pub(crate) fn without(code: &ScoringSystemCode) -> BrokenContract {
    BrokenContract(format!("the response has no score for the scale `{code}`").into())
}

pub(crate) fn read_media(
    media: Option<types::EvolutionMedia>,
) -> (BTreeMap<String, OutputImage>, Vec<Detection>) {
    let types::EvolutionMedia { attachment, detection, .. } = media.unwrap_or_default();
    let images = attachment.into_iter().flatten().map(|(code, image)| (code, image.into_report())).collect();
    (images, detection.into_iter().flatten().map(Detection::from_wire).collect())
}

impl<S> fmt::Debug for SeverityScore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeverityScore")
            .field("scale", &self.scale)
            .field("items", &self.items.len())
            .field("attachments", &self.attachments.len())
            .field("detections", &self.detections.len())
            .field("validity", &self.validity)
            .finish_non_exhaustive()
    }
}

/// One item of a score: a given answer, or a finding of the device.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ItemScore {
    /// A grade, a count, a percentage, or whether something is present; depending on the item.
    pub value: AnswerValue,
    /// The device's name for the value, if it sent one.
    pub interpretation: Option<String>,
    /// The question or sign.
    pub code: Concept,
    /// Further measurements, by code, such as `aiConfidence` (percent) or `whealsCount`.
    #[serde(default)]
    pub measurements: BTreeMap<String, Measurement>,
}

structure_only!(ItemScore);

impl FromWire<types::EvolutionItem> for ItemScore {
    fn from_wire(wire: types::EvolutionItem) -> Self {
        let measurements = wire.additional_data.into_iter().flatten();
        Self {
            value: wire.value,
            interpretation: wire.interpretation,
            code: wire.code.into_report(),
            measurements: measurements.map(|(code, measurement)| (code, measurement.into_report())).collect(),
        }
    }
}

/// Something that the device found in an image, such as a nodule.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Detection {
    /// The confidence of the device, above 0; whether in percent or as a fraction is not documented.
    pub confidence: f64,
    /// The kind of finding.
    pub code: Concept,
    /// The place of the finding.
    #[serde(rename = "box")]
    pub bounds: BoundingBox,
}

/// Two opposite corners, in pixels of the image that was sent.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BoundingBox {
    /// First corner, from the left.
    pub x1: f64,
    /// First corner, from the top.
    pub y1: f64,
    /// Second corner, from the left.
    pub x2: f64,
    /// Second corner, from the top.
    pub y2: f64,
}

structure_only!(Detection, BoundingBox);

impl FromWire<types::Detection> for Detection {
    fn from_wire(wire: types::Detection) -> Self {
        let types::BoundingBox { x1, y1, x2, y2, .. } = wire.box_;
        Self {
            confidence: wire.confidence,
            code: wire.code.into_report(),
            bounds: BoundingBox { x1, y1, x2, y2 },
        }
    }
}

/// The members of a document that every score of it has, since each can be stored alone.
pub(crate) struct Document {
    pub(crate) validity: Option<Validity>,
    pub(crate) identifier: Option<String>,
    pub(crate) status: String,
    pub(crate) issued: IssueTime,
    pub(crate) analysis_seconds: f64,
    pub(crate) unknown_fields: Map<String, Value>,
}

/// Builds the [`Document`] of a generated report. The reports are distinct types with the same fields.
macro_rules! document_of {
    ($report:ident) => {
        $crate::report::severity_score::Document {
            validity: $report.media_validity.map($crate::report::IntoReport::into_report),
            identifier: $report.identifier.map(|identifier| identifier.value),
            status: $report.status,
            issued: $report.issued,
            analysis_seconds: $report.analysis_duration,
            unknown_fields: $report.unknown_fields,
        }
    };
}

pub(crate) use document_of;

impl Document {
    /// Returns the document of a score that no device computed.
    fn by_hand() -> Self {
        Self {
            validity: None,
            identifier: None,
            status: "preliminary".to_owned(),
            issued: IssueTime::new(""),
            analysis_seconds: 0.0,
            unknown_fields: Map::new(),
        }
    }
}

/// The scale of a score: its code, and its type if it has one. In JSON it is the code.
pub struct ScaleOf<S> {
    code: ScoringSystemCode,
    sheet: PhantomData<fn() -> S>,
}

impl<S> ScaleOf<S> {
    /// Returns the key of the scale in requests and reports.
    pub fn code(&self) -> &ScoringSystemCode {
        &self.code
    }

    fn coded(code: ScoringSystemCode) -> Self {
        Self { code, sheet: PhantomData }
    }

    fn of<T>(self) -> ScaleOf<T> {
        ScaleOf::coded(self.code)
    }
}

impl<S> Clone for ScaleOf<S> {
    fn clone(&self) -> Self {
        Self::coded(self.code.clone())
    }
}

impl<S> PartialEq for ScaleOf<S> {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl<S> Serialize for ScaleOf<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        self.code.serialize(serializer)
    }
}

impl<'de, S: ScaleTag> Deserialize<'de> for ScaleOf<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = ScoringSystemCode::deserialize(deserializer)?;
        if S::has_code(&code) {
            Ok(Self::coded(code))
        } else {
            Err(de::Error::custom("this is a score of another scale"))
        }
    }
}

#[cfg(feature = "schemars")]
impl<S: ScaleTag> schemars::JsonSchema for ScaleOf<S> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ScaleOf".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    /// Returns the schema of the one code of the scale, or of all codes.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut codes = ScoringSystemCode::KNOWN.iter().filter(|code| S::has_code(code));
        match (codes.next(), codes.next()) {
            (Some(code), None) => schemars::json_schema!({"type": "string", "const": code.as_str()}),
            _ => generator.subschema_for::<ScoringSystemCode>(),
        }
    }
}

impl<S> fmt::Debug for ScaleOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_scales_are_not_equal() {
        let [one, other] =
            [0, 1].map(|index| ScaleOf::<AnyScale>::coded(ScoringSystemCode::KNOWN[index].clone()));
        assert_ne!(one, other);
        assert_eq!(one, one.clone());
    }
}
