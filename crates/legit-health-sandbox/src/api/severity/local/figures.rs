//! The figures beside an item.

use legit_health_scoring::{Intermediate, Score};
use serde_json::{Value, json};

use super::layout::Layout;
use crate::api::parts::figure;
use crate::scenario::{Found, Kind};

/// `additionalData` of an item; null where it has none.
pub(super) fn of_item(layout: &Layout, item: &str, found: Option<&Found>, outcome: &Score) -> Value {
    let named = |code: &str, text: &str, value: f64| json!({code: figure(code, text, value)});
    match found.map(|found| &found.kind) {
        Some(Kind::Grade { confidence }) => {
            named("aiConfidence", "Confidence of the AI model on prediction", *confidence)
        }
        Some(Kind::Presence { probability }) => {
            named("presenceProbability", "Probability of being present", *probability)
        }
        Some(Kind::Count { number, density }) => match layout.counted {
            Some((code, text)) => named(code, text, (*number).into()),
            None if item == "acne" => {
                let mut named = named("acneDensity", "Acne density score", *density);
                named["acneDensity"]["interpretation"] = json!(level(*density));
                named
            }
            None => Value::Null,
        },
        Some(Kind::Percent) => Value::Null,
        None => match outcome.intermediate(Intermediate::BodySurface).filter(|_| item == "surface") {
            Some(percent) => {
                named("surfaceAreaOverBsa", "Affected surface in percent of the surface of the body", percent)
            }
            None => Value::Null,
        },
    }
}

/// The vendor's tests know "Very low"; the other words and all limits are ours.
fn level(percent: f64) -> &'static str {
    match percent {
        percent if percent < 20.0 => "Very low",
        percent if percent < 40.0 => "Low",
        percent if percent < 60.0 => "Moderate",
        percent if percent < 80.0 => "High",
        _ => "Very high",
    }
}
