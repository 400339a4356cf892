//! The messages about requests that match no mock: they explain the mismatch and quote nothing.

use crate::image;
use legit_health::scale::Uas;
use legit_health::{BodySite, Client, answer};
use legit_health_httpmock::{MockDevice, client, document};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn expecting_the_right_arm(device: &MockDevice) {
    device.severity_manual(|when, then| {
        when.into_inner()
            .json_at("/bodySite", "armRight")
            .json_at("/scoringSystem/uas/questionnaireResponse/item/wheals", 3);
        then.ok(&document::severity::<Uas>(3.0));
    });
    device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(1));
    });
}

async fn ask_about_the_left_arm(client: &Client) -> Option<u16> {
    let answers = Uas { pruritus: answer!(2), wheals: answer!(3) };
    let call = client.severity("urticaria").at(BodySite::ArmLeft).manual(answers);
    call.await.unwrap_err().status()
}

#[tokio::test]
async fn the_message_has_the_request_and_the_mismatch_of_each_mock() {
    let device = MockDevice::start();
    expecting_the_right_arm(&device);
    let client = client!(device);
    assert_eq!(ask_about_the_left_arm(&client).await, Some(404));
    let [unmatched] = &device.take_unmatched()[..] else { panic!("one request") };
    assert_eq!(
        unmatched.to_string(),
        "POST /v2.0/severity-assessment/manual, JSON of 160 bytes, with a token\n    \
         severity_manual: the body at /bodySite differs\n    \
         mocks of other operations: diagnosis_support"
    );
}

#[tokio::test]
async fn an_unmatched_request_fails_the_test_when_the_device_is_dropped() {
    let device = MockDevice::start();
    expecting_the_right_arm(&device);
    ask_about_the_left_arm(&client!(device)).await;
    let panic = catch_unwind(AssertUnwindSafe(move || drop(device))).unwrap_err();
    let words = panic.downcast_ref::<String>().unwrap();
    assert!(words.starts_with("1 request matches no mock of the device:\n  POST /v2.0/severity"), "{words}");
}

#[tokio::test]
async fn a_used_up_mock_has_its_own_message() {
    let device = MockDevice::start();
    let client = client!(device);
    client.diagnosis_support(image()).await.unwrap_err();
    device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(1)).into_inner().up_to_n_times(1);
    });
    client.diagnosis_support(image()).await.unwrap();
    client.diagnosis_support(image()).await.unwrap_err();
    let said: Vec<String> = device.take_unmatched().iter().map(ToString::to_string).collect();
    assert!(said[0].ends_with("with a token\n    there are no mocks"), "{said:?}");
    assert!(
        said[1].ends_with("    diagnosis_support: used up, or an expectation added with `and` was not met")
    );
}

/// Neither our messages nor httpmock's, when an assertion of a mock fails, quote what was sent.
#[tokio::test]
async fn nothing_that_was_sent_is_quoted() {
    let device = MockDevice::start();
    let mut request =
        legit_health_api::device::types::LoginRequest::new("NEEDLE-user".into(), "NEEDLE-expected".into());
    let login = device.login(|when, then| {
        when.body(&request);
        then.ok(&document::access_token("NEEDLE-token"));
    });
    request.password = "NEEDLE-sent".into();
    let client = Client::builder()
        .base_url(device.base_url())
        .credentials(legit_health::Credentials::password("NEEDLE-user", "NEEDLE-sent"))
        .build()
        .unwrap();
    client.diagnosis_support(image()).await.unwrap_err();
    let failed = catch_unwind(AssertUnwindSafe(|| login.assert())).unwrap_err();
    let httpmocks = failed.downcast_ref::<String>().unwrap();
    let [ours] = &device.take_unmatched()[..] else { panic!("one request") };
    assert!(ours.to_string().ends_with("login: the body differs at /password"), "{ours}");
    for words in [httpmocks.clone(), ours.to_string(), format!("{ours:?}{device:?}")] {
        assert!(!words.contains("NEEDLE"), "{words}");
    }
}
