//! Headers and members of every response, and requests that do not reach an operation.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use legit_health_sandbox::Config;
use serde_json::{Value, json};

use crate::support::{
    Response, get, login, payload, post, post_with, sample, sandbox, send, token, unmarked,
};

const NOTICE: &str = "Intended for software integration and testing; not intended for any medical purpose; no conformity assessment.";

#[track_caller]
fn assert_headers_and_notice(response: &Response) {
    assert_eq!(response.headers["x-legit-health-sandbox"], "true");
    assert_eq!(response.headers["x-request-id"].len(), 36);
    assert_eq!(response.headers["content-type"], "application/json");
    if response.status.is_success() {
        assert_eq!(response.body["sandbox"]["notice"], NOTICE);
    } else {
        assert!(response.body.get("detail").is_some());
    }
}

#[tokio::test]
async fn every_response_has_the_headers_and_the_notice() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for response in [
        login(&sandbox, sandbox.account()).await,
        get(&sandbox, "/v2.0/device-information", Some(&token)).await,
        post(&sandbox, "/diagnosis-support", payload(&[&unmarked(1)])).await,
        get(&sandbox, "/_sandbox/", None).await,
        get(&sandbox, "/_sandbox/ledger", None).await,
        get(&sandbox, "/v2.0/device-information", None).await,
        get(&sandbox, "/v2.0/questionnaires", None).await,
        get(&sandbox, "/nowhere", None).await,
        get(&sandbox, "/v2.0/login", None).await,
        post(&sandbox, "/diagnosis-support", json!({})).await,
    ] {
        assert_headers_and_notice(&response);
    }
}

#[tokio::test]
async fn request_ids_are_unique() {
    let sandbox = sandbox();
    let first = get(&sandbox, "/_sandbox/", None).await;
    let second = get(&sandbox, "/_sandbox/", None).await;
    assert_ne!(first.headers["x-request-id"], second.headers["x-request-id"]);
}

#[tokio::test]
async fn the_report_has_the_members_of_the_contract_in_their_order() {
    let sandbox = sandbox();
    let response = post(&sandbox, "/diagnosis-support", payload(&[&sample("psoriasis-moderate.jpg")])).await;
    assert_eq!(response.status, StatusCode::OK);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let report = response.body;
    assert_eq!(
        names(&report),
        [
            "resourceType",
            "identifier",
            "status",
            "issued",
            "analysisDuration",
            "category",
            "code",
            "clinicalIndicator",
            "performanceIndicator",
            "conclusion",
            "imagingAnalysis",
            "sandbox",
        ]
    );
    assert_eq!(report["resourceType"], "DiagnosticReport");
    assert_eq!(report["status"], "preliminary");
    assert_eq!(report["issued"], "2026-01-01T00:00:00.000000");
    assert!(report["analysisDuration"].as_f64().unwrap() > 0.0);
    let analysis = &report["imagingAnalysis"][0];
    assert_eq!(names(analysis), ["conclusion", "mediaValidity", "performanceIndicator", "clinicalIndicator"]);
    let validity = &analysis["mediaValidity"];
    for (item, code) in [
        (&validity["domain"]["additionalData"], "aiConfidence"),
        (&validity["modality"]["additionalData"], "aiConfidenceClinical"),
        (&validity["modality"]["additionalData"], "aiConfidenceDermoscopic"),
    ] {
        let coding = json!([{"code": code, "display": null, "system": null, "systemDisplay": "Legit.Health", "version": null}]);
        assert_eq!(item[code]["code"]["coding"], coding);
        assert!((0.0..=100.0).contains(&item[code]["value"].as_f64().unwrap()));
    }
    for figure in ["sensitivity", "specificity", "entropy"] {
        let percent = report["performanceIndicator"][figure].as_f64().unwrap();
        assert!(percent > 1.0 && percent <= 100.0, "{figure}");
    }
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_get_the_response_of_the_framework() {
    let sandbox = sandbox();
    for path in ["/v2.0", "/v2.0/nothing", "/login", "/_sandbox/nothing"] {
        let response = get(&sandbox, path, None).await;
        assert_eq!(
            (response.status, response.body),
            (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})),
            "{path}"
        );
    }
    let response = get(&sandbox, "/v2.0/login", None).await;
    assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.body, json!({"detail": "Method Not Allowed"}));
    assert_eq!(response.headers[header::ALLOW], "POST");
    assert_eq!(sandbox.ledger().anonymous.requests_of("unmatched"), 5);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_a_413() {
    let sandbox = Config { body_limit: 1000, ..Config::default() }.in_process();
    let response = post(&sandbox, "/diagnosis-support", json!({"payload": "x".repeat(1000)})).await;
    assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.body, json!({"detail": "Request Entity Too Large"}));
}

#[tokio::test]
async fn a_body_of_several_megabytes_is_accepted() {
    let sandbox = sandbox();
    let mut body = payload(&[&unmarked(1)]);
    body["payload"][0]["contentAttachment"]["title"] = Value::from("x".repeat(8_000_000));
    assert_eq!(post(&sandbox, "/diagnosis-support", body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn kinds_of_invalid_bodies_are_distinguished() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let send = async |content_type: &str, body: &[u8]| {
        let request = Request::post("/v2.0/diagnosis-support")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, content_type);
        send(&sandbox, request.body(Body::from(body.to_vec())).unwrap()).await
    };
    assert_eq!(send("application/json", b"").await.errors(), [("missing", json!(["body"]))]);
    assert_eq!(send("application/json", b"null").await.errors(), [("missing", json!(["body"]))]);
    let broken = send("application/json", b"{\"payload\": [}").await;
    assert_eq!(broken.errors(), [("json_invalid", json!(["body", 13]))]);
    assert_eq!(broken.body["detail"][0]["msg"], "JSON decode error");
    let form = send("application/x-www-form-urlencoded", b"{}").await;
    assert_eq!(form.errors(), [("model_attributes_type", json!(["body"]))]);
    assert_eq!(send("application/json", b"\"\xFF\"").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_image_is_not_repeated_in_an_error() {
    let sandbox = sandbox();
    let data = format!("data:image/jpeg;base64,{}", "A".repeat(100_000));
    let body = json!({"payload": [{"contentAttachment": {"data": data}}]});
    let response = post(&sandbox, "/diagnosis-support", body).await;
    assert_eq!(response.body["detail"][0]["msg"], "Value error, Only base64 data is allowed");
    assert!(response.body.to_string().len() < 1000);
}

#[tokio::test]
async fn the_token_is_checked_before_the_body() {
    let sandbox = sandbox();
    let response = post_with(&sandbox, "/diagnosis-support", "abc", &[], json!({})).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
}
