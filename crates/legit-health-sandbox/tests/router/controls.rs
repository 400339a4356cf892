//! The controls under `/_sandbox/`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use legit_health_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Response, get, payload, post, sandbox, send, token, unmarked};

pub(crate) async fn call(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Response {
    let request =
        Request::builder().method(method).uri(path).body(Body::from(body.to_owned())).expect("a request");
    send(sandbox, request).await
}

#[tokio::test]
async fn the_root_lists_controls_and_scenarios() {
    for path in ["/_sandbox", "/_sandbox/"] {
        let response = get(&sandbox(), path, None).await;
        assert!(response.body["controls"].as_object().unwrap().contains_key("GET /_sandbox/ledger"));
        assert!(response.body["scenarios"].as_array().unwrap().contains(&json!("psoriasis/moderate")));
    }
}

#[tokio::test]
async fn the_clock_is_advanced_over_http() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let response = call(&sandbox, "POST", "/_sandbox/clock/advance", r#"{"seconds": 3600}"#).await;
    assert_eq!(response.body["now"], "2026-01-01T01:00:00.000000");
    let response = get(&sandbox, "/v2.0/device-information", Some(&token)).await;
    assert_eq!(response.body, json!({"detail": "Expired token"}));
    for body in ["", "{}", r#"{"seconds": -1}"#, r#"{"seconds": 1e12}"#, r#"{"seconds": "1"}"#, "[]"] {
        let response = call(&sandbox, "POST", "/_sandbox/clock/advance", body).await;
        assert_eq!(response.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
}

#[tokio::test]
async fn the_scenario_of_an_account_is_set_over_http() {
    let sandbox = sandbox();
    let path = "/_sandbox/accounts/sandbox%40example.org/scenario";
    let response = call(&sandbox, "PUT", path, r#"{"scenario": "acne/mild"}"#).await;
    assert_eq!(response.body["scenario"], "acne/mild");
    let scenarios = async || {
        let response = post(&sandbox, "/diagnosis-support", payload(&[&unmarked(1)])).await;
        response.body["sandbox"]["scenarios"][0]["scenario"].clone()
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
    let response = get(&sandbox, "/_sandbox/ledger", None).await;
    let form = format!("username={}&password={}", sandbox.account().username, sandbox.account().password);
    let account = json!({
        "loginsAccepted": 1, "loginsRefused": 0, "requests": {"login": {"200": 1}}, "unanswered": {},
        "faults": {}, "inFlight": 0, "mostInFlight": 1, "held": 0, "bodyBytes": form.len(),
    });
    assert_eq!(response.body["accounts"], json!({"sandbox@example.org": account}));
    assert_eq!(response.body["total"], account);
}

/// A listed control that does not exist would be a 404 or 405.
#[tokio::test]
async fn every_listed_control_exists() {
    let sandbox = sandbox();
    let listed = get(&sandbox, "/_sandbox/", None).await.body["controls"].clone();
    for control in listed.as_object().unwrap().keys() {
        let (method, path) = control.split_once(' ').unwrap();
        let path = path.replace("{username}", "sandbox%40example.org");
        let response = call(&sandbox, method, &path, "{").await;
        let known = [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::CONFLICT];
        assert!(known.contains(&response.status), "{control}: {}", response.status);
        if path.contains("/accounts/") {
            let stranger = path.replace("sandbox%40example.org", "nobody");
            assert_eq!(call(&sandbox, method, &stranger, "{}").await.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn an_invalid_control_gets_an_error_of_one_sentence() {
    let sandbox = sandbox();
    let account = "/_sandbox/accounts/sandbox%40example.org";
    for (path, body, sentence) in [
        ("/token-life", "", "the body must be {\"minutes\": N} or {\"minutes\": null}: EOF while parsing"),
        (
            "/token-life",
            "{}",
            "the body must be {\"minutes\": N} or {\"minutes\": null}: missing field `minutes`",
        ),
        (
            "/lock-out",
            r#"{"after": -1}"#,
            "the body must be {\"after\": N, \"seconds\": N or null} or null: invalid",
        ),
        (
            "/lock-out",
            r#"{"after": 1, "seconds": -1}"#,
            "the body must be {\"after\": N, \"seconds\": N or null}",
        ),
        (
            "/rate-limit",
            r#"{"requests": 1}"#,
            "the body must be {\"requests\": N, \"seconds\": N} or null: missing",
        ),
        (
            "/rate-limit",
            r#"{"requests": 1, "seconds": 1, "operation": "loggin"}"#,
            "the body must be {\"requests\": N, \"seconds\": N} or null: unknown variant `loggin`, expected one of `login`",
        ),
        ("/rate-limit", r#"{"requests": 1, "seconds": 1, "per": 2}"#, "the body must be"),
    ] {
        let response = call(&sandbox, "PUT", &format!("{account}{path}"), body).await;
        assert_eq!(response.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let said = response.body["detail"].as_str().unwrap();
        assert!(said.starts_with(sentence) && !said.contains('\n'), "{said}");
    }
}
