//! The controls under `/_sandbox/`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use legit_health_sandbox::{Sandbox, Scenario};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{Response, get, login, payload, post, sandbox, send, token, unmarked};

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
    call(&sandbox, "POST", "/_sandbox/faults", r#"{"fault": {"kind": "stall"}, "operation": "login"}"#).await;
    let request = get(&sandbox, "/v2.0/body-sites", None).await;
    let request = request.headers["x-request-id"].to_str().unwrap();
    for control in listed.as_object().unwrap().keys() {
        let (method, path) = control.split_once(' ').unwrap();
        let path = path.replace("{username}", "sandbox%40example.org").replace("faults/{id}", "faults/1");
        let path = path.replace("{id}", request).replace("{file}", "healthy.jpg");
        let call_raw = Request::builder().method(method).uri(&path).body(Body::from("{")).unwrap();
        let status = sandbox.router().oneshot(call_raw).await.unwrap().status();
        let known = [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::CONFLICT];
        assert!(known.contains(&status), "{control}: {status}");
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
        ("/token-life", "", "the body must be {\"minutes\": N} or null: EOF while parsing"),
        ("/token-life", "{}", "the body must be {\"minutes\": N} or null: missing field `minutes`"),
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

#[tokio::test]
async fn accounts_are_listed_without_passwords_and_tokens_are_issued_for_them() {
    let sandbox = sandbox();
    let account = sandbox.add_account();
    sandbox.set_scenario(&account, "acne/mild".parse::<Scenario>().unwrap());
    sandbox.set_token_life(&account, 5);
    let listed = get(&sandbox, "/_sandbox/accounts", None).await.body["accounts"].clone();
    let expected = json!({"username": account.username, "scenario": "acne/mild", "tokenLifeMinutes": 5, "isLocked": false});
    assert_eq!(listed[0], expected);
    assert_eq!(
        (&listed[1]["username"], &listed[1]["scenario"]),
        (&json!("sandbox@example.org"), &Value::Null)
    );

    let path = format!("/_sandbox/accounts/{}/tokens", account.username);
    let issued = call(&sandbox, "POST", &path, "").await.body["access_token"].clone();
    let device = async || get(&sandbox, "/v2.0/device-information", issued.as_str()).await.status;
    assert_eq!(device().await, StatusCode::OK);
    sandbox.clock().advance(std::time::Duration::from_secs(5 * 60));
    assert_eq!(device().await, StatusCode::UNAUTHORIZED);
    call(&sandbox, "POST", "/_sandbox/clock/reset", "").await;
    assert_eq!(device().await, StatusCode::OK);
    call(&sandbox, "DELETE", &path, "").await;
    assert_eq!(device().await, StatusCode::UNAUTHORIZED);
    assert_eq!(login(&sandbox, &account).await.status, StatusCode::OK);
    assert_eq!(
        call(&sandbox, "POST", "/_sandbox/accounts/nobody/tokens", "").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn one_fault_is_taken_back_by_its_number() {
    let sandbox = sandbox();
    for status in [503, 504] {
        let body = json!({"fault": {"kind": "early_status", "status": status}}).to_string();
        call(&sandbox, "POST", "/_sandbox/faults", &body).await;
    }
    let left = call(&sandbox, "DELETE", "/_sandbox/faults/1", "").await.body["faults"].clone();
    assert_eq!(
        (&left[0]["id"], &left[0]["fault"]["status"], left.as_array().unwrap().len()),
        (&json!(2), &json!(504), 1)
    );
    for id in ["1", "3", "x"] {
        assert_eq!(
            call(&sandbox, "DELETE", &format!("/_sandbox/faults/{id}"), "").await.status,
            StatusCode::NOT_FOUND
        );
    }
}
