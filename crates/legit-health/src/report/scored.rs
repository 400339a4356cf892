//! The result of a severity assessment.

mod detection;
mod document;
mod item;
mod scale_of;
mod score;

pub use detection::{BoundingBox, Detection};
pub(crate) use document::{Document, document_of};
pub use item::ItemScore;
pub use legit_health_api::scale::ScaleTag;
pub use scale_of::ScaleOf;
pub use score::{Band, Score};

use super::{Measurement, OutputImage, Validity};
use crate::reply::BrokenContract;
use crate::report::wire::{FromWire, IntoReport};
use crate::scale::AnyScale;
use crate::scale::Scale;
use crate::{Intensity, IssueTime, ScoringSystemCode};
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

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
    /// use legit_health::{Intensity, SeverityScore, scale::Pure4};
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

    /// All of `codes`, in this order. A document without one of them answers another question.
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
    BrokenContract(format!("the answer has no score for the scale `{code}`").into())
}

pub(crate) fn read_media(
    media: Option<types::EvolutionMedia>,
) -> (BTreeMap<String, OutputImage>, Vec<Detection>) {
    let types::EvolutionMedia { attachment, detection, .. } = media.unwrap_or_default();
    let pictures =
        attachment.into_iter().flatten().map(|(code, picture)| (code, picture.into_report())).collect();
    (pictures, detection.into_iter().flatten().map(Detection::from_wire).collect())
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
