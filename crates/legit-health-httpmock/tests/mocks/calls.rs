//! Expectations and responses of every operation, the ready-made documents, and devices in parallel.

use crate::image;
use legit_health::codes::GlobalView;
use legit_health::scale::{Apasi, Avasi, Pure4, Uas};
use legit_health::views::{PartialBodyViews, View};
use legit_health::{BodySite, Condition, DiagnosisSupport, answer};
use legit_health_api::codes::Mode;
use legit_health_api::device::types::{ConditionConcept, KnownCondition, ManualSeverityRequest};
use legit_health_api::scales::ManualScales;
use legit_health_httpmock::{MockDevice, client, document};
use serde_json::json;

#[tokio::test]
async fn a_whole_request_body_can_be_expected() {
    let device = MockDevice::start();
    let uas = Uas { pruritus: answer!(2), wheals: answer!(1) };
    let condition = KnownCondition::new(ConditionConcept::new("urticaria"));
    let request = ManualSeverityRequest::new(BodySite::ArmLeft, condition, ManualScales::new(uas.clone()));
    let calls = device.severity_manual(|when, then| {
        when.body(&request);
        then.ok(&document::severity::<Uas>(3.0));
    });
    let score = client!(device).severity("urticaria").at(BodySite::ArmLeft).manual(uas).await.unwrap();
    assert_eq!((score.value, score.category.as_deref()), (3.0, Some("Mock band")));
    calls.assert();
}

#[tokio::test]
async fn one_call_can_have_several_scales() {
    let device = MockDevice::start();
    let mut report = document::severity::<Uas>(3.0);
    report.patient_evolution.insert("pure4".into(), Some(document::evolution(2.0)));
    device.severity_manual(|_, then| {
        then.ok(&report);
    });
    let answers = (
        Uas { pruritus: answer!(2), wheals: answer!(1) },
        Pure4 { question1: true, question2: false, question3: false, question4: true },
    );
    let (uas, pure4) =
        client!(device).severity("urticaria").at(BodySite::ArmLeft).manual(answers).await.unwrap();
    assert_eq!((uas.value, pure4.value), (3.0, 2.0));
}

#[tokio::test]
async fn every_other_operation_has_a_document() {
    let device = MockDevice::start();
    device.severity_local(|when, then| {
        when.into_inner().json_at("/scoringSystem/apasi/questionnaireResponse/item/surface", 2);
        then.ok(&document::severity::<Apasi>(1.5));
    });
    device.severity_global(|_, then| {
        then.ok(&document::global_severity::<Avasi>(4.0, [GlobalView::FaceFront]));
    });
    device.device_information(|_, then| {
        then.ok(&document::device_information());
    });
    let client = client!(device);
    let psoriasis = || client.severity(Condition::icd11("EA90", "Psoriasis"));
    let apasi =
        psoriasis().at(BodySite::ArmLeft).local(image(), Apasi { surface: answer!(2) }).await.unwrap();
    assert_eq!(apasi.value, 1.5);
    let views = PartialBodyViews::one(View::FaceFront, image());
    let avasi = client.severity("vitiligo").global(Avasi, views).await.unwrap();
    assert_eq!((avasi.whole.value, avasi.covered.len()), (4.0, 1));
    assert_eq!(client.device_information().await.unwrap().names, ["Mock device"]);
}

#[tokio::test]
async fn the_catalog_needs_no_token() {
    let device = MockDevice::start();
    device.body_sites(|_, then| {
        then.ok(&document::body_sites());
    });
    device.questionnaires(|when, then| {
        when.pathology("EA90").code(None);
        then.ok(&document::questionnaires::<Apasi>(Mode::Local));
    });
    device.clinical_signs(|_, then| {
        then.ok(&document::clinical_signs(["erythema"]));
    });
    let client = client!(device);
    let catalog = client.catalog();
    assert_eq!(catalog.body_sites().await.unwrap().len(), BodySite::KNOWN.len());
    assert_eq!(catalog.questionnaires("EA90").await.unwrap()[0].identifier, "apasiLocal");
    assert!(catalog.clinical_signs().await.unwrap().contains_key("erythema"));
    assert_eq!(device.logins(), 0);
}

#[tokio::test]
async fn the_first_matching_mock_responds() {
    let device = MockDevice::start();
    let first = device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(1)).into_inner().up_to_n_times(1);
    });
    let second = device.diagnosis_support(|_, then| {
        then.bad_request(&document::error("Malformed request"));
    });
    let client = client!(device);
    client.diagnosis_support(image()).await.unwrap();
    assert_eq!(client.diagnosis_support(image()).await.unwrap_err().status(), Some(400));
    assert_eq!((first.calls(), second.calls()), (1, 1));
}

/// Each device has its own port, mocks, tokens and unmatched requests.
#[tokio::test]
async fn parallel_devices_are_independent() {
    let devices: Vec<MockDevice> = (0..8).map(|_| MockDevice::start()).collect();
    for (score, device) in devices.iter().enumerate() {
        device.severity_manual(|_, then| {
            then.ok(&document::severity::<Uas>(score as f64));
        });
    }
    let clients: Vec<_> = devices.iter().map(|device| client!(device)).collect();
    let calls: Vec<_> = clients
        .into_iter()
        .map(|client| {
            tokio::spawn(async move {
                let answers = Uas { pruritus: answer!(0), wheals: answer!(0) };
                client.severity("urticaria").at(BodySite::ArmLeft).manual(answers).await.unwrap().value
            })
        })
        .collect();
    for (expected, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), expected as f64);
    }
    assert!(devices.iter().all(|device| device.logins() == 1));
}

#[tokio::test]
async fn a_report_on_three_images_can_be_changed_and_stored() {
    let device = MockDevice::start();
    let mut made = document::diagnosis_support(3);
    made.imaging_analysis[1] = document::unusable_image();
    device.diagnosis_support(|_, then| {
        then.ok(&made);
    });
    let report = client!(device).diagnosis_support([image(), image(), image()]).await.unwrap();
    let unusable: Vec<usize> = report.unusable_images().map(|(place, _)| place).collect();
    assert_eq!(unusable, [1]);
    assert_eq!(
        report.unknown_fields["mock"],
        json!({"notice": "Made up by legit-health-httpmock, for a test."})
    );
    let stored = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<DiagnosisSupport>(&stored).unwrap(), report);
}

#[test]
fn a_validation_error_names_members_and_indices() {
    let body =
        json!(document::validation_error(["body", "payload", "0", "data"], "missing", "Field required"));
    assert_eq!(
        body,
        json!({"detail": [{"loc": ["body", "payload", 0, "data"], "type": "missing", "msg": "Field required"}]})
    );
}
