//! Requests that do not reach an operation.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use legit_health_sandbox::Config;
use serde_json::{Value, json};

use crate::support::{get, payload, post, post_with, sandbox, send, token, unmarked};

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_answered_as_by_the_framework() {
    let sandbox = sandbox();
    for path in ["/", "/v2.0", "/v2.0/nothing", "/login", "/v2.0/login/", "/_sandbox/nothing"] {
        let reply = get(&sandbox, path, None).await;
        assert_eq!(
            (reply.status, reply.body),
            (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})),
            "{path}"
        );
    }
    let reply = get(&sandbox, "/v2.0/login", None).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.body, json!({"detail": "Method Not Allowed"}));
    assert_eq!(reply.headers[header::ALLOW], "POST");
    assert_eq!(sandbox.ledger().anonymous.requests_of("unmatched"), 7);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_a_413() {
    let sandbox = Config { body_limit: 1000, ..Config::default() }.in_process();
    let reply = post(&sandbox, "/diagnosis-support", json!({"payload": "x".repeat(1000)})).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(reply.body, json!({"detail": "Request Entity Too Large"}));
}

#[tokio::test]
async fn a_body_of_several_megabytes_is_taken() {
    let sandbox = sandbox();
    let mut body = payload(&[&unmarked(1)]);
    body["payload"][0]["contentAttachment"]["title"] = Value::from("x".repeat(8_000_000));
    assert_eq!(post(&sandbox, "/diagnosis-support", body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn broken_bodies_are_told_apart() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let send = async |content_type: &str, body: &[u8]| {
        let request = Request::post("/v2.0/diagnosis-support")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, content_type);
        send(&sandbox, request.body(Body::from(body.to_vec())).unwrap()).await
    };
    assert_eq!(send("application/json", b"").await.faults(), [("missing", json!(["body"]))]);
    assert_eq!(send("application/json", b"null").await.faults(), [("missing", json!(["body"]))]);
    let broken = send("application/json", b"{\"payload\": [}").await;
    assert_eq!(broken.faults(), [("json_invalid", json!(["body", 13]))]);
    assert_eq!(broken.body["detail"][0]["msg"], "JSON decode error");
    let form = send("application/x-www-form-urlencoded", b"{}").await;
    assert_eq!(form.faults(), [("model_attributes_type", json!(["body"]))]);
    assert_eq!(send("application/json", b"\"\xFF\"").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_picture_is_not_repeated_in_an_error() {
    let sandbox = sandbox();
    let data = format!("data:image/jpeg;base64,{}", "A".repeat(100_000));
    let body = json!({"payload": [{"contentAttachment": {"data": data}}]});
    let reply = post(&sandbox, "/diagnosis-support", body).await;
    assert_eq!(reply.body["detail"][0]["msg"], "Value error, Only base64 data is allowed");
    assert!(reply.body.to_string().len() < 1000);
}

#[tokio::test]
async fn the_token_comes_before_the_contract() {
    let sandbox = sandbox();
    let reply = post_with(&sandbox, "/diagnosis-support", "abc", &[], json!({})).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}
