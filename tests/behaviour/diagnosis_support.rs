//! Diagnosis support: images in, a report out.

use crate::support::{Device, assert_one_sentence, identity, image, ok, png, report, response};
use legit_health::calls::Reply;
use legit_health::images::SupportImages;
use legit_health::triage::{Priority, TriagePolicy};
use legit_health::{Delivery, DiagnosisSupport, Error, ErrorKind, Percent};
use serde_json::{Value, json};

#[tokio::test]
async fn a_report_holds_what_the_device_sent() {
    let device = Device::reporting();
    let reply = device.client().diagnosis_support([image(1), image(2)]).reply().await.unwrap();

    assert_eq!(reply.provenance.request_id.as_deref(), Some("request-7"));
    assert_eq!((reply.provenance.attempts, &reply.json), (1, &None));
    let report = reply.value;
    let first = &report.conclusions[0];
    assert_eq!(
        (first.probability.get(), first.condition.label(), first.condition.icd11()),
        (78.4, "Psoriasis", Some("EA90"))
    );
    assert_eq!(report.indicators.malignancy.get(), 0.6);
    assert_eq!(report.performance.entropy.get(), 21.4);
    assert_eq!(report.issued.as_str(), "2026-03-02T10:15:30.123456");
    let image = &report.images[1];
    assert_eq!(image.conclusions[0].condition.label(), "image 2");
    let heat_map = image.conclusions[0].heat_map.as_ref().unwrap();
    assert_eq!((identity(&heat_map.data), heat_map.width, heat_map.height), (2, 4, 1));
    assert!(image.validity.is_valid && report.unusable_images().next().is_none());
    assert!(!report.is_from_sandbox());
}

#[tokio::test]
async fn the_request_is_the_one_of_the_guide() {
    let device = Device::reporting();
    device.client().diagnosis_support([image(1), image(2), image(3)]).await.unwrap();

    let seen = device.seen();
    assert_eq!(device.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
    assert_eq!(seen[0].body, "password=s3cret&username=clinic%40example.org");
    assert_eq!(seen[0].authorization, None);
    assert_eq!(seen[1].authorization.as_deref(), Some("Bearer token-1"));
    assert_eq!(seen[1].content_length, Some(seen[1].body.len()));
    assert_eq!(seen[1].images().iter().map(|image| identity(image)).collect::<Vec<_>>(), [1, 2, 3]);
    let media = &seen[1].json()["payload"][0]["contentAttachment"];
    assert_eq!(media["contentType"], "image/png");
    assert_eq!(media.as_object().unwrap().len(), 2, "only the image and its type are sent: {media}");
}

#[tokio::test]
async fn json_is_kept_on_request() {
    let reply = Device::reporting().client().diagnosis_support(image(1)).keep_json().reply().await.unwrap();
    let document: Value = serde_json::from_str(reply.json.as_deref().unwrap()).unwrap();
    assert_eq!(document["conclusion"][0]["code"]["coding"][0]["code"], "EA90");
}

#[tokio::test]
async fn a_reply_survives_serialization() {
    let call = Device::reporting().client().diagnosis_support(image(1)).reference("case 17").keep_json();
    let mut reply = call.reply().await.unwrap();
    let stored = serde_json::to_value(&reply).unwrap();
    assert_eq!(stored["provenance"]["reference"], "case 17");
    assert_eq!(stored["unknownFields"], json!({"paths": [], "hasMore": false}));
    let read: Reply<DiagnosisSupport> = serde_json::from_value(stored).unwrap();
    // Times are stored in milliseconds.
    (reply.provenance.started, reply.provenance.ended) = (read.provenance.started, read.provenance.ended);
    assert!(read == reply && read.json.is_some());
}

#[tokio::test]
async fn a_call_can_be_spawned_joined_and_dropped() {
    let device = Device::reporting();
    let client = device.client();
    drop(client.diagnosis_support(image(9)));
    assert!(device.paths().is_empty(), "a call that was never polled does nothing");
    let spawned = tokio::spawn(client.diagnosis_support(image(1)));
    let calls = (2..5).map(|number| client.diagnosis_support(image(number)));
    let reports = futures_util::future::join_all(calls).await;
    assert_eq!(spawned.await.unwrap().unwrap().images.len(), 1);
    assert!(reports.iter().all(Result::is_ok));
    assert_eq!(device.paths().iter().filter(|path| path.ends_with("/diagnosis-support")).count(), 4);
}

#[tokio::test]
async fn a_report_survives_serialization() {
    let report = Device::reporting().client().diagnosis_support(image(1)).await.unwrap();
    let stored = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<DiagnosisSupport>(&stored).unwrap(), report);
}

/// A stored response of the sandbox must not pass for one of the device.
#[tokio::test]
async fn the_sandbox_marker_survives_serialization() {
    let device = Device::after_login(|seen| {
        let mut document = report(&seen.images());
        document["sandbox"] = json!({"notice": "made up"});
        ok(document)
    });
    let report = device.client().diagnosis_support(image(1)).await.unwrap();
    let stored = serde_json::to_string(&report).unwrap();
    assert!(
        report.is_from_sandbox()
            && serde_json::from_str::<DiagnosisSupport>(&stored).unwrap().is_from_sandbox()
    );
}

#[tokio::test]
async fn unknown_codes_and_members_are_kept() {
    let device = Device::after_login(|seen| {
        let mut document = report(&seen.images());
        document["imagingAnalysis"][0]["mediaValidity"]["modality"]["value"] = json!("Ultraviolet");
        document["conclusion"] = Value::Null;
        document["newMember"] = json!({"a": 1});
        ok(document)
    });
    let report = device.client().diagnosis_support(image(1)).await.unwrap();
    assert_eq!(report.images[0].validity.modality.as_str(), "Ultraviolet");
    assert_eq!(report.unknown_fields["newMember"]["a"], 1);
    assert!(report.conclusions.is_empty());
}

/// Each violation could be a wrong number or another image's result, so the whole report is rejected.
#[tokio::test]
async fn a_report_that_violates_the_contract_is_an_error() {
    type Damage = fn(&mut Value);
    let damages: [(&str, Damage); 6] = [
        ("one image too few", |document| drop(document["imagingAnalysis"].as_array_mut().unwrap().pop())),
        ("one image too many", |document| {
            let again = document["imagingAnalysis"][0].clone();
            document["imagingAnalysis"].as_array_mut().unwrap().push(again);
        }),
        ("no malignancy", |document| {
            document["clinicalIndicator"].as_object_mut().unwrap().remove("malignancy");
        }),
        ("a percentage of 784", |document| document["conclusion"][0]["probability"] = json!(784)),
        ("a fraction as text", |document| document["performanceIndicator"]["entropy"] = json!("low")),
        ("an invalid image", |document| {
            document["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"]["data"] =
                json!("%%%");
        }),
    ];
    for (what, damage) in damages {
        let device = Device::after_login(move |seen| {
            let mut document = report(&seen.images());
            damage(&mut document);
            ok(document)
        });
        let error = device.client().diagnosis_support([image(1), image(2)]).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::InvalidResponse, Some(200)),
            "{what}: {error}"
        );
        assert_eq!(error.attempts(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_rejected_image_is_named_by_its_position() {
    let device = Device::after_login(|_| {
        response(
            422,
            json!({"detail": [{
                "type": "value_error", "loc": ["body", "payload", 1, "contentAttachment", "data"],
                "msg": "Value error, Only base64 data is allowed", "input": "…",
            }]}),
        )
    });
    let error = device.client().diagnosis_support([image(1), image(2)]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert_eq!(error.to_string(), "the device refused the request: image #2 (status 422, request request-7)");
    let [field] = error.fields() else { panic!("one field") };
    assert_eq!((field.argument(), field.code()), ("image #2", "value_error"));
    assert_eq!(field.message(), "Value error, Only base64 data is allowed");
}

#[test]
fn one_to_three_images_are_accepted_at_run_time() {
    for count in [0, 1, 2, 3, 4, 17] {
        let images: Vec<_> = (0..count).map(image).collect();
        match SupportImages::try_from(images) {
            Ok(images) => assert_eq!(images.len() as u32, count),
            Err(error) => assert!(!(1..=3).contains(&count) && error.given() as u32 == count),
        }
    }
}

#[tokio::test]
async fn triage_compares_indicators_with_the_thresholds() {
    let percent = |percent| Percent::new(percent).unwrap();
    let policy = |urgent_referral, malignancy, high_priority_referral| TriagePolicy {
        urgent_referral: percent(urgent_referral),
        malignancy: percent(malignancy),
        high_priority_referral: percent(high_priority_referral),
    };
    let mut report = Device::reporting().client().diagnosis_support([image(1), image(2)]).await.unwrap();
    for (policy, expected) in [
        (policy(1.4, 50.0, 50.0), Priority::Urgent),
        (policy(50.0, 0.6, 50.0), Priority::Urgent),
        (policy(50.0, 50.0, 12.8), Priority::High),
        (policy(1.5, 0.7, 12.9), Priority::BelowThresholds),
    ] {
        let triage = policy.apply(&report);
        assert_eq!((triage.priority, triage.policy), (expected, policy));
    }
    report.images[1].validity.is_valid = false;
    assert_eq!(policy(1.4, 50.0, 50.0).apply(&report).unusable_images, [1]);
    report.images[0].validity.is_valid = false;
    let triage = policy(0.0, 0.0, 0.0).apply(&report);
    assert_eq!((triage.priority, triage.reached.len()), (Priority::Undetermined, 0));
}

#[test]
fn test_images_encode_their_identity() {
    assert_eq!(identity(&png(0xDEAD_BEEF)), 0xDEAD_BEEF);
}

#[test]
fn zero_or_four_images_are_rejected_in_one_sentence() {
    for count in [0, 4] {
        let images = (0..count).map(image).collect::<Vec<_>>();
        let error = Error::from(SupportImages::try_from(images).unwrap_err());
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidImage, Delivery::NotSent));
        assert_one_sentence(&error.to_string());
    }
}
