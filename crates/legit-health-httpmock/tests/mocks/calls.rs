//! Expectations and answers, operation by operation, and tests that do not meet.

use crate::support::photo;
use legit_health::scale::{Apasi, Avasi, Pure4, Uas};
use legit_health::{BodySite, Condition, GlobalView, SomeViews, View, answer};
use legit_health_api::codes::Mode;
use legit_health_api::device::types::{ConditionConcept, KnownCondition, ManualSeverityRequest};
use legit_health_api::scales::ManualScales;
use legit_health_httpmock::{MockDevice, client, document};

#[tokio::test]
async fn a_request_is_expected_whole() {
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
async fn several_scales_of_one_call() {
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
    let scores = client!(device).severity("urticaria").at(BodySite::ArmLeft).manual(answers).await.unwrap();
    let (uas, pure4) = scores.into_inner();
    assert_eq!((uas.value, pure4.value), (3.0, 2.0));
}

#[tokio::test]
async fn every_other_call_has_its_document() {
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
        psoriasis().at(BodySite::ArmLeft).local(photo(), Apasi { surface: answer!(2) }).await.unwrap();
    assert_eq!(apasi.value, 1.5);
    let views = SomeViews::one(View::FaceFront, photo());
    let avasi = client.severity("vitiligo").global(Avasi, views).await.unwrap();
    assert_eq!((avasi.whole.value, avasi.covered.len()), (4.0, 1));
    assert_eq!(client.device_information().await.unwrap().names, ["Mock device"]);
}

#[tokio::test]
async fn the_catalogue_is_there_without_a_token() {
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
async fn the_first_mock_that_fits_answers() {
    let device = MockDevice::start();
    let first = device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(1)).into_inner().up_to_n_times(1);
    });
    let second = device.diagnosis_support(|_, then| {
        then.bad_request(&document::error("Malformed request"));
    });
    let client = client!(device);
    client.diagnosis_support(photo()).await.unwrap();
    assert_eq!(client.diagnosis_support(photo()).await.unwrap_err().status(), Some(400));
    assert_eq!((first.calls(), second.calls()), (1, 1));
}

/// Each device has a port of its own, and its own mocks, tokens and unmatched requests.
#[tokio::test]
async fn tests_at_the_same_time_do_not_meet() {
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
