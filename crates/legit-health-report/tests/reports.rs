//! Stored reports that several tests make pages of.
#![allow(dead_code, clippy::unwrap_used)] // Each test uses some of them; in a test, to unwrap is the assertion.

use legit_health::Image;
use legit_health::calls::Sha256Digest;
use legit_health_report::{Document, Page, Photograph};
use legit_health_sandbox::samples;
use serde_json::{Value, json};

pub(crate) fn page(documents: &[Value]) -> String {
    page_with(documents, &[])
}

pub(crate) fn page_with(documents: &[Value], photographs: &[Photograph]) -> String {
    let documents: Vec<Document> =
        documents.iter().map(|document| Document::read(&document.to_string()).unwrap()).collect();
    Page::new(&documents).with_photographs(photographs).to_html()
}

/// The text between tags, with blanks folded.
pub(crate) fn text(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let mut text = String::new();
    let mut is_tag = false;
    for c in body.chars() {
        match c {
            '<' => is_tag = true,
            '>' => (is_tag, _) = (false, text.push(' ')),
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.replace('\u{A0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn sample() -> Vec<u8> {
    samples::all()[0].bytes.clone()
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256Digest::of(bytes).to_string()
}

pub(crate) fn clean() -> Vec<u8> {
    Image::from_bytes(sample()).unwrap().read().unwrap()
}

pub(crate) fn heat_map() -> Value {
    json!({"title": "Heat map", "contentType": "image/jpeg", "data": "/9j/AAAA", "width": 640, "height": 480, "colorModel": "RGB"})
}

pub(crate) fn support() -> Value {
    let indicators = json!({"hasCondition": 97.3, "pigmentedLesion": 0.2, "malignancy": 61, "urgentReferral": 1.4,
        "highPriorityReferral": 12.8});
    let concept = json!({"text": "Psoriasis", "coding": [{"code": "EA90", "systemDisplay": "ICD-11", "display": null}]});
    json!({
        "resourceType": "DiagnosticReport", "status": "preliminary", "issued": "2026-03-02T10:15:30", "analysisDuration": 1.5,
        "identifier": {"use": "official", "value": "5b0c8f0e"}, "category": null, "code": null,
        "clinicalIndicator": indicators,
        "performanceIndicator": {"sensitivity": 91.0, "specificity": 88.0, "entropy": 21.4},
        "conclusion": [{"probability": 78.4, "code": concept}],
        "imagingAnalysis": [{
            "conclusion": [{"probability": 78.4, "code": concept, "explainability": {"heatMap": heat_map()}}],
            "mediaValidity": {
                "quality": {"acceptable": true, "score": 83.0, "interpretation": "Excellent"},
                "domain": {"isDermatological": true, "additionalData": null},
                "modality": {"value": "Clinical", "additionalData": null},
                "isValid": true,
            },
            "performanceIndicator": {"entropy": 21.4}, "clinicalIndicator": indicators,
        }],
        "newMember": {"text": "NEEDLE"},
        "request": {
            "operation": "diagnosis_support", "scale": null, "bodySite": null, "condition": null, "reference": "P-0042",
            "sentAt": "2026-03-02T10:15:29.123Z", "requestId": "r-17", "images": [{"sha256": digest(&clean())}],
            "device": {"version": "2.0.0", "udi": "(01)08437024"},
            "thresholds": {"urgentReferral": 50.0, "malignancy": 20.0, "highPriorityReferral": 50.0},
        },
    })
}

pub(crate) fn score(date: &str, value: f64) -> Value {
    json!({
        "resourceType": "DiagnosticReport", "status": "preliminary", "issued": "2020-01-01T00:00:00", "analysisDuration": 1.5,
        "mediaValidity": null,
        "patientEvolution": {
            "pasi": {
                "score": {"value": value, "interpretation": {"category": "Moderate", "intensity": 2}},
                "item": {
                    "erythema": {"code": {"text": "Redness"}, "value": 3, "interpretation": "marked", "additionalData": {
                        "aiConfidence": {"value": 88.5, "code": {"text": "Confidence of the AI model"}}}},
                    "surface": {"code": {"text": "Area"}, "value": 2},
                },
                "media": null,
            },
            "dlqi": null,
        },
        "request": {
            "operation": "severity_manual", "scale": "pasi", "bodySite": "armLeft", "condition": "psoriasis",
            "sentAt": format!("{date}T09:30:00.125Z"), "reference": "P-0042", "images": [], "device": {"version": "2.0.0", "udi": null},
        },
    })
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}
