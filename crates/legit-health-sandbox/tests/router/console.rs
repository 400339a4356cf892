//! The console: its files, the requests that it lists, and who may use the controls.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use legit_health_sandbox::{Config, InjectedFault, Injection, Sandbox};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::controls::call;
use crate::support::{get, payload, post, post_with, sandbox, send, token, unmarked};

/// Requests a path without reading it as JSON.
async fn raw(sandbox: &Sandbox, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let (head, body) =
        sandbox.router().oneshot(request).await.expect("the router does not fail").into_parts();
    (head.status, head.headers, body.collect().await.expect("in memory").to_bytes().to_vec())
}

async fn requests(sandbox: &Sandbox) -> Vec<Value> {
    let response = get(sandbox, "/_sandbox/requests", None).await;
    response.body["requests"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn the_page_and_its_files_are_served_with_a_policy_that_allows_nothing_else() {
    let sandbox = sandbox();
    let (status, headers, page) = raw(&sandbox, "/").await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"text/html; charset=utf-8".parse().unwrap())
    );
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers["x-legit-health-sandbox"], "true");

    let page = String::from_utf8(page).unwrap();
    let names: Vec<_> = page
        .match_indices("/_sandbox/console/")
        .map(|(at, _)| page[at..].split('"').next().unwrap())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for name in names.into_iter().chain(["/_sandbox/console/words.js"]) {
        assert_eq!(raw(&sandbox, name).await.0, StatusCode::OK, "{name}");
    }
    assert_eq!(get(&sandbox, "/_sandbox/console/../lib.rs", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_is_listed_with_its_scenario_and_found_by_its_identifier() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let scenario = [("x-sandbox-scenario", "acne/mild"), ("user-agent", "a test")];
    let body = payload(&[&unmarked(1)]);
    let response = post_with(&sandbox, "/diagnosis-support", &token, &scenario, body.clone()).await;
    let listed = requests(&sandbox).await;
    let [login, diagnosis] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((&login["operation"], &login["state"]), (&json!("login"), &json!("answered")));
    let id = response.headers["x-request-id"].to_str().unwrap();
    let expected = json!({
        "id": id, "state": "answered", "method": "POST", "path": "/v2.0/diagnosis-support",
        "operation": "diagnosis_support", "account": "sandbox@example.org", "userAgent": "a test", "status": 200,
        "scenarios": ["acne/mild"], "faults": [], "detail": null,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&diagnosis[name], value, "{name}");
    }
    let (_, _, kept) = raw(&sandbox, &format!("/_sandbox/requests/{id}/request")).await;
    assert_eq!(kept, body.to_string().into_bytes());
    assert_eq!(diagnosis["request"]["size"], kept.len());
    let (_, headers, kept) = raw(&sandbox, &format!("/_sandbox/requests/{id}/response")).await;
    assert_eq!(serde_json::from_slice::<Value>(&kept).unwrap(), response.body);
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn the_entries_of_a_422_are_listed_without_what_was_sent() {
    let sandbox = sandbox();
    post(&sandbox, "/diagnosis-support", json!({"payload": [{"contentAttachment": {"data": 7}}]})).await;
    let listed = requests(&sandbox).await;
    let location = json!(["body", "payload", 0, "contentAttachment", "data"]);
    let detail = json!([{"type": "string_type", "loc": location, "msg": "Input should be a valid string"}]);
    assert_eq!((&listed[1]["status"], &listed[1]["detail"]), (&json!(422), &detail));
}

#[tokio::test]
async fn requests_outside_the_contract_are_listed_and_the_console_s_own_are_not() {
    let sandbox = sandbox();
    raw(&sandbox, "/").await;
    get(&sandbox, "/_sandbox/accounts", None).await;
    get(&sandbox, "/openapi.json", None).await;
    get(&sandbox, "/diagnosis-support?password=x", None).await;
    let listed = requests(&sandbox).await;
    assert_eq!(listed.len(), 1);
    let unversioned = (&listed[0]["path"], &listed[0]["status"], &listed[0]["operation"]);
    assert_eq!(unversioned, (&json!("/diagnosis-support"), &json!(404), &Value::Null));
}

/// Of a login neither body is kept, and nowhere else does a password or a token appear.
#[tokio::test]
async fn no_secret_is_kept() {
    let sandbox = sandbox();
    let account = sandbox.account();
    let token = token(&sandbox, account).await;
    get(&sandbox, "/v2.0/device-information", Some(&token)).await;
    let request = Request::post(format!("/v2.0/login?password={}", account.password));
    send(&sandbox, request.body(Body::from(account.password.clone())).unwrap()).await;
    send(&sandbox, Request::post("/login").body(Body::from(account.password.clone())).unwrap()).await;
    let listed = requests(&sandbox).await;
    assert_eq!(listed.len(), 4);
    let mut kept = vec![json!(listed).to_string()];
    for exchange in &listed {
        for side in ["request", "response"] {
            let path = format!("/_sandbox/requests/{}/{side}", exchange["id"].as_str().unwrap());
            kept.push(String::from_utf8(raw(&sandbox, &path).await.2).unwrap());
        }
    }
    assert!(kept.iter().any(|text| text.contains("manufacturer")), "bodies are kept");
    for secret in [&account.password, &token] {
        assert!(!kept.iter().any(|text| text.contains(secret.as_str())), "a secret is kept");
    }
}

#[tokio::test]
async fn bodies_are_not_kept_when_that_is_turned_off() {
    let sandbox = Config { keep_bodies: false, ..Config::default() }.in_process();
    let response = get(&sandbox, "/v2.0/body-sites", None).await;
    let id = response.headers["x-request-id"].to_str().unwrap();
    for side in ["request", "response"] {
        assert_eq!(raw(&sandbox, &format!("/_sandbox/requests/{id}/{side}")).await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(requests(&sandbox).await[0]["response"]["kept"], "never");
}

#[tokio::test]
async fn faults_and_lost_connections_are_listed() {
    let sandbox = sandbox();
    for fault in [
        InjectedFault::EarlyStatus { status: 503 },
        InjectedFault::NoResponse,
        InjectedFault::CutResponse { after: 10 },
    ] {
        sandbox.inject(Injection::for_everyone(fault)).unwrap();
        let request = Request::get("/v2.0/body-sites").body(Body::empty()).unwrap();
        drop(sandbox.router().oneshot(request).await.unwrap().into_body().collect().await);
    }
    let listed = requests(&sandbox).await;
    let outcome = |index: usize| {
        (listed[index]["status"].clone(), listed[index]["state"].clone(), listed[index]["faults"][0].clone())
    };
    assert_eq!(outcome(0), (json!(503), json!("answered"), json!("early_status")));
    assert_eq!(outcome(1), (Value::Null, json!("unanswered"), json!("no_answer")));
    assert_eq!(outcome(2), (json!(200), json!("cut_short"), json!("cut_answer")));
}

#[tokio::test]
async fn only_what_is_new_is_listed_until_all_is_forgotten() {
    let sandbox = sandbox();
    get(&sandbox, "/v2.0/body-sites", None).await;
    let first = get(&sandbox, "/_sandbox/requests", None).await;
    let since = format!("/_sandbox/requests?since={}", first.body["version"]);
    assert_eq!(get(&sandbox, &since, None).await.body["requests"], json!([]));
    get(&sandbox, "/v2.0/body-sites", None).await;
    assert_eq!(get(&sandbox, &since, None).await.body["requests"][0]["number"], 2);
    call(&sandbox, "DELETE", "/_sandbox/requests", "").await;
    assert_eq!(requests(&sandbox).await, Vec::<Value>::new());
}

#[tokio::test]
async fn pages_of_other_sites_reach_neither_controls_nor_requests() {
    let sandbox = sandbox();
    for path in ["/_sandbox/", "/_sandbox/ledger", "/_sandbox/requests", "/_sandbox/accounts"] {
        let status = async |host: &str, origin: Option<&str>| {
            let request = Request::get(path).header(header::HOST, host);
            let request =
                origin.into_iter().fold(request, |request, origin| request.header(header::ORIGIN, origin));
            send(&sandbox, request.body(Body::empty()).unwrap()).await.status
        };
        assert_eq!(status("127.0.0.1:8080", Some("http://127.0.0.1:8080")).await, StatusCode::OK, "{path}");
        assert_eq!(
            status("127.0.0.1:8080", Some("http://example.org")).await,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(status("example.org", None).await, StatusCode::FORBIDDEN, "{path}");
    }
    let revoke =
        Request::delete("/_sandbox/accounts/sandbox@example.org/tokens").header(header::ORIGIN, "null");
    assert_eq!(send(&sandbox, revoke.body(Body::empty()).unwrap()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn samples_are_served() {
    let sandbox = sandbox();
    let samples = get(&sandbox, "/_sandbox/samples", None).await.body["samples"].clone();
    let samples = samples.as_array().unwrap();
    assert_eq!(samples.len(), 26);
    assert_eq!((&samples[0]["scenario"], &samples[0]["view"]), (&json!("psoriasis/moderate"), &Value::Null));
    assert_eq!(samples[9]["view"], "armLeftBottom");
    for sample in samples {
        let path = format!("/_sandbox/samples/{}", sample["file"].as_str().unwrap());
        assert!(raw(&sandbox, &path).await.2.starts_with(&[0xFF, 0xD8]), "{path}");
    }
    assert_eq!(raw(&sandbox, "/_sandbox/samples/none.jpg").await.0, StatusCode::NOT_FOUND);
}
