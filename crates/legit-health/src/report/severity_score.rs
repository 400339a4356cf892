//! The score of one scale, its items and findings, and which scale it is of.

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
    /// Which scale this is a score of.
    pub scale: ScaleOf<S>,
    /// The score, in points of its scale.
    pub value: f64,
    /// The device's word for it, such as `Moderate`.
    pub category: Option<String>,
    /// The device's grade.
    pub intensity: Option<Intensity>,
    /// What this body zone contributes to the score of the whole body.
    pub contribution: Option<Measurement>,
    /// The ranges that the device sent for its words; empty if it sent none.
    #[serde(default)]
    pub bands: Vec<Band>,
    /// Items by code: what was answered, or what the device saw. Empty if the device gave none.
    #[serde(default)]
    pub items: BTreeMap<String, ItemScore>,
    /// Masks, overlays and the like, by code, such as `segmentation`.
    #[serde(default)]
    pub attachments: BTreeMap<String, OutputImage>,
    /// What was found in the image, with its place.
    #[serde(default)]
    pub detections: Vec<Detection>,
    /// Whether the image can be used; nothing without an image.
    pub validity: Option<Validity>,
    /// The device's identifier for the report.
    pub identifier: Option<String>,
    /// `preliminary` so far: no professional has confirmed it.
    pub status: String,
    /// When the device wrote it, in its own words.
    pub issued: IssueTime,
    /// How long the analysis took.
    pub analysis_seconds: f64,
    /// What else the device sent: members of the document that this version has no place for.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

impl<S: Scale> SeverityScore<S> {
    /// Builds a score with nothing but its value, for a test of your own:
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
    /// Like [`new`](Self::new), for a scale that is known by its code only.
    pub fn any(code: &str, value: f64) -> Self {
        let score = Score { value, category: None, intensity: None, contribution: None, bands: Vec::new() };
        Self::assemble(code.into(), score, None, &Document::by_hand())
    }

    /// All of `codes`, in this order. A document without one of them breaks the contract.
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

    /// Everything but the items, which the calls have different ones of.
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
    /// True if a sandbox wrote this: it is not about any patient.
    pub fn is_from_sandbox(&self) -> bool {
        self.unknown_fields.contains_key("sandbox")
    }

    /// The same score, as one of the scale that was asked for under this code.
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

/// A report without a scale that was asked for.
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

/// One item of a score: an answer as it was given, or what the device saw.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ItemScore {
    /// A grade, a count, a percentage, or whether something is present; the item says which.
    pub value: AnswerValue,
    /// The device's word for the value, if it has one.
    pub interpretation: Option<String>,
    /// What was asked or looked for.
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
    /// How sure the device is, above 0; whether in percent or as a fraction is not documented.
    pub confidence: f64,
    /// What it is.
    pub code: Concept,
    /// Where it is.
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

/// The document around the scores. Each score carries it, since each can be stored alone.
pub(crate) struct Document {
    pub(crate) validity: Option<Validity>,
    pub(crate) identifier: Option<String>,
    pub(crate) status: String,
    pub(crate) issued: IssueTime,
    pub(crate) analysis_seconds: f64,
    pub(crate) unknown_fields: Map<String, Value>,
}

/// The contract writes the same members down for each kind of report, so they are types of their own with the same fields.
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
    /// For a score that no device made.
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

/// Which scale a score is of: its code, and its type if it has one. In JSON it is the code.
pub struct ScaleOf<S> {
    code: ScoringSystemCode,
    sheet: PhantomData<fn() -> S>,
}

impl<S> ScaleOf<S> {
    /// The key of the scale in requests and reports.
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

    /// The one code that it goes by, or the list of all.
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
