//! What real clients send: other encodings and forms, slashes, pages in a browser.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use legit_health_sandbox::Sandbox;
use serde_json::json;

use crate::support::{Response, answers, get, payload, post, sandbox, send, severity, token, unmarked};

async fn post_bytes(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(sandbox, request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn json_is_taken_with_a_byte_order_mark_in_utf_16_and_without_a_media_type() {
    let sandbox = sandbox();
    let token = format!("Bearer {}", token(&sandbox, sandbox.account()).await);
    let pure4 = answers(json!({"question1": 1, "question2": 0, "question3": 1, "question4": 0}));
    let text = severity("armLeft", json!({"pure4": pure4}), None).to_string();
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [
        text.clone().into_bytes(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        [b"\xFF\xFE", utf_16.as_slice()].concat(),
    ] {
        let headers = [("authorization", token.as_str())];
        let response = post_bytes(&sandbox, "/v2.0/severity-assessment/manual", &headers, body).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.body);
    }
}

#[tokio::test]
async fn a_login_is_taken_as_a_multipart_form_and_counted_for_its_account() {
    let sandbox = sandbox();
    let account = sandbox.account();
    let part = |name: &str, value: &str| {
        format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = part("username", &account.username) + &part("password", &account.password) + "--x1--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x1")];
    let response = post_bytes(&sandbox, "/v2.0/login", &headers, body.into_bytes()).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.body);
    assert_eq!(sandbox.ledger().account(&account.username).logins_accepted, 1);
}

#[tokio::test]
async fn a_slash_too_many_is_redirected_as_by_the_framework() {
    let sandbox = sandbox();
    for (path, location) in [
        ("/v2.0/login/", "/v2.0/login"),
        ("/v2.0/questionnaires/?pathology=EA90&x=%2F", "/v2.0/questionnaires?pathology=EA90&x=%2F"),
    ] {
        let response = post_bytes(&sandbox, path, &[], Vec::new()).await;
        assert_eq!(response.status, StatusCode::TEMPORARY_REDIRECT, "{path}");
        assert_eq!(response.headers[header::LOCATION], location);
    }
    assert_eq!(sandbox.ledger().anonymous.responses("unmatched", 307), 2);
}

#[tokio::test]
async fn a_hint_says_what_a_client_often_gets_wrong_and_the_body_stays_the_devices() {
    let sandbox = sandbox();
    for (path, hint) in [
        ("/login", Some("the base URL ends in /v2.0: send this to /v2.0/login")),
        (
            "/severity-assessment/automatic/local/",
            Some("the base URL ends in /v2.0: send this to /v2.0/severity-assessment/automatic/local"),
        ),
        ("/v1.0/diagnosis-support", Some("the base URL ends in /v2.0: send this to /v2.0/diagnosis-support")),
        ("/v2.0/nothing", None),
        ("/nothing", None),
    ] {
        let response = get(&sandbox, path, None).await;
        assert_eq!((response.status, response.body), (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})));
        let given = response.headers.get("x-sandbox-hint").map(|hint| hint.to_str().unwrap());
        assert_eq!(given, hint, "{path}");
    }
    let mut body = payload(&[&unmarked(1)]);
    let data = body["payload"][0]["contentAttachment"]["data"].take();
    body["payload"][0]["contentAttachment"]["data"] =
        json!(format!("data:image/jpeg;base64,{}", data.as_str().unwrap()));
    let response = post(&sandbox, "/diagnosis-support", body).await;
    assert_eq!(response.body["detail"][0]["msg"], "Value error, Only base64 data is allowed");
    let hint = response.headers["x-sandbox-hint"].to_str().unwrap();
    assert!(hint.starts_with("send the base64 text alone"), "{hint}");
}

async fn from_page(sandbox: &Sandbox, method: Method, path: &str, headers: &[(&str, &str)]) -> HeaderMap {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(sandbox, request.body(Body::empty()).expect("a request")).await.headers
}

#[tokio::test]
async fn pages_of_this_machine_may_call_the_api_and_others_may_not() {
    let sandbox = sandbox();
    let page = ("origin", "http://localhost:3000");
    let asked = [
        page,
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,x-sandbox-scenario"),
    ];
    let headers = from_page(&sandbox, Method::OPTIONS, "/v2.0/diagnosis-support", &asked).await;
    assert_eq!(headers["access-control-allow-origin"], "http://localhost:3000");
    assert_eq!(headers["access-control-allow-headers"], "authorization,content-type,x-sandbox-scenario");
    assert!(headers["access-control-allow-methods"].to_str().unwrap().contains("POST"));
    assert_eq!(headers["x-legit-health-sandbox"], "true");
    // An error, too: a page could not read why it was refused otherwise.
    let headers = from_page(&sandbox, Method::GET, "/v2.0/device-information", &[page]).await;
    assert_eq!(headers["access-control-allow-origin"], "http://localhost:3000");
    assert!(headers["access-control-expose-headers"].to_str().unwrap().contains("x-request-id"));

    let foreign = [("origin", "https://example.org"), asked[1]];
    let headers = from_page(&sandbox, Method::OPTIONS, "/v2.0/diagnosis-support", &foreign).await;
    assert!(!headers.contains_key("access-control-allow-origin"));
    for method in [Method::OPTIONS, Method::GET] {
        let headers = from_page(&sandbox, method, "/_sandbox/ledger", &asked).await;
        assert!(!headers.contains_key("access-control-allow-origin"), "the controls are not shared");
    }
}
