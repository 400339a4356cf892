//! One item of a score.

use crate::report::wire::{FromWire, IntoReport};
use crate::report::{Concept, Measurement, structure_only};
use legit_health_api::device::types;
use legit_health_api::scalar::AnswerValue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
            measurements: measurements.map(|(code, figure)| (code, figure.into_report())).collect(),
        }
    }
}
