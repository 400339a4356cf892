//! The levers under `/_sandbox/`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use legit_health_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Reply, get, payload, post, sandbox, send, token, unmarked};

async fn call(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Reply {
    let request =
        Request::builder().method(method).uri(path).body(Body::from(body.to_owned())).expect("a request");
    send(sandbox, request).await
}

#[tokio::test]
async fn the_root_lists_controls_and_scenarios() {
    for path in ["/_sandbox", "/_sandbox/"] {
        let reply = get(&sandbox(), path, None).await;
        assert_eq!(reply.body["controls"].as_object().unwrap().len(), 3);
        assert!(reply.body["scenarios"].as_array().unwrap().contains(&json!("psoriasis/moderate")));
    }
}

#[tokio::test]
async fn the_clock_is_moved_over_http() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let reply = call(&sandbox, "POST", "/_sandbox/clock/advance", r#"{"seconds": 3600}"#).await;
    assert_eq!(reply.body["now"], "2026-01-01T01:00:00.000000");
    let reply = get(&sandbox, "/v2.0/device-information", Some(&token)).await;
    assert_eq!(reply.body, json!({"detail": "Expired token"}));
    for body in ["", "{}", r#"{"seconds": -1}"#, r#"{"seconds": 1e12}"#, r#"{"seconds": "1"}"#, "[]"] {
        let reply = call(&sandbox, "POST", "/_sandbox/clock/advance", body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
}

#[tokio::test]
async fn an_account_is_given_a_scenario_over_http() {
    let sandbox = sandbox();
    let path = "/_sandbox/accounts/sandbox%40example.org/scenario";
    let reply = call(&sandbox, "PUT", path, r#"{"scenario": "acne/mild"}"#).await;
    assert_eq!(reply.body["scenario"], "acne/mild");
    let scenarios = async || {
        let reply = post(&sandbox, "/diagnosis-support", payload(&[&unmarked(1)])).await;
        reply.body["sandbox"]["scenarios"][0]["scenario"].clone()
    };
    assert_eq!(scenarios().await, "acne/mild");
    call(&sandbox, "PUT", path, r#"{"scenario": null}"#).await;
    assert_eq!(scenarios().await, Value::Null);

    for body in ["", "{}", r#"{"scenario": "unheard-of"}"#, r#"{"scenario": 1}"#] {
        assert_eq!(
            call(&sandbox, "PUT", path, body).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}"
        );
    }
    let stranger = "/_sandbox/accounts/nobody/scenario";
    assert_eq!(
        call(&sandbox, "PUT", stranger, r#"{"scenario": "acne"}"#).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_ledger_is_read_over_http_and_does_not_count_itself() {
    let sandbox = sandbox();
    token(&sandbox, sandbox.account()).await;
    get(&sandbox, "/_sandbox/ledger", None).await;
    let reply = get(&sandbox, "/_sandbox/ledger", None).await;
    let account = json!({"loginsAccepted": 1, "loginsRefused": 0, "requests": {"login": {"200": 1}}});
    assert_eq!(reply.body["accounts"], json!({"sandbox@example.org": account}));
    assert_eq!(reply.body["total"], account);
}
