//! Builders of response documents.

use crate::device::{base64, png};
use serde_json::{Value, json};

pub(crate) fn concept(code: &str, text: &str) -> Value {
    json!({"text": text, "coding": [
        {"code": code, "display": null, "system": null, "systemDisplay": "Legit.Health", "version": null},
    ]})
}

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

pub(crate) fn validity() -> Value {
    json!({
        "quality": {"acceptable": true, "score": 84.2, "interpretation": "Excellent"},
        "domain": {"isDermatological": true, "additionalData": {
            "aiConfidence": {"value": 99.1, "code": concept("aiConfidence", "confidence")},
        }},
        "modality": {"value": "Clinical", "additionalData": null},
        "isValid": true,
    })
}

/// A score of an image, with every member of the contract.
pub(crate) fn image_score() -> Value {
    json!({
        "score": {
            "value": 7.2,
            "interpretation": {"category": "Severe", "intensity": 3},
            "additionalData": {"globalScoreContribution": {
                "value": 7.25, "code": concept("globalScoreContribution", "Contribution"),
            }},
        },
        "item": {
            "surface": {
                "code": concept("surface", "Surface area score"), "value": 4, "interpretation": null,
                "additionalData": null,
            },
            "erythema": {
                "code": concept("erythema", "Erythema"), "value": 3, "interpretation": "Severe",
                "additionalData": {"aiConfidence": {"value": 81.7, "code": concept("aiConfidence", "Confidence")}},
            },
            "exudationSerous": {"code": concept("exudationSerous", "Serous"), "value": true},
        },
        "media": {
            "attachment": {"maskRaw": {
                "title": "Lesion mask raw", "contentType": "image/png", "data": base64(&png(9)),
                "height": 1, "width": 4, "colorModel": "RGB",
            }},
            "detection": [{
                "confidence": 91.5, "code": concept("nodule", "Nodule"),
                "box": {"x1": 1.0, "y1": 2.0, "x2": 3.5, "y2": 4.0},
            }],
        },
    })
}
