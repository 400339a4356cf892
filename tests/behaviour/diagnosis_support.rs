//! Diagnosis support: images in, a report out.

use crate::support::{Device, assert_one_sentence, identity, image, ok, png, report, response};
use legit_health::images::SupportImages;
use legit_health::{Delivery, Error, ErrorKind};
use serde_json::{Value, json};

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

/// Each violation could be a wrong number or another image's result, so the whole report is rejected.
#[tokio::test]
async fn a_report_that_violates_the_contract_is_an_error() {
    type Damage = fn(&mut Value);
    let damages: [(&str, Damage); 4] = [
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
