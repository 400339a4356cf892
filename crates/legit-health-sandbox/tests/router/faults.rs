//! Injected faults, in process.

use std::io::Read;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{self, HeaderMap, Request, StatusCode, header};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use legit_health_sandbox::{
    Change, Clock, Coding, Config, ConnectionLostError, InjectedFault, Injection, Operation, RetryAfter,
    Sandbox, StatusBody, Times,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::controls::call;
use crate::support::{Response, get, login, payload, post, post_with, sandbox, token, unmarked};

const FAULTS: &str = "/_sandbox/accounts/sandbox%40example.org/faults";

fn inject(sandbox: &Sandbox, fault: InjectedFault) {
    sandbox.inject(Injection::for_account(sandbox.account(), fault)).expect("the test is valid");
}

async fn label(sandbox: &Sandbox, token: &str) -> Response {
    get(sandbox, "/v2.0/device-information", Some(token)).await
}

fn request(token: &str) -> Request<Body> {
    let request = Request::get("/v2.0/device-information");
    request
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .expect("the test is valid")
}

async fn connect(sandbox: &Sandbox, token: &str) -> Result<http::Response<Body>, ConnectionLostError> {
    sandbox.connection().oneshot(request(token)).await
}

/// Returns the bytes received, and whether the body was complete.
async fn drain(response: http::Response<Body>) -> (Vec<u8>, bool) {
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
async fn a_status_can_have_any_kind_of_body() {
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
        inject(&sandbox, InjectedFault::Status { status: 502, body, retry_after });
        let response = connect(&sandbox, &token).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        assert_eq!(response.headers()[header::RETRY_AFTER], "30");
        assert_eq!(response.headers()["x-legit-health-sandbox"], "true");
        assert_eq!(response.headers().get(header::CONTENT_TYPE).map(|it| it.to_str().unwrap()), media);
        let (bytes, whole) = drain(response).await;
        assert!(whole && String::from_utf8(bytes).unwrap().starts_with(start), "{body:?}");
    }
    let tally = sandbox.ledger().account(&sandbox.account().username);
    assert_eq!((tally.responses("device_information", 502), tally.faults["status"]), (5, 5));
    assert_eq!(label(&sandbox, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_redirect_has_a_location() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for status in [301, 302, 303, 307, 308] {
        inject(&sandbox, InjectedFault::Redirect { status, location: "https://elsewhere.example/".into() });
        let reply = label(&sandbox, &token).await;
        assert_eq!((reply.status.as_u16(), reply.body), (status, Value::Null));
        assert_eq!(reply.headers[header::LOCATION], "https://elsewhere.example/");
    }
}

#[tokio::test]
async fn faults_of_an_account_apply_to_its_logins_and_expired_tokens() {
    let sandbox = sandbox();
    let other = sandbox.add_account();
    let token = token(&sandbox, sandbox.account()).await;
    let fault = InjectedFault::EarlyStatus { status: 503 };
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
async fn latency_lasts_until_the_clock_has_advanced() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    inject(&sandbox, InjectedFault::Latency { by: Duration::from_secs(5) });
    let asking = tokio::spawn(sandbox.connection().oneshot(request(&token)));
    sandbox.wait_until(|ledger| ledger.total().held == 1).await;
    sandbox.clock().advance(Duration::from_secs(4));
    tokio::task::yield_now().await;
    assert!(!asking.is_finished());
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(asking.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(sandbox.ledger().total().held, 0);
}

#[tokio::test]
async fn the_system_clock_can_be_moved_past_a_latency() {
    let sandbox = Config { clock: Clock::system(), ..Config::default() }.in_process();
    let token = token(&sandbox, sandbox.account()).await;
    inject(&sandbox, InjectedFault::Latency { by: Duration::from_secs(600) });
    let asking = tokio::spawn(sandbox.connection().oneshot(request(&token)));
    sandbox.wait_until(|ledger| ledger.total().held == 1).await;
    sandbox.clock().advance(Duration::from_secs(600));
    assert_eq!(asking.await.unwrap().unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stall_ends_when_the_client_disconnects() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for fault in [InjectedFault::Stall, InjectedFault::StallUpload { after: 0 }] {
        inject(&sandbox, fault);
        tokio::select! {
            _ = connect(&sandbox, &token) => panic!("it was answered"),
            () = sandbox.wait_until(|ledger| ledger.total().held == 1) => {}
        }
    }
    let total = sandbox.ledger().total();
    assert_eq!((total.held, total.in_flight, total.unanswered["device_information"]), (0, 0, 2));
}

#[tokio::test]
async fn a_response_stalls_after_exactly_the_given_bytes() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    inject(&sandbox, InjectedFault::StallResponse { after: 7 });
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
async fn a_response_can_be_cut_at_every_byte() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let (whole, true) = drain(connect(&sandbox, &token).await.unwrap()).await else { panic!("cut") };
    for after in 0..=whole.len() {
        inject(&sandbox, InjectedFault::CutResponse { after: after as u64 });
        let response = connect(&sandbox, &token).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_LENGTH], whole.len().to_string().as_str());
        assert_eq!(drain(response).await, (whole[..after].to_vec(), after == whole.len()));
    }
}

#[tokio::test]
async fn a_request_is_lost_after_the_given_bytes() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let before = sandbox.ledger().total().body_bytes;
    for (fault, read) in [
        (InjectedFault::CutUpload { after: 0 }, 0),
        (InjectedFault::CutUpload { after: 4 }, 6),
        (InjectedFault::CutUpload { after: u64::MAX }, 9),
        (InjectedFault::NoResponse, 9),
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
    // A router has no error, so its response has a body that fails.
    inject(&sandbox, InjectedFault::NoResponse);
    let response = sandbox.router().oneshot(request(&token)).await.unwrap();
    assert_eq!(drain(response).await, (Vec::new(), false));
}

/// A body in pieces, in reverse order.
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
async fn an_early_status_does_not_read_the_body() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let before = sandbox.ledger().total().body_bytes;
    inject(&sandbox, InjectedFault::EarlyStatus { status: 413 });
    let reply = post_with(&sandbox, "/diagnosis-support", &token, &[], payload(&[&unmarked(1)])).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(sandbox.ledger().total().body_bytes, before);
}

#[tokio::test]
async fn faults_are_planned_listed_and_cleared_over_http() {
    let sandbox = sandbox();
    let planned = json!({
        "fault": {"kind": "status", "status": 429, "body": "html", "retryAfter": {"seconds": 30}},
        "operation": "diagnosis_support", "times": {"next": 2},
    });
    let reply = call(&sandbox, "POST", FAULTS, &planned.to_string()).await;
    let mut listed = planned.clone();
    listed["account"] = json!("sandbox@example.org");
    listed["id"] = json!(1);
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
async fn an_impossible_fault_is_rejected_with_a_reason() {
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
    let injection = Injection::for_everyone(InjectedFault::EarlyStatus { status: 99 });
    assert!(sandbox.inject(Injection { operation: Some(Operation::Login), ..injection }).is_err());
}

/// Requests a report on two images.
async fn report(sandbox: &Sandbox, fault: Option<InjectedFault>) -> (StatusCode, HeaderMap, Bytes) {
    let token = token(sandbox, sandbox.account()).await;
    if let Some(fault) = fault {
        sandbox.inject(Injection::for_account(sandbox.account(), fault)).expect("the test is valid");
    }
    let body = payload(&[&unmarked(1), &unmarked(2)]).to_string();
    let request = Request::post("/v2.0/diagnosis-support")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_ENCODING, "gzip");
    let response = sandbox
        .connection()
        .oneshot(request.body(Body::from(body)).expect("the test is valid"))
        .await
        .expect("the test is valid");
    let (head, body) = response.into_parts();
    (head.status, head.headers, body.collect().await.expect("the test is valid").to_bytes())
}

async fn edited(sandbox: &Sandbox, at: &str, change: Change) -> String {
    let (status, headers, body) = report(sandbox, Some(InjectedFault::Edit { at: at.into(), change })).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"application/json".parse().expect("the test is valid"))
    );
    String::from_utf8(body.to_vec()).expect("the test is valid")
}

#[tokio::test]
async fn an_edit_changes_one_place_and_keeps_the_notice() {
    let sandbox = sandbox();
    let plain = String::from_utf8(report(&sandbox, None).await.2.to_vec()).unwrap();
    let malignancy = "/clinicalIndicator/malignancy";
    let twice = edited(&sandbox, malignancy, Change::Duplicate("99".into())).await;
    assert_eq!(twice.matches("\"malignancy\":").count(), plain.matches("\"malignancy\":").count() + 1);
    let beyond = edited(&sandbox, malignancy, Change::Replace("140".into())).await;
    assert_eq!(serde_json::from_str::<Value>(&beyond).unwrap().pointer(malignancy), Some(&json!(140)));
    let missing: Value = serde_json::from_str(&edited(&sandbox, malignancy, Change::Remove).await).unwrap();
    assert_eq!(missing.pointer(malignancy), None);
    let insert = Change::Insert { name: "extra".into(), value: "1e400".into() };
    assert!(edited(&sandbox, "", insert).await.ends_with(",\"extra\":1e400}"));

    let analyses = |text: &str| -> Vec<Value> {
        let report: Value = serde_json::from_str(text).unwrap();
        assert!(report["sandbox"]["notice"].is_string());
        report["imagingAnalysis"].as_array().unwrap().clone()
    };
    let plain = analyses(&plain);
    assert_ne!(plain[0], plain[1]);
    let dropped = analyses(&edited(&sandbox, "/imagingAnalysis/0", Change::Remove).await);
    assert_eq!(dropped, plain[1..]);
    let turned = analyses(&edited(&sandbox, "/imagingAnalysis", Change::Reverse).await);
    assert_eq!(turned, [plain[1].clone(), plain[0].clone()]);
}

#[tokio::test]
async fn an_edit_without_a_target_is_a_500() {
    let sandbox = sandbox();
    let fault = InjectedFault::Edit { at: "/clinicalIndicator/nothing".into(), change: Change::Remove };
    let (status, _, body) = report(&sandbox, Some(fault)).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        String::from_utf8(body.to_vec())
            .unwrap()
            .contains("nothing to change at `/clinicalIndicator/nothing`")
    );
}

#[tokio::test]
async fn the_token_lifetime_can_be_edited_to_any_json() {
    let sandbox = sandbox();
    for (text, life) in
        [("60", json!(60)), ("\"soon\"", json!("soon")), ("-5.5", json!(-5.5)), ("null", json!(null))]
    {
        let fault = json!({"kind": "edit", "at": "/expires_in_minutes", "change": {"replace": text}});
        call(&sandbox, "POST", FAULTS, &json!({"fault": fault, "operation": "login"}).to_string()).await;
        assert_eq!(login(&sandbox, sandbox.account()).await.body["expires_in_minutes"], life);
    }
}

#[tokio::test]
async fn a_length_can_be_wrong_and_a_body_truncated() {
    let sandbox = sandbox();
    let whole = report(&sandbox, None).await.2;
    for by in [-1, 1, i64::MIN] {
        let (_, headers, body) = report(&sandbox, Some(InjectedFault::WrongLength { by })).await;
        let length = (body.len() as u64).saturating_add_signed(by);
        assert_eq!(headers[header::CONTENT_LENGTH], length.to_string().as_str());
        assert_eq!(body.len(), whole.len());
    }
    let (_, headers, body) = report(&sandbox, Some(InjectedFault::Truncate { keep: 100 })).await;
    assert_eq!((body.len(), &headers[header::CONTENT_LENGTH]), (100, &"100".parse().unwrap()));
    assert_eq!(report(&sandbox, Some(InjectedFault::Truncate { keep: u64::MAX })).await.2.len(), whole.len());
}

#[tokio::test]
async fn a_bomb_unpacks_to_a_valid_document_with_the_notice() {
    let sandbox = sandbox();
    let bomb = |coding, forced| Some(InjectedFault::Bomb { coding, unpacked: 10_000_000, forced });
    let (_, headers, body) = report(&sandbox, bomb(Coding::Gzip, false)).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert!(body.len() < 20_000, "{}", body.len());
    let mut unpacked = Vec::new();
    GzDecoder::new(body.as_ref()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked.len(), 10_000_000);
    assert!(serde_json::from_slice::<Value>(&unpacked).unwrap()["sandbox"]["notice"].is_string());
    let (status, _, _) = report(&sandbox, bomb(Coding::Zstd, false)).await;
    assert_eq!(status, StatusCode::NOT_ACCEPTABLE);
    let (status, headers, _) = report(&sandbox, bomb(Coding::Zstd, true)).await;
    assert_eq!((status, &headers[header::CONTENT_ENCODING]), (StatusCode::OK, &"zstd".parse().unwrap()));
    let (_, headers, body) = report(&sandbox, bomb(Coding::Identity, false)).await;
    assert_eq!((headers.get(header::CONTENT_ENCODING), body.len()), (None, 10_000_000));
}

#[tokio::test]
async fn lists_are_nested_to_the_given_depth() {
    let sandbox = sandbox();
    for depth in [1, 100_000] {
        let body = report(&sandbox, Some(InjectedFault::Nesting { depth })).await.2;
        let text = String::from_utf8(body.to_vec()).unwrap();
        let middle = format!("\"nested\":{}{}}}", "[".repeat(depth as usize), "]".repeat(depth as usize));
        assert!(text.starts_with("{\"sandbox\":{\"notice\":") && text.ends_with(&middle));
    }
}
