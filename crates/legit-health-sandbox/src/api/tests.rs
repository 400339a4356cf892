//! Every document of the sandbox is validated against the contract.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::contract::{catalog, device};
use crate::images::testing::{encoded, skin};
use crate::scenarios::Scenario;
use crate::{Sandbox, samples};

async fn send(sandbox: &Sandbox, request: Request<Body>) -> (StatusCode, Value) {
    let response = sandbox.router().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

async fn login(sandbox: &Sandbox) -> (StatusCode, Value) {
    let account = sandbox.account();
    let form = format!("username={}&password={}", account.username, account.password);
    let request =
        Request::post("/v2.0/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(sandbox, request.body(Body::from(form)).unwrap()).await
}

/// Asserts that a document keeps the contract.
#[track_caller]
pub(super) fn assert_keeps(schema: &str, body: &Value) {
    let errors = device().validate_body(schema, body);
    assert!(
        errors.is_empty(),
        "{schema}: {:?}",
        errors.iter().map(|error| error.to_json()).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn the_catalog_keeps_the_contract() {
    let sandbox = Sandbox::in_process();
    for (path, schema) in [
        ("/body-sites", "BodySiteEntries"),
        ("/questionnaires?pathology=ED63.0", "QuestionnaireEntries"),
        ("/clinical-signs", "ClinicalSigns"),
    ] {
        let request = Request::get(format!("/v2.0{path}")).body(Body::empty()).unwrap();
        let (status, body) = send(&sandbox, request).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!body.as_array().is_some_and(Vec::is_empty), "{path}");
        let errors = catalog().validate_body(schema, &body);
        assert!(errors.is_empty(), "{path}: {errors:?}");
    }
}

#[tokio::test]
async fn documents_keep_the_contract() {
    let sandbox = Sandbox::in_process();
    let (_, token) = login(&sandbox).await;
    assert_keeps("AccessToken", &token);
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let request = Request::get("/v2.0/device-information").header(header::AUTHORIZATION, &bearer);
    let (_, label) = send(&sandbox, request.body(Body::empty()).unwrap()).await;
    assert_keeps("DeviceInformation", &label);

    let images: Vec<Value> = samples::all()
        .iter()
        .map(|sample| json!({"contentAttachment": {"data": STANDARD.encode(&sample.bytes)}}))
        .collect();
    let report = async |images: &[Value], scenario: Option<Scenario>| {
        let mut request = Request::post("/v2.0/diagnosis-support")
            .header(header::AUTHORIZATION, &bearer)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(scenario) = scenario {
            request = request.header("x-sandbox-scenario", scenario.to_string());
        }
        let body = Body::from(json!({"payload": images}).to_string());
        send(&sandbox, request.body(body).unwrap()).await
    };
    for images in images.chunks(3) {
        let (status, report) = report(images, None).await;
        assert_eq!(status, StatusCode::OK);
        assert_keeps("DiagnosisSupportReport", &report);
    }
    let small = encoded(&skin([214, 164, 128], 160, 120), image::ImageFormat::Png);
    let small = json!({"contentAttachment": {"data": STANDARD.encode(small)}});
    for scenario in Scenario::all().chain(Scenario::edge_cases()) {
        let (status, report) = report(std::slice::from_ref(&small), Some(scenario)).await;
        assert_eq!(status, StatusCode::OK);
        assert_keeps("DiagnosisSupportReport", &report);
    }
    let (status, error) = report(&[], None).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_keeps("ErrorBody", &error);
    for entry in error["detail"].as_array().unwrap() {
        assert_keeps("ValidationError", entry);
    }
}
