//! Whether an image can be used, in the device's own words.

use super::{Concept, structure_only};
use crate::report::wire::{FromWire, IntoReport};
use crate::{Modality, Percent};
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Whether an image can be used.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Validity {
    /// Good enough, and of skin.
    pub is_valid: bool,
    /// How good it is.
    pub quality: Quality,
    /// It shows skin.
    pub is_dermatological: bool,
    /// What kind of picture it is.
    pub modality: Modality,
    /// Further figures about whether it shows skin, by code, such as `aiConfidence` (percent).
    #[serde(default)]
    pub domain_measurements: BTreeMap<String, Measurement>,
    /// Further figures about the kind of picture, by code, such as `aiConfidenceClinical` (percent).
    #[serde(default)]
    pub modality_measurements: BTreeMap<String, Measurement>,
}

/// How good an image is.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Quality {
    /// Good enough, by the device's threshold.
    pub acceptable: bool,
    /// 0 to 100 percent.
    pub score: Percent,
    /// The device's word for it: bad, poor, fair, good or excellent so far.
    pub interpretation: String,
}

/// A number with its meaning.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Measurement {
    /// Percent or a plain number; the code tells which.
    pub value: f64,
    /// What it measures.
    pub code: Concept,
    /// The device's word for it, if it has one.
    pub interpretation: Option<String>,
}

structure_only!(Quality, Measurement);

impl FromWire<types::MediaValidity> for Validity {
    fn from_wire(wire: types::MediaValidity) -> Self {
        Self {
            is_valid: wire.is_valid,
            quality: wire.quality.into_report(),
            is_dermatological: wire.domain.is_dermatological,
            modality: wire.modality.value,
            domain_measurements: figures(wire.domain.additional_data),
            modality_measurements: figures(wire.modality.additional_data),
        }
    }
}

fn figures(wire: Option<BTreeMap<String, types::Measurement>>) -> BTreeMap<String, Measurement> {
    wire.into_iter().flatten().map(|(code, figure)| (code, figure.into_report())).collect()
}

impl FromWire<types::QualityCheck> for Quality {
    fn from_wire(wire: types::QualityCheck) -> Self {
        Self { acceptable: wire.acceptable, score: wire.score, interpretation: wire.interpretation }
    }
}

impl FromWire<types::Measurement> for Measurement {
    fn from_wire(wire: types::Measurement) -> Self {
        Self { value: wire.value, code: wire.code.into_report(), interpretation: wire.interpretation }
    }
}

/// Whether a photograph is usable says nothing about its patient.
impl fmt::Debug for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validity").field("is_valid", &self.is_valid).finish_non_exhaustive()
    }
}
