//! The report of diagnosis support: ranked conditions, clinical indicators, and what each image shows.

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
    /// When the device wrote it, in its own words.
    pub issued: IssueTime,
    /// How long the analysis took.
    pub analysis_seconds: f64,
    /// What kind of report it is, in codes; empty if the device did not say.
    #[serde(default)]
    pub category: Vec<Concept>,
    /// What the report is about, in codes.
    #[serde(default)]
    pub code: Option<Concept>,
    /// Conditions, ranked, the likeliest first; empty if the device gave none.
    pub conclusions: Vec<Conclusion>,
    /// Clinical indicators of the case.
    pub indicators: ClinicalIndicators,
    /// How sure the device is.
    pub performance: Performance,
    /// One entry per image, in the order in which they were sent.
    pub images: Vec<ImageFindings>,
    /// What else the device sent: members that this version has no place for.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// A condition and how likely the device holds it to be.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Conclusion {
    /// 0 to 100 percent.
    pub probability: Percent,
    /// The condition.
    pub condition: Concept,
}

structure_only!(Conclusion);

impl DiagnosisSupport {
    /// Images that cannot be used, with their place among those that were sent, from 0.
    pub fn unusable_images(&self) -> impl Iterator<Item = (usize, &ImageFindings)> {
        self.images.iter().enumerate().filter(|(_, image)| !image.validity.is_valid)
    }

    /// True if a sandbox wrote this report: it is not about any patient.
    pub fn is_from_sandbox(&self) -> bool {
        self.unknown_fields.contains_key("sandbox")
    }

    /// A report on another number of images than was sent cannot be told apart by image, so none of it is used.
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

/// Clinical indicators, each from 0 to 100 percent. They are the device's; what follows from them is the reader's policy,
/// see [`TriagePolicy`](crate::triage::TriagePolicy).
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClinicalIndicators {
    /// There is a skin condition.
    pub has_condition: Percent,
    /// There is a pigmented lesion.
    pub pigmented_lesion: Percent,
    /// It is malignant.
    pub malignancy: Percent,
    /// It should be seen within 48 hours.
    pub urgent_referral: Percent,
    /// It should be seen within 15 days.
    pub high_priority_referral: Percent,
}

/// How sure the device is about a case.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Performance {
    /// Sensitivity, 0 to 100 percent.
    pub sensitivity: Percent,
    /// Specificity, 0 to 100 percent.
    pub specificity: Percent,
    /// Normalised entropy, 0 to 100 percent; low means sure.
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
