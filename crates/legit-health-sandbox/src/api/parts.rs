//! Parts that several documents have in common.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::pixels::{Jpeg, Measured};

/// What was measured in an image.
pub(super) fn media_validity(measured: &Measured) -> Value {
    let Measured { quality, skin, modality } = measured;
    let confidence =
        figure("aiConfidence", "AI model confidence in the image being dermatological", skin.confidence());
    let clinical = figure(
        "aiConfidenceClinical",
        "AI model confidence in identifying the image's modality as clinical",
        modality.clinical,
    );
    let dermoscopic = figure(
        "aiConfidenceDermoscopic",
        "AI model confidence in identifying the image's modality as dermoscopic",
        modality.dermoscopic,
    );
    json!({
        "quality": {
            "acceptable": quality.acceptable(),
            "score": quality.score,
            "interpretation": quality.interpretation(),
        },
        "domain": {
            "isDermatological": skin.is_plausible(),
            "additionalData": {"aiConfidence": confidence},
        },
        "modality": {
            "value": modality.name,
            "additionalData": {"aiConfidenceClinical": clinical, "aiConfidenceDermoscopic": dermoscopic},
        },
        "isValid": measured.is_valid(),
    })
}

/// A number with its meaning.
pub(super) fn figure(code: &str, text: &str, value: f64) -> Value {
    json!({"value": number(value), "code": concept(code, text)})
}

/// A concept of the vendor's own system, in words of its tests or of ours.
pub(super) fn concept(code: &str, text: &str) -> Value {
    let coding = json!({"code": code, "display": null, "system": null, "systemDisplay": "Legit.Health", "version": null});
    json!({"text": text, "coding": [coding]})
}

/// An image in an answer.
pub(super) fn picture(title: &str, jpeg: &Jpeg) -> Value {
    json!({
        "title": title,
        "contentType": "image/jpeg",
        "data": STANDARD.encode(&jpeg.bytes),
        "height": jpeg.height,
        "width": jpeg.width,
        "colorModel": "RGB",
    })
}

/// A whole number is written without a fraction.
pub(super) fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT { json!(value as i64) } else { json!(value) }
}
