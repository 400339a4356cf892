//! Builders of response documents.

use serde_json::{Value, json};

/// A document with these scores.
pub(crate) fn document(evolution: Value) -> Value {
    json!({
        "resourceType": "DiagnosticReport",
        "identifier": {"use": "official", "value": "0d8a5f3b-7c1e-4a90-8b25-9e6f7a8b9c0d"},
        "status": "preliminary",
        "issued": "2026-03-02T10:15:30.123456",
        "analysisDuration": 0.25,
        "mediaValidity": null,
        "patientEvolution": evolution,
    })
}

/// A score in the shape that the vendor's own client reads.
pub(crate) fn score(value: f64, category: &str, intensity: i64) -> Value {
    json!({
        "score": {"value": value, "interpretation": {"category": category, "intensity": intensity}},
        "item": null,
        "media": null,
    })
}
