//! The bodies of the server's responses, as the contract has them.

use super::images::Noise;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// Bytes of each image in a large response, before base64.
const OUTPUT_IMAGE: usize = 400_000;
/// Number of images in a large response, 2.7 MB in all.
pub(super) const OUTPUT_IMAGES: usize = 5;

/// A token that outlives the measurement.
pub(super) fn login() -> Value {
    json!({"access_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2luaw", "token_type": "Access token", "expires_in_minutes": "60"})
}

/// The report of diagnosis support for one image, with this number of heat maps.
pub(super) fn diagnosis_support(heat_maps: usize) -> Value {
    let indicators = json!({
        "hasCondition": 97.3, "pigmentedLesion": 2.1, "malignancy": 0.6, "urgentReferral": 1.4, "highPriorityReferral": 12.8,
    });
    let conclusion = |rank: usize| {
        let heat_map = (rank < heat_maps).then(|| json!({"heatMap": output_image(rank)}));
        json!({
            "probability": 70.0 - 13.0 * rank as f64,
            "code": {"text": format!("Condition {rank}"), "coding": null},
            "explainability": heat_map,
        })
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
            "conclusion": (0..5).map(conclusion).collect::<Vec<_>>(),
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

/// The report of the score of the whole body, with this number of masks.
pub(super) fn global_severity(masks: usize) -> Value {
    let masks: Map<String, Value> =
        (0..masks).map(|number| (format!("mask{number}"), output_image(number))).collect();
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
                "media": {"attachment": masks, "detection": null},
            }},
            "media": null,
        }},
    })
}

/// Noise after the signature of a PNG.
fn output_image(number: usize) -> Value {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut noise = Noise::new(number as u64);
    while bytes.len() < OUTPUT_IMAGE {
        bytes.extend(noise.next());
    }
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
        for images in [0, OUTPUT_IMAGES] {
            let text = diagnosis_support(images).to_string();
            let report: types::DiagnosisSupportReport = serde_json::from_str(&text).unwrap();
            let conclusion = report.imaging_analysis[0].conclusion.as_ref().unwrap();
            let maps = conclusion.iter().filter_map(|conclusion| conclusion.explainability.as_ref());
            let lengths: Vec<usize> =
                maps.map(|map| map.heat_map.data.bytes().map_or(0, |bytes| bytes.len())).collect();
            assert_eq!((conclusion.len(), lengths), (5, vec![OUTPUT_IMAGE; images]));
            let global: types::GlobalSeverityReport =
                serde_json::from_str(&global_severity(images).to_string()).unwrap();
            assert!(global.unknown_fields.is_empty() && report.unknown_fields.is_empty());
        }
        let length = diagnosis_support(OUTPUT_IMAGES).to_string().len();
        assert!((2_650_000..2_750_000).contains(&length), "{length}");
        serde_json::from_value::<types::AccessToken>(login()).unwrap();
    }
}
