//! Edge cases of a scenario that concern a whole document: nulls, and codes that no client can know.

use serde_json::Value;

use crate::contract::device;
use crate::scenarios::{EdgeCase, Scenario};

/// Values of open lists that the contract does not name.
const UNKNOWN_MODALITY: &str = "Sandbox modality";
const UNKNOWN_INTENSITY: u8 = 7;

/// Changes a report by the edge case that the scenario of any of its images names. `schema` is that of the report.
pub(super) fn apply<'a>(
    report: &mut Value,
    schema: &str,
    scenarios: impl IntoIterator<Item = &'a Option<Scenario>>,
) {
    for edge_case in scenarios.into_iter().flatten().filter_map(Scenario::edge_case) {
        match edge_case {
            EdgeCase::Nulls => return device().set_nulls(schema, report),
            EdgeCase::UnknownCodes => return set_unknown_codes(report),
            EdgeCase::NothingFound
            | EdgeCase::NotSkin
            | EdgeCase::PoorQuality
            | EdgeCase::LastImageUnusable => {}
        }
    }
}

fn set_unknown_codes(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                match name.as_str() {
                    "modality" => inner["value"] = UNKNOWN_MODALITY.into(),
                    "intensity" => *inner = UNKNOWN_INTENSITY.into(),
                    _ => set_unknown_codes(inner),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(set_unknown_codes),
        _ => {}
    }
}
