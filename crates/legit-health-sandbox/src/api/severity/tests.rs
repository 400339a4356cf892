//! Every severity report keeps the contract, and a scale without a formula gets no score.

use std::sync::Arc;

use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use legit_health_scoring::Instrument;
use serde_json::{Value, json};

use crate::Config;
use crate::api::error_response::ErrorResponse;
use crate::api::request::ValidRequest;
use crate::api::tests::assert_keeps;
use crate::contract::{Contract, Mode, device};
use crate::images::testing::{encoded, skin};
use crate::scenarios::Scenario;
use crate::state::State;

fn state() -> Arc<State> {
    Arc::new(State::new(&Config { seed: Some(1), ..Config::default() }))
}

async fn ask(
    contract: &'static Contract,
    mode: Mode,
    body: Value,
    scenario: &str,
) -> Result<Value, ErrorResponse> {
    let request = ValidRequest::new(None, scenario.parse::<Scenario>().ok(), body, 0);
    super::respond(&state(), contract, mode, request).await
}

fn body(mode: Mode, scales: Value) -> Value {
    let mut body = json!({
        "knownCondition": {"conclusion": {"text": "psoriasis"}},
        "scoringSystem": scales,
    });
    if mode != Mode::Global {
        body["bodySite"] = json!("headLeft");
    }
    if mode == Mode::Local {
        body["payload"] = media();
    }
    body
}

fn media() -> Value {
    let image = encoded(&skin([214, 164, 128], 240, 200), image::ImageFormat::Png);
    json!({"contentAttachment": {"data": STANDARD.encode(image)}})
}

fn request(contract: &Contract, code: &str) -> Value {
    let scale = contract.scale(code).unwrap();
    let items: serde_json::Map<_, _> = scale.answers.iter().map(|item| (item.clone(), json!(1))).collect();
    if items.is_empty() { json!({}) } else { json!({"questionnaireResponse": {"item": items}}) }
}

#[tokio::test]
async fn reports_of_every_scale_and_severity_keep_the_contract() {
    let scored = device().scales.iter().filter(|scale| Instrument::find(&scale.code).is_some());
    for scale in scored {
        for mode in scale.modes.iter().copied().filter(|mode| *mode != Mode::Global) {
            let severities = ["none", "mild", "moderate", "severe"].map(|it| format!("psoriasis/{it}"));
            let edge_cases = Scenario::edge_cases().map(|scenario| scenario.to_string());
            for scenario in [String::new()].into_iter().chain(severities).chain(edge_cases) {
                let scales = json!({&scale.code: request(device(), &scale.code)});
                let report = ask(device(), mode, body(mode, scales), &scenario).await.unwrap();
                assert_keeps("SeverityReport", &report);
                assert!(report["patientEvolution"][&scale.code]["score"]["value"].is_number());
            }
        }
    }
}

#[tokio::test]
async fn a_report_of_all_17_views_keeps_the_contract() {
    let views: serde_json::Map<_, _> = Instrument::find_global("avasi")
        .unwrap()
        .items()
        .iter()
        .map(|view| (view.code().to_owned(), json!({"payload": media()})))
        .collect();
    assert_eq!(views.len(), 17);
    let body = body(Mode::Global, json!({"avasi": {"item": views}}));
    assert_keeps("GlobalSeverityRequest", &body);
    let report = ask(device(), Mode::Global, body, "vitiligo/severe").await.unwrap();
    assert_keeps("GlobalSeverityReport", &report);
    assert_eq!(report["patientEvolution"]["avasi"]["item"].as_object().unwrap().len(), 17);
}

/// Returns the contract with a scale that has no formula, in every mode.
fn with_a_24th_scale() -> &'static Contract {
    let mut document: Value = serde_json::from_str(include_str!("../../../contract/device.json")).unwrap();
    let schemas = &mut document["components"]["schemas"];
    let mut scale = schemas["Pure4"].clone();
    scale["x-scale"]["code"] = json!("newScale");
    scale["x-scale"]["modes"] = json!(["manual", "local", "global"]);
    schemas["NewScale"] = scale;
    for scales in ["ManualScales", "LocalScales"] {
        schemas[scales]["properties"]["newScale"] = json!({"$ref": "#/components/schemas/NewScale"});
    }
    Box::leak(Box::new(Contract::from_document(&document)))
}

#[tokio::test]
async fn a_scale_without_a_formula_is_a_501() {
    let contract = with_a_24th_scale();
    for mode in Mode::ALL {
        let mut asked = match mode {
            Mode::Global => json!({"item": {"faceFront": {"payload": media()}}}),
            _ => request(contract, "newScale"),
        };
        let response =
            ask(contract, mode, body(mode, json!({"newScale": asked.take()})), "").await.unwrap_err();
        let response = response.into_response();
        assert_eq!(response.status().as_u16(), 501, "{mode:?}");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let detail: Value = serde_json::from_slice(&bytes).unwrap();
        assert!(detail["detail"].as_str().unwrap().contains("`newScale`"), "{detail}");
    }
}

#[test]
fn the_answers_of_a_new_scale_are_validated() {
    let contract = with_a_24th_scale();
    let mut scales = json!({"newScale": request(contract, "newScale")});
    assert!(contract.validate_body("ManualSeverityRequest", &body(Mode::Manual, scales.clone())).is_empty());
    scales["newScale"]["questionnaireResponse"]["item"]["question2"] = json!(2);
    assert_eq!(contract.validate_body("ManualSeverityRequest", &body(Mode::Manual, scales)).len(), 1);
}

#[tokio::test]
async fn a_new_scale_that_was_not_requested_is_null() {
    let contract = with_a_24th_scale();
    let scales = json!({"pure4": request(contract, "pure4")});
    let report = ask(contract, Mode::Manual, body(Mode::Manual, scales), "").await.unwrap();
    assert!(report["patientEvolution"].as_object().unwrap()["newScale"].is_null());
}
