//! The login of the device itself, and mocked logins.

use crate::image;
use legit_health::{Client, Credentials, Delivery, ErrorKind};
use legit_health_api::device::types::LoginRequest;
use legit_health_httpmock::{MockDevice, client, document};

#[tokio::test]
async fn one_login_serves_many_calls() {
    let device = MockDevice::start();
    let calls = device.diagnosis_support(|when, then| {
        when.into_inner().header("authorization", "Bearer mock-token-1");
        then.ok(&document::diagnosis_support(1));
    });
    let client = client!(device);
    for _ in 0..3 {
        client.diagnosis_support(image()).await.unwrap();
    }
    calls.assert_calls(3);
    assert_eq!(device.logins(), 1);
}

#[tokio::test]
async fn other_credentials_are_refused() {
    let device = MockDevice::start();
    let client = Client::builder()
        .base_url(device.base_url())
        .credentials(Credentials::password(device.username(), "another"))
        .build()
        .unwrap();
    let error = client.diagnosis_support(image()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.status()),
        (ErrorKind::Authentication, Delivery::NotSent, Some(401))
    );
    assert_eq!(device.logins(), 0);
}

/// progenitor's own matcher would compare the form as JSON and never match.
#[tokio::test]
async fn a_mocked_login_matches_the_form_that_is_sent() {
    let device = MockDevice::start();
    let request = LoginRequest::new(device.username().into(), device.password().into());
    let other = LoginRequest::new(device.username().into(), "another".into());
    let refused = device.login(|when, then| {
        when.body(&other);
        then.unauthorized(&document::error("Incorrect username or password"));
    });
    let served = device.login(|when, then| {
        when.body(&request);
        then.ok(&document::access_token("my-token"));
    });
    let calls = device.diagnosis_support(|when, then| {
        when.into_inner().header("authorization", "Bearer my-token");
        then.ok(&document::diagnosis_support(1));
    });
    client!(device).diagnosis_support(image()).await.unwrap();
    assert_eq!((refused.calls(), served.calls(), calls.calls(), device.logins()), (0, 1, 1, 0));
}

#[tokio::test]
async fn a_token_can_be_issued_without_a_login() {
    let device = MockDevice::start();
    let token = device.token();
    device.device_information(|when, then| {
        when.into_inner().header("authorization", format!("Bearer {token}"));
        then.ok(&document::device_information());
    });
    // The login issues a second token.
    let error = client!(device).device_information().await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    let [unmatched] = &device.take_unmatched()[..] else { panic!("one request") };
    assert_eq!(unmatched.mocks[0].mismatches.as_deref().unwrap(), ["the header `authorization` differs"]);
}
