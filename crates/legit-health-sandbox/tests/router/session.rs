//! Logging in, and what a token opens.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use legit_health_sandbox::{Clock, Config};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{get, login, sandbox, send, token};

const DEVICE: &str = "/v2.0/device-information";

#[tokio::test]
async fn login_answers_in_the_shape_of_the_guide() {
    let sandbox = sandbox();
    let reply = login(&sandbox, sandbox.account()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body["token_type"], "Access token");
    assert_eq!(reply.body["expires_in_minutes"], "60");
    assert_eq!(reply.body["access_token"].as_str().unwrap().split('.').count(), 3);
}

#[tokio::test]
async fn a_token_opens_the_device_until_it_expires_on_the_sandbox_clock() {
    let sandbox = Config { clock: Clock::fixed(), token_life_minutes: 5, ..Config::default() }.in_process();
    let reply = login(&sandbox, sandbox.account()).await;
    assert_eq!(reply.body["expires_in_minutes"], "5");
    let token = reply.body["access_token"].as_str().unwrap();

    sandbox.clock().advance(Duration::from_secs(5 * 60 - 1));
    assert_eq!(get(&sandbox, DEVICE, Some(token)).await.status, StatusCode::OK);
    sandbox.clock().advance(Duration::from_secs(1));
    let reply = get(&sandbox, DEVICE, Some(token)).await;
    assert_eq!((reply.status, &reply.body), (StatusCode::UNAUTHORIZED, &json!({"detail": "Expired token"})));
    assert_eq!(reply.headers[header::WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn other_credentials_are_refused() {
    let sandbox = sandbox();
    let mut wrong = sandbox.account().clone();
    wrong.password.push('x');
    let mut nobody = sandbox.account().clone();
    nobody.username = "foo".into();
    for account in [wrong, nobody] {
        let reply = login(&sandbox, &account).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.body, json!({"detail": "Incorrect username or password"}));
    }
}

#[tokio::test]
async fn a_form_is_required_and_never_repeated() {
    let sandbox = sandbox();
    let username = &sandbox.account().username;
    let cases = [
        ("application/x-www-form-urlencoded", format!("username={username}"), vec!["password"]),
        ("application/x-www-form-urlencoded", "username=&password=x".into(), vec!["username"]),
        (
            "application/json",
            json!({"username": username, "password": "x"}).to_string(),
            vec!["username", "password"],
        ),
        ("text/plain", String::new(), vec!["username", "password"]),
    ];
    for (content_type, body, missing) in cases {
        let request = Request::post("/v2.0/login").header(header::CONTENT_TYPE, content_type);
        let reply = send(&sandbox, request.body(Body::from(body)).unwrap()).await;
        let expected: Vec<_> = missing.iter().map(|name| ("missing", json!(["body", name]))).collect();
        assert_eq!(reply.faults(), expected);
        assert!(reply.body["detail"].as_array().unwrap().iter().all(|entry| entry["input"] == Value::Null));
    }
}

#[tokio::test]
async fn anything_but_a_genuine_bearer_token_is_refused() {
    let sandbox = sandbox();
    let good = token(&sandbox, sandbox.account()).await;
    let elsewhere = Config { seed: Some(2), ..Config::default() }.in_process();
    let foreign = token(&elsewhere, elsewhere.account()).await;
    let cases = [
        (None, "Not authenticated"),
        (Some(String::new()), "Not authenticated"),
        (Some(good.clone()), "Not authenticated"),
        (Some(format!("Basic {good}")), "Not authenticated"),
        (Some("Bearer ".into()), "Not authenticated"),
        (Some("Bearer abc".into()), "Invalid token"),
        (Some(format!("Bearer {good}x")), "Invalid token"),
        (Some(format!("Bearer {foreign}")), "Invalid token"),
    ];
    for (authorization, sentence) in cases {
        let mut request = Request::get(DEVICE);
        if let Some(value) = &authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let reply = send(&sandbox, request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{authorization:?}");
        assert_eq!(reply.body, json!({"detail": sentence}));
    }
    let request = Request::get(DEVICE).header(header::AUTHORIZATION, format!("bearer {good}"));
    assert_eq!(send(&sandbox, request.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_label_says_that_it_is_not_the_device() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let reply = get(&sandbox, DEVICE, Some(&token)).await;
    assert!(reply.body["manufacturer"]["name"].as_str().unwrap().contains("not the device"));
    assert!(reply.body["name"][0]["value"].as_str().unwrap().contains("not the device"));
    assert_eq!(reply.body["version"][0]["value"], env!("CARGO_PKG_VERSION"));
}
