//! Percentages about a case or an image.

use super::structure_only;
use crate::Percent;
use crate::report::wire::FromWire;
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};

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
