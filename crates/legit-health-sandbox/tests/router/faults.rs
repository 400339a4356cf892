//! Faults, without sockets.

use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use legit_health_sandbox::{
    Clock, Config, Fault, Injection, Lost, Operation, RetryAfter, Sandbox, StatusBody, Times,
};
use serde_json::{Value, json};
use std::time::Duration;
use tower::ServiceExt;

use crate::controls::call;
use crate::support::{Reply, get, login, payload, post, sandbox, token, unmarked};

const FAULTS: &str = "/_sandbox/accounts/sandbox%40example.org/faults";

fn inject(sandbox: &Sandbox, fault: Fault) {
    sandbox
        .inject(Injection::for_account(sandbox.account(), fault))
        .expect("the test asks for what there is");
}

async fn label(sandbox: &Sandbox, token: &str) -> Reply {
    get(sandbox, "/v2.0/device-information", Some(token)).await
}

fn request(token: &str) -> Request<Body> {
    let request = Request::get("/v2.0/device-information");
    request
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .expect("the test asks for what there is")
}

async fn connect(sandbox: &Sandbox, token: &str) -> Result<Response<Body>, Lost> {
    sandbox.connection().oneshot(request(token)).await
}

/// The bytes that came, and whether the body came to its end.
async fn drain(response: Response<Body>) -> (Vec<u8>, bool) {
    let (mut body, mut bytes) = (response.into_body(), Vec::new());
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap_or_else(|_| Bytes::new())),
            Err(_) => return (bytes, false),
        }
    }
    (bytes, true)
}

#[tokio::test]
async fn a_status_comes_with_any_kind_of_body() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for (body, media, start) in [
        (StatusBody::Detail, Some("application/json"), "{\"detail\":\"Bad Gateway\"}"),
        (StatusBody::OtherJson, Some("application/json"), "{\"error\":{\"code\":502,"),
        (StatusBody::Html, Some("text/html; charset=utf-8"), "<!DOCTYPE html>"),
        (StatusBody::PlainText, Some("text/plain; charset=utf-8"), "Bad Gateway\n"),
        (StatusBody::Empty, None, ""),
    ] {
        let retry_after = RetryAfter::Seconds(Duration::from_secs(30));
        inject(&sandbox, Fault::Status { status: 502, body, retry_after });
        let response = connect(&sandbox, &token).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        assert_eq!(response.headers()[header::RETRY_AFTER], "30");
        assert_eq!(response.headers()["x-legit-health-sandbox"], "true");
        assert_eq!(response.headers().get(header::CONTENT_TYPE).map(|it| it.to_str().unwrap()), media);
        let (bytes, whole) = drain(response).await;
        assert!(whole && String::from_utf8(bytes).unwrap().starts_with(start), "{body:?}");
    }
    let tally = sandbox.ledger().account(&sandbox.account().username);
    assert_eq!((tally.answered("device_information", 502), tally.faults["status"]), (5, 5));
    assert_eq!(label(&sandbox, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_redirect_names_another_place() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for status in [301, 302, 303, 307, 308] {
        inject(&sandbox, Fault::Redirect { status, location: "https://elsewhere.example/".into() });
        let reply = label(&sandbox, &token).await;
        assert_eq!((reply.status.as_u16(), reply.body), (status, Value::Null));
        assert_eq!(reply.headers[header::LOCATION], "https://elsewhere.example/");
    }
}

#[tokio::test]
async fn a_login_is_its_accounts_and_an_expired_token_too() {
    let sandbox = sandbox();
    let other = sandbox.add_account();
    let token = token(&sandbox, sandbox.account()).await;
    let fault = Fault::EarlyStatus { status: 503 };
    sandbox
        .inject(Injection { times: Times::Always, ..Injection::for_account(sandbox.account(), fault) })
        .unwrap();
    assert_eq!(login(&sandbox, &other).await.status, StatusCode::OK);
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::SERVICE_UNAVAILABLE);
    sandbox.revoke_tokens(sandbox.account());
    assert_eq!(label(&sandbox, &token).await.status, StatusCode::SERVICE_UNAVAILABLE);
    sandbox.clear_faults_of(sandbox.account());
    assert_eq!(label(&sandbox, &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn latency_lasts_until_the_clock_has_moved() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    inject(&sandbox, Fault::Latency { by: Duration::from_secs(5) });
    let asking = tokio::spawn(sandbox.connection().oneshot(request(&token)));
    sandbox.until(|ledger| ledger.total().held == 1).await;
    sandbox.clock().advance(Duration::from_secs(4));
    tokio::task::yield_now().await;
    assert!(!asking.is_finished());
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(asking.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(sandbox.ledger().total().held, 0);
}

#[tokio::test]
async fn the_clock_of_the_system_can_be_moved_past_a_latency_too() {
    let sandbox = Config { clock: Clock::system(), ..Config::default() }.in_process();
    let token = token(&sandbox, sandbox.account()).await;
    inject(&sandbox, Fault::Latency { by: Duration::from_secs(600) });
    let asking = tokio::spawn(sandbox.connection().oneshot(request(&token)));
    sandbox.until(|ledger| ledger.total().held == 1).await;
    sandbox.clock().advance(Duration::from_secs(600));
    assert_eq!(asking.await.unwrap().unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stall_ends_only_when_the_client_goes_away() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for fault in [Fault::Stall, Fault::StallUpload { after: 0 }] {
        inject(&sandbox, fault);
        tokio::select! {
            _ = connect(&sandbox, &token) => panic!("it was answered"),
            () = sandbox.until(|ledger| ledger.total().held == 1) => {}
        }
    }
    let total = sandbox.ledger().total();
    assert_eq!((total.held, total.in_flight, total.unanswered["device_information"]), (0, 0, 2));
}

#[tokio::test]
async fn an_answer_stalls_after_exactly_so_many_bytes() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    inject(&sandbox, Fault::StallAnswer { after: 7 });
    let mut body = connect(&sandbox, &token).await.unwrap().into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap().len(), 7);
    tokio::select! {
        biased;
        _ = body.frame() => panic!("there is more"),
        () = tokio::task::yield_now() => {}
    }
    assert_eq!(sandbox.ledger().total().held, 1);
    drop(body);
    assert_eq!((sandbox.ledger().total().held, sandbox.ledger().total().in_flight), (0, 0));
}

#[tokio::test]
async fn an_answer_is_cut_at_every_byte() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let (whole, true) = drain(connect(&sandbox, &token).await.unwrap()).await else { panic!("cut") };
    for after in 0..=whole.len() {
        inject(&sandbox, Fault::CutAnswer { after: after as u64 });
        let response = connect(&sandbox, &token).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_LENGTH], whole.len().to_string().as_str());
        assert_eq!(drain(response).await, (whole[..after].to_vec(), after == whole.len()));
    }
}

#[tokio::test]
async fn a_request_is_lost_where_it_is_told() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let before = sandbox.ledger().total().body_bytes;
    for (fault, read) in [
        (Fault::CutUpload { after: 0 }, 0),
        (Fault::CutUpload { after: 4 }, 6),
        (Fault::CutUpload { after: u64::MAX }, 9),
        (Fault::NoAnswer, 9),
    ] {
        let before = sandbox.ledger().total().body_bytes;
        inject(&sandbox, fault);
        let pieces = Pieces(vec!["ghi", "def", "abc"]);
        let request =
            Request::post("/v2.0/diagnosis-support").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let lost = sandbox.connection().oneshot(request.body(pieces).unwrap()).await.unwrap_err();
        assert_eq!(lost.to_string(), "the connection was lost");
        assert_eq!(sandbox.ledger().total().body_bytes - before, read);
    }
    assert_eq!(sandbox.ledger().total().body_bytes - before, 24);
    assert_eq!(sandbox.ledger().total().unanswered["diagnosis_support"], 4);
    // A router cannot say it, but what it says is no answer either.
    inject(&sandbox, Fault::NoAnswer);
    let response = sandbox.router().oneshot(request(&token)).await.unwrap();
    assert_eq!(drain(response).await, (Vec::new(), false));
}

/// A body that comes in pieces, the last one first in the list.
struct Pieces(Vec<&'static str>);

impl axum::body::HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, std::convert::Infallible>>> {
        std::task::Poll::Ready(self.0.pop().map(|piece| Ok(http_body::Frame::data(Bytes::from(piece)))))
    }
}

#[tokio::test]
async fn an_early_status_leaves_the_body_unread() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let before = sandbox.ledger().total().body_bytes;
    inject(&sandbox, Fault::EarlyStatus { status: 413 });
    let reply =
        crate::support::post_with(&sandbox, "/diagnosis-support", &token, &[], payload(&[&unmarked(1)]))
            .await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(sandbox.ledger().total().body_bytes, before);
}

#[tokio::test]
async fn faults_are_planned_listed_and_taken_back_over_http() {
    let sandbox = sandbox();
    let planned = json!({
        "fault": {"kind": "status", "status": 429, "body": "html", "retryAfter": {"seconds": 30}},
        "operation": "diagnosis_support", "times": {"next": 2},
    });
    let reply = call(&sandbox, "POST", FAULTS, &planned.to_string()).await;
    let mut listed = planned.clone();
    listed["account"] = json!("sandbox@example.org");
    assert_eq!(reply.body["faults"], json!([listed]));
    assert_eq!(sandbox.ledger().total().faulted(), 0);
    let request = Request::post("/v2.0/diagnosis-support")
        .header(header::AUTHORIZATION, format!("Bearer {}", token(&sandbox, sandbox.account()).await));
    let response = sandbox.connection().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()[header::RETRY_AFTER]),
        (429, &"30".parse().unwrap())
    );
    let reply = call(&sandbox, "GET", "/_sandbox/faults", "").await;
    assert_eq!(reply.body["faults"][0]["times"], json!({"next": 1}));
    let other = sandbox.add_account();
    let others = format!("/_sandbox/accounts/{}/faults", other.username);
    call(&sandbox, "DELETE", &others, "").await;
    assert_eq!(call(&sandbox, "GET", FAULTS, "").await.body["faults"].as_array().unwrap().len(), 1);
    assert_eq!(call(&sandbox, "GET", &others, "").await.body["faults"], json!([]));
    let reply = call(&sandbox, "DELETE", "/_sandbox/faults", "").await;
    assert_eq!(reply.body["faults"], json!([]));
    let reply =
        call(&sandbox, "POST", "/_sandbox/faults", r#"{"fault": {"kind": "latency", "seconds": 1.5}}"#).await;
    assert_eq!(reply.body["faults"][0]["fault"], json!({"kind": "latency", "seconds": 1.5}));
    sandbox.clear_faults();
    assert_eq!(post(&sandbox, "/diagnosis-support", payload(&[&unmarked(1)])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_fault_that_cannot_be_is_refused_with_its_reason() {
    let sandbox = sandbox();
    for (body, sentence) in [
        (json!({}), "missing field `fault`"),
        (json!({"fault": {"kind": "quake"}}), "unknown variant `quake`, expected one of `latency`, `status`"),
        (json!({"fault": {"kind": "status"}}), "missing field `status`"),
        (json!({"fault": {"kind": "status", "status": 503, "stauts": 1}}), "unknown field `stauts`"),
        (json!({"fault": {"kind": "status", "status": 99}}), "200 to 599, and 99 does not"),
        (json!({"fault": {"kind": "redirect", "status": 305, "location": "/"}}), "and 305 is none"),
        (json!({"fault": {"kind": "latency", "seconds": -1}}), "seconds go from 0 to a thousand years"),
        (json!({"fault": {"kind": "stall"}, "times": {"next": 0}}), "say 1 or more"),
        (json!({"fault": {"kind": "stall"}, "operation": "nothing"}), "unknown variant `nothing`"),
    ] {
        let reply = call(&sandbox, "POST", FAULTS, &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let said = reply.body["detail"].as_str().unwrap();
        assert!(said.contains(sentence) && !said.contains('\n'), "{said}");
    }
    let injection = Injection::for_everyone(Fault::EarlyStatus { status: 99 });
    assert!(sandbox.inject(Injection { operation: Some(Operation::Login), ..injection }).is_err());
}
