//! The report of diagnosis support: ranked conditions, clinical indicators, and the findings of each image.

use crate::Percent;
use crate::reply::BrokenContract;
use crate::report::{Concept, FromWire, IntoReport, IssueTime, OutputImage, Validity, structure_only};
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// Conditions ranked from one to three images of a case. It supports, and does not replace, a qualified healthcare
/// professional.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiagnosisSupport {
    /// The device's identifier for this report.
    pub identifier: Option<String>,
    /// `preliminary` so far: no professional has confirmed it.
    pub status: String,
    /// When the device wrote it, as the device sent it.
    pub issued: IssueTime,
    /// The duration of the analysis, in seconds.
    pub analysis_seconds: f64,
    /// The kind of report, in codes; empty if the device sent none.
    #[serde(default)]
    pub category: Vec<Concept>,
    /// The subject of the report, in codes.
    #[serde(default)]
    pub code: Option<Concept>,
    /// Ranked conditions, the likeliest first; empty if the device sent none.
    pub conclusions: Vec<Conclusion>,
    /// Clinical indicators of the case.
    pub indicators: ClinicalIndicators,
    /// The certainty of the device.
    pub performance: Performance,
    /// One entry per image, in the order in which they were sent.
    pub images: Vec<ImageFindings>,
    /// Members that this version does not know.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// A condition and its probability.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Conclusion {
    /// The probability of the condition, 0 to 100 percent.
    pub probability: Percent,
    /// The condition.
    pub condition: Concept,
}

structure_only!(Conclusion);

impl DiagnosisSupport {
    /// Returns the unusable images, with their place among those that were sent, from 0.
    pub fn unusable_images(&self) -> impl Iterator<Item = (usize, &ImageFindings)> {
        self.images.iter().enumerate().filter(|(_, image)| !image.validity.is_valid)
    }

    /// Returns true if a sandbox wrote this report: it is not about any patient.
    pub fn is_from_sandbox(&self) -> bool {
        self.unknown_fields.contains_key("sandbox")
    }

    /// Reads a report. One on another number of images than was sent is rejected: its findings cannot be assigned.
    pub(crate) fn read(wire: types::DiagnosisSupportReport, sent: usize) -> Result<Self, BrokenContract> {
        if wire.imaging_analysis.len() != sent {
            return Err(BrokenContract("the response does not report on as many images as were sent".into()));
        }
        Ok(Self {
            identifier: wire.identifier.map(|identifier| identifier.value),
            status: wire.status,
            issued: wire.issued,
            analysis_seconds: wire.analysis_duration,
            category: wire.category.into_iter().flatten().map(Concept::from_wire).collect(),
            code: wire.code.map(Concept::from_wire),
            conclusions: wire.conclusion.into_iter().flatten().map(Conclusion::from_wire).collect(),
            indicators: wire.clinical_indicator.into_report(),
            performance: wire.performance_indicator.into_report(),
            images: wire.imaging_analysis.into_iter().map(ImageFindings::from_wire).collect(),
            unknown_fields: wire.unknown_fields,
        })
    }
}

impl FromWire<types::Conclusion> for Conclusion {
    fn from_wire(wire: types::Conclusion) -> Self {
        Self { probability: wire.probability, condition: wire.code.into_report() }
    }
}

impl fmt::Debug for DiagnosisSupport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiagnosisSupport")
            .field("conclusions", &self.conclusions.len())
            .field("images", &self.images)
            .finish_non_exhaustive()
    }
}

/// The findings of one image.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageFindings {
    /// Whether the image can be used. If not, the other findings are present but meaningless.
    pub validity: Validity,
    /// Ranked conditions, the likeliest first; empty if the device sent none.
    pub conclusions: Vec<ImageConclusion>,
    /// Clinical indicators from this image alone.
    pub indicators: ClinicalIndicators,
    /// Normalised entropy, 0 to 100 percent; low means certain.
    pub entropy: Percent,
}

/// A condition, ranked by what one image shows.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageConclusion {
    /// The probability of the condition, 0 to 100 percent.
    pub probability: Percent,
    /// The condition.
    pub condition: Concept,
    /// A heat map of the evidence; sent for the first few conditions.
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

/// Clinical indicators of the device, each from 0 to 100 percent. What follows from them is the reader's policy,
/// see [`TriagePolicy`](crate::triage::TriagePolicy).
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClinicalIndicators {
    /// How likely it is that a skin condition is present.
    pub has_condition: Percent,
    /// How likely it is that a pigmented lesion is present.
    pub pigmented_lesion: Percent,
    /// How likely it is that the lesion is malignant.
    pub malignancy: Percent,
    /// How likely it is that the patient should be seen within 48 hours.
    pub urgent_referral: Percent,
    /// How likely it is that the patient should be seen within 15 days.
    pub high_priority_referral: Percent,
}

/// The certainty of the device about a case.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Performance {
    /// Sensitivity, 0 to 100 percent.
    pub sensitivity: Percent,
    /// Specificity, 0 to 100 percent.
    pub specificity: Percent,
    /// Normalised entropy, 0 to 100 percent; low means certain.
    pub entropy: Percent,
}

structure_only!(ClinicalIndicators, Performance);

impl FromWire<types::ClinicalIndicator> for ClinicalIndicators {
    fn from_wire(wire: types::ClinicalIndicator) -> Self {
        Self {
            has_condition: wire.has_condition,
            pigmented_lesion: wire.pigmented_lesion,
            malignancy: wire.malignancy,
            urgent_referral: wire.urgent_referral,
            high_priority_referral: wire.high_priority_referral,
        }
    }
}

impl FromWire<types::PerformanceIndicator> for Performance {
    fn from_wire(wire: types::PerformanceIndicator) -> Self {
        Self { sensitivity: wire.sensitivity, specificity: wire.specificity, entropy: wire.entropy }
    }
}
