//! Limits of requests.

use axum::http::{StatusCode, header};
use legit_health_sandbox::{Operation, RateLimit, RetryHint, Sandbox};
use serde_json::json;
use std::time::Duration;

use crate::controls::call;
use crate::support::{Reply, get, login, sandbox, token};

const MINUTE: Duration = Duration::from_secs(60);

async fn ask(sandbox: &Sandbox, token: &str) -> Reply {
    get(sandbox, "/v2.0/device-information", Some(token)).await
}

#[tokio::test]
async fn requests_beyond_the_limit_are_told_when_to_come_back() {
    let sandbox = sandbox();
    let other = sandbox.add_account();
    let (mine, others) = (token(&sandbox, sandbox.account()).await, token(&sandbox, &other).await);
    sandbox.limit_rate(sandbox.account(), RateLimit::new(2, MINUTE));
    assert_eq!(ask(&sandbox, &mine).await.status, StatusCode::OK);
    sandbox.clock().advance(Duration::from_secs(20));
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::OK);
    let reply = ask(&sandbox, &mine).await;
    assert_eq!((reply.status.as_u16(), &reply.body), (429, &json!({"detail": "Too Many Requests"})));
    assert_eq!(reply.headers[header::RETRY_AFTER], "40");
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(&sandbox, &others).await.status, StatusCode::OK);
    sandbox.clock().advance(Duration::from_secs(40));
    assert_eq!(ask(&sandbox, &mine).await.status, StatusCode::OK);
    assert_eq!(sandbox.ledger().account(&sandbox.account().username).answered("device_information", 429), 1);
}

#[tokio::test]
async fn the_hint_is_a_date_or_nothing_if_that_is_wanted() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let operation = Some(Operation::DeviceInformation);
    let limit = RateLimit { operation, hint: RetryHint::Date, ..RateLimit::new(0, MINUTE) };
    sandbox.limit_rate(sandbox.account(), limit.clone());
    let reply = ask(&sandbox, &token).await;
    assert_eq!(reply.headers[header::RETRY_AFTER], "Thu, 01 Jan 2026 00:01:00 GMT");
    assert_eq!(reply.headers[header::DATE], "Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::OK);
    sandbox.limit_rate(sandbox.account(), RateLimit { hint: RetryHint::Absent, ..limit });
    let reply = ask(&sandbox, &token).await;
    assert_eq!((reply.status.as_u16(), reply.headers.get(header::RETRY_AFTER)), (429, None));
    sandbox.limit_rate(sandbox.account(), None);
    assert_eq!(ask(&sandbox, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_limit_is_set_over_http() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let path = "/_sandbox/accounts/sandbox%40example.org/rate-limit";
    let limit = r#"{"requests": 0, "seconds": 30, "operation": "device_information", "retryAfter": "date"}"#;
    call(&sandbox, "PUT", path, limit).await;
    let reply = ask(&sandbox, &token).await;
    assert_eq!(reply.headers[header::RETRY_AFTER], "Thu, 01 Jan 2026 00:00:30 GMT");
    call(&sandbox, "PUT", path, "null").await;
    assert_eq!(ask(&sandbox, &token).await.status, StatusCode::OK);
}
