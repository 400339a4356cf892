//! What was found in one image.

use super::{ClinicalIndicators, Concept, OutputImage, Validity, structure_only};
use crate::Percent;
use crate::report::wire::{FromWire, IntoReport};
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was found in one image.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageFindings {
    /// Whether the image can be used. If not, the other findings are there all the same and mean nothing.
    pub validity: Validity,
    /// Conditions, ranked, the likeliest first; empty if the device gave none.
    pub conclusions: Vec<ImageConclusion>,
    /// Clinical indicators from this image alone.
    pub indicators: ClinicalIndicators,
    /// Normalised entropy, 0 to 100 percent; low means sure.
    pub entropy: Percent,
}

/// A condition, ranked by what one image shows.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageConclusion {
    /// 0 to 100 percent.
    pub probability: Percent,
    /// The condition.
    pub condition: Concept,
    /// Where the device looked; given for the first few.
    pub heat_map: Option<OutputImage>,
}

structure_only!(ImageConclusion);

impl FromWire<types::ImagingAnalysis> for ImageFindings {
    fn from_wire(wire: types::ImagingAnalysis) -> Self {
        Self {
            validity: wire.media_validity.into_report(),
            conclusions: wire.conclusion.into_iter().flatten().map(ImageConclusion::from_wire).collect(),
            indicators: wire.clinical_indicator.into_report(),
            entropy: wire.performance_indicator.entropy,
        }
    }
}

impl FromWire<types::ImageConclusion> for ImageConclusion {
    fn from_wire(wire: types::ImageConclusion) -> Self {
        Self {
            probability: wire.probability,
            condition: wire.code.into_report(),
            heat_map: wire.explainability.map(|explainability| explainability.heat_map.into_report()),
        }
    }
}

impl fmt::Debug for ImageFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageFindings")
            .field("validity", &self.validity)
            .field("conclusions", &self.conclusions.len())
            .finish_non_exhaustive()
    }
}
