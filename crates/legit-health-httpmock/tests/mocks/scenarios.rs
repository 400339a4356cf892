//! Every scenario, as the client reports it.

use crate::{client_without_pauses, image};
use legit_health::scale::{AnyScale, Uas};
use legit_health::{BodySite, Delivery, ErrorKind, answer};
use legit_health_httpmock::{MockDevice, Scenario, client, document};
use std::time::Duration;

/// Returns a device with a scenario, and a mock of diagnosis support behind it.
fn device_with(scenario: Scenario) -> MockDevice {
    let device = MockDevice::start().with_scenario(scenario);
    device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(1));
    });
    device
}

#[tokio::test]
async fn failures_are_reported_with_kind_delivery_status_and_attempts() {
    let wait = Duration::from_secs(5);
    for (scenario, kind, delivery, status, attempts) in [
        (Scenario::WrongPassword, ErrorKind::Authentication, Delivery::NotSent, 401, 0),
        (Scenario::RefusedTokens, ErrorKind::Authentication, Delivery::Responded, 401, 2),
        (Scenario::Forbidden, ErrorKind::Authentication, Delivery::Responded, 403, 2),
        (Scenario::RateLimit { retry_after: wait }, ErrorKind::RateLimited, Delivery::Responded, 429, 3),
        (Scenario::ServerError, ErrorKind::Server, Delivery::MayHaveRun, 500, 1),
        (Scenario::Unavailable, ErrorKind::Server, Delivery::Responded, 503, 3),
        (Scenario::BadGateway, ErrorKind::Server, Delivery::Responded, 502, 3),
        (Scenario::TooLarge, ErrorKind::Rejected, Delivery::Responded, 413, 1),
        (Scenario::RefusedImage, ErrorKind::Rejected, Delivery::Responded, 422, 1),
        (Scenario::BrokenReport, ErrorKind::InvalidResponse, Delivery::Responded, 200, 1),
    ] {
        let device = device_with(scenario);
        let error = client_without_pauses(&device).diagnosis_support(image()).await.unwrap_err();
        let told = (error.kind(), error.delivery(), error.status(), error.attempts());
        assert_eq!(told, (kind, delivery, Some(status), attempts), "{scenario:?}: {error}");
    }
}

#[tokio::test]
async fn an_expired_token_is_replaced_by_another_login() {
    let device = device_with(Scenario::ExpiredToken);
    client!(device).diagnosis_support(image()).await.unwrap();
    assert_eq!(device.logins(), 2);
}

#[tokio::test]
async fn a_temporary_failure_is_retried() {
    for scenario in [Scenario::Unavailable, Scenario::RateLimit { retry_after: Duration::from_secs(1) }] {
        let device = MockDevice::start().with_scenario_once(scenario);
        let calls = device.diagnosis_support(|_, then| {
            then.ok(&document::diagnosis_support(1));
        });
        let reply = client_without_pauses(&device).diagnosis_support(image()).reply().await.unwrap();
        assert_eq!(reply.provenance.attempts, 2, "{scenario:?}");
        calls.assert();
    }
}

/// With the system's clock: the client must not wait.
#[tokio::test]
async fn a_long_pause_is_reported() {
    let wait = Duration::from_secs(600);
    let device = device_with(Scenario::RateLimit { retry_after: wait });
    let error = client!(device).diagnosis_support(image()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry_after(), error.attempts()),
        (ErrorKind::RateLimited, Some(wait), 1)
    );
}

#[tokio::test]
async fn the_last_image_is_unusable_however_many_there_are() {
    for count in 1..=3 {
        let device = device_with(Scenario::UnusableImage);
        let images = legit_health::images::SupportImages::try_from(vec![image(); count]).unwrap();
        let report = client!(device).diagnosis_support(images).await.unwrap();
        let unusable: Vec<usize> = report.unusable_images().map(|(place, _)| place).collect();
        assert_eq!((report.images.len(), unusable), (count, vec![count - 1]));
    }
}

#[tokio::test]
async fn a_refused_image_is_named() {
    let device = device_with(Scenario::RefusedImage);
    let error = client!(device).diagnosis_support([image(), image()]).await.unwrap_err();
    let [field] = error.fields() else { panic!("one field") };
    assert_eq!((field.argument(), field.message()), ("image #1", "Value error, Only base64 data is allowed"));
}

#[tokio::test]
async fn an_unknown_scale_is_refused_with_its_code() {
    let device = MockDevice::start().with_scenario(Scenario::UnknownScale);
    let client = client!(device);
    let arm = client.severity("urticaria").at(BodySite::ArmLeft);
    let error = arm.manual(AnyScale::new("uas7", [("itch", 2)]).unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.fields()[0].code()), (ErrorKind::Rejected, "extra_forbidden"));
    let error = arm.manual(Uas { pruritus: answer!(1), wheals: answer!(1) }).await.unwrap_err();
    assert_eq!(error.fields().len(), 1);
}

#[tokio::test]
async fn new_codes_and_members_survive() {
    let device = device_with(Scenario::NewCodes);
    let report = client!(device).diagnosis_support(image()).await.unwrap();
    assert_eq!(report.images[0].validity.modality.as_str(), "Ultraviolet");
    assert_eq!(report.unknown_fields["newMember"]["a"], 1);
}
