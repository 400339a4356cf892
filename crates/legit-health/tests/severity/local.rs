//! Scores of one image of one body site.

use crate::device::{Device, base64, image, png};
use crate::documents::{document, image_score, score, validity};
use legit_health::codes::Intensity;
use legit_health::report::AnswerValue;
use legit_health::scale::{Apasi, Asalt};
use legit_health::{BodySite, Delivery, Error, ErrorKind, SeverityScore, answer};
use serde_json::{Value, json};

const APASI: Apasi = Apasi { surface: answer!(2) };

fn device() -> Device {
    let mut document = document(json!({"apasi": image_score(), "asalt": score(7.0, "Moderate", 2)}));
    document["mediaValidity"] = validity();
    Device::responding(document)
}

#[tokio::test]
async fn the_request_is_that_of_the_guide_with_the_type_of_the_image() {
    let device = device();
    device.client().severity("psoriasis").at(BodySite::ArmLeft).local(image(7), APASI).await.unwrap();
    assert_eq!(device.seen()[0].uri, "https://device.example/v2.0/severity-assessment/automatic/local");
    assert_eq!(
        device.request(),
        json!({
            "payload": {"contentAttachment": {"data": base64(&png(7)), "contentType": "image/png"}},
            "bodySite": "armLeft",
            "knownCondition": {"conclusion": {"text": "psoriasis"}},
            "scoringSystem": {"apasi": {"questionnaireResponse": {"item": {"surface": 2}}}},
        })
    );
}

#[tokio::test]
async fn every_field_of_a_score_is_read() {
    let client = device().client();
    let site = client.severity("psoriasis").at(BodySite::ArmLeft);
    let (asalt, apasi) = site.local(image(1), (Asalt, APASI)).await.unwrap();
    assert_eq!((asalt.value, asalt.items.len(), asalt.attachments.len()), (7.0, 0, 0));

    assert_eq!(
        (apasi.value, apasi.category.as_deref(), apasi.intensity),
        (7.2, Some("Severe"), Some(Intensity::High))
    );
    let contribution = apasi.contribution.as_ref().unwrap();
    assert_eq!((contribution.value, contribution.code.label()), (7.25, "Contribution"));
    let erythema = &apasi.items["erythema"];
    assert_eq!(
        (erythema.value, erythema.interpretation.as_deref()),
        (AnswerValue::Number(3.0), Some("Severe"))
    );
    assert_eq!((erythema.measurements["aiConfidence"].value, erythema.code.label()), (81.7, "Erythema"));
    assert_eq!(apasi.items["exudationSerous"].value, AnswerValue::Flag(true));
    assert!(apasi.items["surface"].measurements.is_empty());
    let mask = &apasi.attachments["maskRaw"];
    assert_eq!((mask.title.as_str(), mask.width, mask.height), ("Lesion mask raw", 4, 1));
    assert_eq!(&mask.data[..], png(9));
    let [nodule] = &apasi.detections[..] else { panic!("one detection") };
    assert_eq!((nodule.confidence, nodule.code.label()), (91.5, "Nodule"));
    let bounds = nodule.bounds;
    assert_eq!((bounds.x1, bounds.y1, bounds.x2, bounds.y2), (1.0, 2.0, 3.5, 4.0));
    let validity = apasi.validity.as_ref().unwrap();
    assert_eq!((validity.is_valid, validity.quality.score.get()), (true, 84.2));
    assert_eq!(validity.domain_measurements["aiConfidence"].value, 99.1);
    assert!(asalt.validity.is_some());

    let stored = serde_json::to_string(&apasi).unwrap();
    assert_eq!(serde_json::from_str::<SeverityScore<Apasi>>(&stored).unwrap(), apasi);
    let shown = format!("{apasi:?}{:?}{:?}{:?}{contribution:?}", apasi.items, apasi.detections, mask);
    for hidden in ["7.2", "Severe", "Erythema\"", "Nodule", "81.7", "91.5", "3.5"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}

async fn refusal(loc: Value) -> Error {
    let detail = json!({"detail": [{"type": "missing", "loc": loc, "msg": "NEEDLE", "input": "NEEDLE"}]});
    let client = Device::refusing(422, detail).client();
    client.severity("alopecia").at(BodySite::ArmLeft).local(image(1), APASI).await.unwrap_err()
}

/// `asalt` at an arm is known to be refused, which is not checked locally.
#[tokio::test]
async fn a_refusal_names_the_callers_argument() {
    for (loc, words) in [
        (json!(["body", "bodySite"]), "the body site"),
        (json!(["body", "payload", "contentAttachment", "data"]), "the image"),
        (json!(["body", "knownCondition", "conclusion", "text"]), "the condition"),
        (
            json!(["body", "scoringSystem", "apasi", "questionnaireResponse", "item", "surface"]),
            "Apasi::surface",
        ),
    ] {
        let error = refusal(loc).await;
        assert_eq!(
            (error.kind(), error.delivery(), error.status()),
            (ErrorKind::Rejected, Delivery::Responded, Some(422))
        );
        assert_eq!(error.fields()[0].argument(), words);
        assert_eq!(error.to_string(), format!("the device refused the request: {words} (status 422)"));
    }
}
