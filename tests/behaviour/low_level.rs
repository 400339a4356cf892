//! The low-level client: usable on its own, and never sends the placeholder of an image.

use crate::support::{png, report, token};
use legit_health_api::dispatch::{
    BodyPart, BoxFuture, CallScope, DispatchError, Dispatcher, OutgoingRequest,
};
use legit_health_api::{Error, device, scalar::ImageData, scalar::Secret, scalar::Username};
use legit_health_httpmock::{MockDevice, Scenario, document};
use std::sync::{Arc, Mutex};

fn request(images: impl IntoIterator<Item = ImageData>) -> device::types::DiagnosisSupportRequest {
    let media = |data| device::types::Media::new(device::types::Attachment::new(data));
    device::types::DiagnosisSupportRequest::new(images.into_iter().map(media).collect::<Vec<_>>())
}

#[tokio::test]
async fn plain_mode_calls_the_sandbox() {
    let sandbox = legit_health_sandbox::Sandbox::start().await.unwrap();
    let client = |http| device::Client::new_with_client(sandbox.base_url(), http, CallScope::default());
    let login = device::types::LoginRequest::new(
        Username::new(sandbox.account().username.as_str()),
        Secret::new(sandbox.account().password.as_str()),
    );
    let token = client(reqwest::Client::new()).login(&login).await.unwrap().into_inner();

    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {}", token.access_token.expose()).parse().unwrap());
    let http = reqwest::Client::builder().default_headers(headers).build().unwrap();
    let sample = &legit_health_sandbox::samples::all()[0];
    let report =
        client(http).diagnosis_support(&request([ImageData::new(sample.bytes.to_vec())])).await.unwrap();
    assert_eq!(report.imaging_analysis.len(), 1);
    assert!(report.unknown_fields.contains_key("sandbox"));
}

/// A low-level client in plain mode, with a token of the mock device as a default header.
fn plain(device: &MockDevice) -> device::Client {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {}", device.token()).parse().unwrap());
    let http = reqwest::Client::builder().default_headers(headers).build().unwrap();
    device::Client::new_with_client(&device.base_url(), http, CallScope::default())
}

#[tokio::test]
async fn the_request_is_sent_without_additions() {
    let device = MockDevice::start();
    let three = request([1, 2, 3].map(|number| ImageData::new(png(number))));
    let calls = device.diagnosis_support(|when, then| {
        when.body(&three)
            .into_inner()
            .header("content-type", "application/json")
            .header_missing("api-version");
        then.ok(&document::diagnosis_support(3));
    });
    let report = plain(&device).diagnosis_support(&three).await.unwrap().into_inner();
    assert_eq!(report, document::diagnosis_support(3));
    calls.assert();
}

#[tokio::test]
async fn a_login_is_sent_as_a_form() {
    let device = MockDevice::start();
    let request =
        device::types::LoginRequest::new(Username::new("clinic+test@example.org"), Secret::new("a&b=c d"));
    device.login(|when, then| {
        when.body(&request);
        then.ok(&document::access_token("t"));
    });
    let token = plain(&device).login(&request).await.unwrap().into_inner();
    assert_eq!((token.access_token.expose(), token.expires_in_minutes.get()), ("t", 60));
}

/// The body of an error may have any shape, so it is untyped.
#[tokio::test]
async fn an_error_keeps_its_status_and_body() {
    for (scenario, status, detail) in [
        (Scenario::RefusedTokens, 401, document::error("Invalid token")),
        (Scenario::ServerError, 500, document::error("Internal Server Error")),
    ] {
        let device = MockDevice::start().with_scenario(scenario);
        let error = plain(&device).device_information().await.unwrap_err();
        let Error::UnexpectedResponse(response) = error else { panic!("{scenario:?}: {:?}", error.status()) };
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.json::<device::types::ErrorBody>().await.unwrap(), detail);
    }
}

/// Keeps the requests, and returns a fixed response or none.
#[derive(Default)]
struct Recorder {
    sent: Mutex<Vec<OutgoingRequest>>,
    is_silent: bool,
}

impl Dispatcher for Recorder {
    fn dispatch(&self, request: OutgoingRequest) -> BoxFuture<'_, Option<http::Response<bytes::Bytes>>> {
        let body = if request.operation_id == "login" { token("token-1", 60) } else { report(&[png(1)]) };
        self.sent.lock().unwrap().push(request);
        let response = (!self.is_silent).then(|| http::Response::new(body.to_string().into()));
        Box::pin(async move { response })
    }
}

fn bound() -> (Arc<Recorder>, CallScope, device::Client) {
    bound_to(Recorder::default())
}

fn bound_to(recorder: Recorder) -> (Arc<Recorder>, CallScope, device::Client) {
    let recorder = Arc::new(recorder);
    let scope = CallScope::new(recorder.clone());
    let client =
        device::Client::new_with_client("https://device.example/v2.0", reqwest::Client::new(), scope.clone());
    (recorder, scope, client)
}

#[tokio::test]
async fn a_dispatched_body_has_its_slots_in_place() {
    let (recorder, scope, client) = bound();
    let slots = [scope.slot().unwrap(), scope.slot().unwrap()];
    client.diagnosis_support(&request(slots)).await.unwrap();
    let sent = recorder.sent.lock().unwrap();
    let slots: Vec<usize> = sent[0]
        .body
        .iter()
        .filter_map(|piece| match piece {
            BodyPart::Slot(number) => Some(*number),
            BodyPart::Text(_) => None,
        })
        .collect();
    assert_eq!(slots, [0, 1]);
    assert_eq!(sent[0].uri, "https://device.example/v2.0/diagnosis-support");
    assert!(!sent[0].headers.contains_key("api-version"));
}

/// The dispatcher keeps the reason; the generated call only reports that there was no response.
#[tokio::test]
async fn a_call_without_a_response_has_its_own_error() {
    let (recorder, _, client) = bound_to(Recorder { is_silent: true, ..Recorder::default() });
    let error = client.device_information().await.unwrap_err();
    assert_eq!(DispatchError::of(&error), Some(DispatchError::NoResponse));
    assert_eq!(recorder.sent.lock().unwrap().len(), 1);
    let again = client.device_information().await.unwrap_err();
    assert_eq!(DispatchError::of(&again), Some(DispatchError::ScopeReused));
}

#[tokio::test]
async fn a_request_that_does_not_fit_its_slots_is_not_sent() {
    let (recorder, scope, client) = bound();
    let slot = scope.slot().unwrap();
    let stranger = bound().1.slot().unwrap();
    let plain = ImageData::new(png(1));
    for (images, expected) in [
        (vec![plain], DispatchError::MissingSlot),
        (vec![slot.clone(), slot.clone()], DispatchError::RepeatedSlot),
        (vec![slot.clone(), stranger.clone()], DispatchError::ForeignSlot),
    ] {
        let error = client.diagnosis_support(&request(images)).await.unwrap_err();
        assert_eq!(DispatchError::of(&error), Some(expected));
    }
    assert!(recorder.sent.lock().unwrap().is_empty());

    client.diagnosis_support(&request([slot.clone()])).await.unwrap();
    let again = client.diagnosis_support(&request([slot])).await.unwrap_err();
    assert_eq!(DispatchError::of(&again), Some(DispatchError::ScopeReused));

    let plain_mode = device::Client::new_with_client(
        "http://127.0.0.1:9/v2.0",
        reqwest::Client::new(),
        CallScope::default(),
    );
    let error: Error<()> = plain_mode.diagnosis_support(&request([stranger])).await.unwrap_err();
    assert_eq!(DispatchError::of(&error), Some(DispatchError::OutsideScope));
}
