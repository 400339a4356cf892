//! The sink's answers. A test holds them against what the client reads.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::photograph::Noise;

/// Bytes of one heat map in a large answer, before base64.
pub const HEAT_MAP: usize = 400_000;

/// How much an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Findings, and no picture.
    Small,
    /// Five pictures: 2.7 MB.
    Full,
}

impl Size {
    fn pictures(self) -> usize {
        match self {
            Self::Small => 0,
            Self::Full => 5,
        }
    }
}

/// A token that outlives the measurement.
pub fn login() -> Value {
    json!({"access_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2luaw", "token_type": "Access token", "expires_in_minutes": "60"})
}

/// What diagnosis support answers to one image.
pub fn diagnosis_support(size: Size) -> Value {
    let indicators = json!({
        "hasCondition": 97.3, "pigmentedLesion": 2.1, "malignancy": 0.6, "urgentReferral": 1.4, "highPriorityReferral": 12.8,
    });
    let found = |rank: usize| {
        let mut found = json!({
            "probability": 70.0 - 13.0 * rank as f64,
            "code": {"text": format!("Condition {rank}"), "coding": null},
            "explainability": null,
        });
        if rank < size.pictures() {
            found["explainability"] = json!({"heatMap": picture(rank)});
        }
        found
    };
    json!({
        "resourceType": "DiagnosticReport",
        "identifier": {"use": "official", "value": "0d8a5f3b-7c1e-4a90-8b25-9e6f7a8b9c0d"},
        "status": "preliminary",
        "issued": "2026-03-02T10:15:30.123456",
        "analysisDuration": 1.21,
        "clinicalIndicator": indicators,
        "performanceIndicator": {"sensitivity": 82.5, "specificity": 96.9, "entropy": 21.4},
        "conclusion": [{"probability": 70.0, "code": {"text": "Psoriasis", "coding": [{
            "code": "EA90", "display": "Psoriasis", "system": "https://icd.who.int/browse/2025-01/mms/en",
            "systemDisplay": "ICD-11", "version": "2025-01",
        }]}}],
        "imagingAnalysis": [{
            "conclusion": (0..5).map(found).collect::<Vec<_>>(),
            "mediaValidity": {
                "quality": {"acceptable": true, "score": 84.2, "interpretation": "Excellent"},
                "domain": {"isDermatological": true, "additionalData": null},
                "modality": {"value": "Clinical"},
                "isValid": true,
            },
            "performanceIndicator": {"entropy": 21.4},
            "clinicalIndicator": indicators,
        }],
    })
}

/// What the whole-body score answers.
pub fn global_severity(size: Size) -> Value {
    let pictures: serde_json::Map<String, Value> =
        (0..size.pictures()).map(|number| (format!("mask{number}"), picture(number))).collect();
    json!({
        "resourceType": "DiagnosticReport",
        "identifier": {"use": "official", "value": "0d8a5f3b-7c1e-4a90-8b25-9e6f7a8b9c0d"},
        "status": "preliminary",
        "issued": "2026-03-02T10:15:30.123456",
        "analysisDuration": 0.25,
        "mediaValidity": null,
        "patientEvolution": {"avasi": {
            "score": {"value": 18.6, "interpretation": {"category": "Moderate", "intensity": 2}},
            "item": {"faceFront": {
                "score": {"value": 7.2, "interpretation": {"category": "Severe", "intensity": 3}},
                "media": {"attachment": pictures, "detection": null},
            }},
            "media": null,
        }},
    })
}

/// A PNG to those who do not look inside.
fn picture(number: usize) -> Value {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    Noise::new(number as u64).extend(&mut bytes, HEAT_MAP);
    json!({
        "title": "Heat map", "contentType": "image/png", "data": STANDARD.encode(bytes),
        "height": 640, "width": 480, "colorModel": "RGB",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use legit_health_api::device::types;

    #[test]
    fn they_are_what_the_contract_says() {
        for (size, pictures) in [(Size::Small, 0), (Size::Full, 5)] {
            let text = diagnosis_support(size).to_string();
            let report: types::DiagnosisSupportReport = serde_json::from_str(&text).unwrap();
            let found = report.imaging_analysis[0].conclusion.as_ref().unwrap();
            let maps = found.iter().filter_map(|found| found.explainability.as_ref());
            let lengths: Vec<usize> =
                maps.map(|map| map.heat_map.data.bytes().map_or(0, |bytes| bytes.len())).collect();
            assert_eq!((found.len(), lengths), (5, vec![HEAT_MAP; pictures]));
            let global: types::GlobalSeverityReport =
                serde_json::from_str(&global_severity(size).to_string()).unwrap();
            assert!(global.unknown_fields.is_empty() && report.unknown_fields.is_empty());
        }
        assert!((2_650_000..2_750_000).contains(&diagnosis_support(Size::Full).to_string().len()));
        serde_json::from_value::<types::AccessToken>(login()).unwrap();
    }
}
