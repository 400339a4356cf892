//! The result of a severity assessment of the whole body.

use super::severity_score::{document_of, read_media, without};
use super::{Detection, OutputImage, Score, SeverityScore, Validity};
use crate::codes::{GlobalView, ScoringSystemCode};
use crate::reply::BrokenContract;
use crate::report::{FromWire, IntoReport};
use crate::scale::AnyScale;
use crate::views::View;
use legit_health_api::device::types;
use legit_health_api::scale::ScaleTag;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The score of a whole body, and the findings of its views. It supports, and does not replace, a qualified healthcare
/// professional.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(bound = "S: ScaleTag"))]
#[serde(rename_all = "camelCase", bound(serialize = "", deserialize = "S: ScaleTag"))]
#[non_exhaustive]
pub struct GlobalSeverityScore<S> {
    /// The score over all views that were sent. It has no items; see `views` instead.
    pub whole: SeverityScore<S>,
    /// The views that were sent, which the score covers. Fewer than seventeen are not a whole body.
    pub covered: BTreeSet<GlobalView>,
    /// The findings of single views; empty if the device sent none.
    #[serde(default)]
    pub views: BTreeMap<GlobalView, ViewFindings>,
}

/// The findings of one view.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ViewFindings {
    /// Whether the image can be used, if the device sent it.
    pub validity: Option<Validity>,
    /// The score of this view, if the device gave one.
    pub score: Option<Score>,
    /// Masks, overlays and similar images, by code.
    #[serde(default)]
    pub attachments: BTreeMap<String, OutputImage>,
    /// The detections in the image, with their places.
    #[serde(default)]
    pub detections: Vec<Detection>,
    /// Members about this view that this version does not know.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

impl<S> GlobalSeverityScore<S> {
    /// Returns the findings of this view.
    pub fn view(&self, view: View) -> Option<&ViewFindings> {
        self.views.get(&view.into())
    }

    /// Returns true if not all of the seventeen views were sent, so the score does not cover the whole body.
    pub fn is_partial(&self) -> bool {
        !View::ALL.into_iter().all(|view| self.covered.contains(&view.into()))
    }

    /// Returns the views whose image cannot be used.
    pub fn unusable_views(&self) -> impl Iterator<Item = (&GlobalView, &ViewFindings)> {
        let unusable =
            |findings: &ViewFindings| findings.validity.as_ref().is_some_and(|said| !said.is_valid);
        self.views.iter().filter(move |(_, findings)| unusable(findings))
    }

    /// Returns true if a sandbox wrote this score: it is not about any patient.
    pub fn is_from_sandbox(&self) -> bool {
        self.whole.is_from_sandbox()
    }

    pub(crate) fn read(
        wire: types::GlobalSeverityReport,
        code: &ScoringSystemCode,
        covered: BTreeSet<GlobalView>,
    ) -> Result<Self, BrokenContract> {
        let mut evolution = wire.patient_evolution;
        let found = evolution.remove(code).flatten().ok_or_else(|| without(code))?;
        let document = document_of!(wire);
        let whole = SeverityScore::<AnyScale>::assemble(
            code.clone(),
            found.score.into_report(),
            found.media,
            &document,
        );
        let views =
            found.item.into_iter().flatten().map(|(view, result)| (view, result.into_report())).collect();
        Ok(Self { whole: whole.of(), covered, views })
    }
}

impl FromWire<types::ViewResult> for ViewFindings {
    fn from_wire(wire: types::ViewResult) -> Self {
        let (attachments, detections) = read_media(wire.media);
        Self {
            validity: wire.media_validity.map(Validity::from_wire),
            score: wire.score.map(Score::from_wire),
            attachments,
            detections,
            unknown_fields: wire.unknown_fields,
        }
    }
}

impl<S> fmt::Debug for GlobalSeverityScore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GlobalSeverityScore")
            .field("whole", &self.whole)
            .field("covered", &self.covered.len())
            .field("views", &self.views.len())
            .finish()
    }
}

impl fmt::Debug for ViewFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewFindings").field("validity", &self.validity).finish_non_exhaustive()
    }
}
