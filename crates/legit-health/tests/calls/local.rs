//! Scores of one image of one body site.

use crate::comparison::{Document, Said};
use crate::contract::{self, OPTIONAL, Optional};
use crate::device::{Device, base64, image, png};
use crate::members::{NOT_HANDED_OUT, item, severity_score, stored};
use legit_health::report::ScaleTag;
use legit_health::scale::{AnyScale, Apasi, Asalt, Avasi};
use legit_health::{BodySite, Delivery, Error, ErrorKind, SeverityScore, answer};
use serde_json::{Value, json};

const APASI: Apasi = Apasi { surface: answer!(2) };

#[tokio::test]
async fn the_request_is_that_of_the_guide_with_the_type_of_the_image() {
    let device = Device::responding(contract::document("SeverityReport", Optional::Absent, &["apasi"]));
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
async fn every_member_of_a_report_with_an_image_is_handed_out() {
    for optional in OPTIONAL {
        let made = contract::document("SeverityReport", optional, &["apasi", "asalt", "avasi"]);
        let client = Device::responding(made.clone()).client();
        let site = client.severity("psoriasis").at(BodySite::ArmLeft);
        let (avasi, apasi, asalt) = site.local(image(1), (Avasi, APASI, Asalt)).await.unwrap();
        let document = Document::new(made);
        compare(&document.said(), &avasi);
        compare(&document.said(), &apasi);
        compare(&document.said(), &asalt);
        document.assert_all_compared(&NOT_HANDED_OUT);
    }
}

/// Compares a score, also as it is after it was stored, with the report.
pub(crate) fn compare<S: ScaleTag + PartialEq>(report: &Said<'_>, result: &SeverityScore<S>) {
    let evolution = report.member("patientEvolution").member(result.scale.code());
    for result in [result, &stored(result)] {
        severity_score(report, &evolution, result);
        evolution.map("item", &result.items, item);
    }
    // A score that is read without its type is the same.
    let untyped: SeverityScore<AnyScale> = serde_json::from_value(json!(result)).unwrap();
    assert_eq!(json!(stored(&untyped)), json!(result));
}

#[tokio::test]
async fn debug_shows_structure_only() {
    let made = contract::document("SeverityReport", Optional::Present, &["apasi"]);
    let client = Device::responding(made).client();
    let apasi = client.severity("psoriasis").at(BodySite::ArmLeft).local(image(1), APASI).await.unwrap();
    let shown = format!(
        "{apasi:?}{:?}{:?}{:?}{:?}{:?}",
        apasi.items, apasi.detections, apasi.attachments, apasi.contribution, apasi.bands
    );
    assert!(shown.contains("items: 3") && shown.contains("bytes"), "{shown}");
    // Each text of the document begins with a slash, and each finding has a fraction.
    assert!(!shown.contains('/') && !shown.contains(".5"), "{shown}");
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
        assert_eq!(
            error.to_string(),
            format!("the device refused the request: {words} (status 422, request request-7)")
        );
    }
}
