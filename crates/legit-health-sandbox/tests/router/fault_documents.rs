//! Faults that leave an answer whole on the wire, and wrong in itself.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use legit_health_sandbox::{Change, Coding, Fault, Injection, Sandbox};
use serde_json::{Value, json};
use std::io::Read;
use tower::ServiceExt;

use crate::controls::call;
use crate::support::{login, payload, sandbox, token, unmarked};

const FAULTS: &str = "/_sandbox/accounts/sandbox%40example.org/faults";

/// One answer to three pictures, as it arrives.
async fn report(sandbox: &Sandbox, fault: Option<Fault>) -> (StatusCode, HeaderMap, Bytes) {
    let token = token(sandbox, sandbox.account()).await;
    if let Some(fault) = fault {
        sandbox
            .inject(Injection::for_account(sandbox.account(), fault))
            .expect("the test asks for what there is");
    }
    let body = payload(&[&unmarked(1), &unmarked(2)]).to_string();
    let request = Request::post("/v2.0/diagnosis-support")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_ENCODING, "gzip");
    let response = sandbox
        .connection()
        .oneshot(request.body(Body::from(body)).expect("the test asks for what there is"))
        .await
        .expect("the test asks for what there is");
    let (head, body) = response.into_parts();
    (head.status, head.headers, body.collect().await.expect("the test asks for what there is").to_bytes())
}

async fn edited(sandbox: &Sandbox, at: &str, change: Change) -> String {
    let (status, headers, body) = report(sandbox, Some(Fault::Edit { at: at.into(), change })).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"application/json".parse().expect("the test asks for what there is"))
    );
    String::from_utf8(body.to_vec()).expect("the test asks for what there is")
}

#[tokio::test]
async fn one_place_of_a_report_is_changed_and_its_mark_stays() {
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
async fn an_edit_that_finds_nothing_says_so() {
    let sandbox = sandbox();
    let fault = Fault::Edit { at: "/clinicalIndicator/nothing".into(), change: Change::Remove };
    let (status, _, body) = report(&sandbox, Some(fault)).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        String::from_utf8(body.to_vec())
            .unwrap()
            .contains("nothing to change at `/clinicalIndicator/nothing`")
    );
}

#[tokio::test]
async fn a_token_has_a_life_of_any_kind() {
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
async fn lengths_are_wrong_or_right_and_short() {
    let sandbox = sandbox();
    let whole = report(&sandbox, None).await.2;
    for by in [-1, 1, i64::MIN] {
        let (_, headers, body) = report(&sandbox, Some(Fault::WrongLength { by })).await;
        let length = (body.len() as u64).saturating_add_signed(by);
        assert_eq!(headers[header::CONTENT_LENGTH], length.to_string().as_str());
        assert_eq!(body.len(), whole.len());
    }
    let (_, headers, body) = report(&sandbox, Some(Fault::Truncate { keep: 100 })).await;
    assert_eq!((body.len(), &headers[header::CONTENT_LENGTH]), (100, &"100".parse().unwrap()));
    assert_eq!(report(&sandbox, Some(Fault::Truncate { keep: u64::MAX })).await.2.len(), whole.len());
}

#[tokio::test]
async fn a_bomb_unpacks_to_a_whole_marked_document() {
    let sandbox = sandbox();
    let bomb = |coding, forced| Some(Fault::Bomb { coding, unpacked: 10_000_000, forced });
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
async fn lists_are_nested_as_deep_as_wanted() {
    let sandbox = sandbox();
    for depth in [1, 100_000] {
        let body = report(&sandbox, Some(Fault::Nesting { depth })).await.2;
        let text = String::from_utf8(body.to_vec()).unwrap();
        let middle = format!("\"nested\":{}{}}}", "[".repeat(depth as usize), "]".repeat(depth as usize));
        assert!(text.starts_with("{\"sandbox\":{\"notice\":") && text.ends_with(&middle));
    }
}
