//! The known scores of the instruments, over HTTP: a manual scale returns the number and level of its function. Not in
//! the package, which lacks the vectors.

use std::fs;

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use legit_health_sandbox::{Sandbox, samples};
use serde_json::{Value, json};
use tower::ServiceExt;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../legit-health-scoring/tests/vectors");

/// Scored without a body site, which a request always has.
const WITHOUT_SITE: [&str; 4] = ["scorad-5", "scorad-6", "scorad-7", "scorad-8"];

async fn send(sandbox: &Sandbox, request: Request<Body>) -> Value {
    let response = sandbox.router().oneshot(request).await.expect("the router does not fail");
    let bytes = response.into_body().collect().await.expect("the body is in memory").to_bytes();
    serde_json::from_slice(&bytes).expect("JSON")
}

async fn token(sandbox: &Sandbox) -> String {
    let form = format!("username={}&password={}", sandbox.account().username, sandbox.account().password);
    let request =
        Request::post("/v2.0/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let reply = send(sandbox, request.body(Body::from(form)).expect("a request")).await;
    reply["access_token"].as_str().expect("a token").to_owned()
}

/// Returns the vectors of instruments without items from an image.
fn manual_vectors() -> Vec<Value> {
    const MANUAL: [&str; 12] = [
        "dlqi", "gags", "ihs4", "pasi", "pga", "pure4", "resvech", "scorad", "scovid", "sevenPc", "uas",
        "uct",
    ];
    let mut vectors = Vec::new();
    for file in ["established.json", "regression.json"] {
        let text = fs::read_to_string(format!("{VECTORS}/{file}")).expect("the vectors");
        let document: Value = serde_json::from_str(&text).expect("JSON");
        vectors.extend(document["vectors"].as_array().expect("a list").iter().cloned());
    }
    let named = |vector: &Value, member: &str, names: &[&str]| {
        vector[member].as_str().is_some_and(|name| names.contains(&name))
    };
    vectors.retain(|vector| named(vector, "instrument", &MANUAL) && !named(vector, "id", &WITHOUT_SITE));
    vectors
}

#[tokio::test]
async fn manual_scales_return_the_scores_of_their_instruments() {
    let sandbox = Sandbox::in_process();
    let token = token(&sandbox).await;
    let vectors = manual_vectors();
    assert!(vectors.len() > 70, "only {} vectors were found", vectors.len());
    for vector in vectors {
        let code = vector["instrument"].as_str().expect("a code");
        let body = json!({
            "bodySite": vector["site"].as_str().unwrap_or("armLeft"),
            "knownCondition": {"conclusion": {"text": "any"}},
            "scoringSystem": {code: {"questionnaireResponse": {"item": vector["answers"]}}},
        });
        let request = Request::post("/v2.0/severity-assessment/manual")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let report = send(&sandbox, request.body(Body::from(body.to_string())).expect("a request")).await;
        let evolution = &report["patientEvolution"][code];
        let id = &vector["id"];
        assert_eq!(evolution["score"]["value"].as_f64(), vector["value"].as_f64(), "{id}: {report}");
        let level = json!({"category": vector["category"], "intensity": vector["intensity"]});
        assert_eq!(evolution["score"]["interpretation"], level, "{id}");
        for (item, answer) in vector["answers"].as_object().expect("answers") {
            assert_eq!(evolution["item"][item]["value"], *answer, "{id}: {item}");
            assert!(
                !evolution["item"][item]["interpretation"].as_str().unwrap_or_default().is_empty(),
                "{id}"
            );
        }
        let evidence = |part: &str| &report["sandbox"]["evidence"][format!("patientEvolution.{code}.{part}")];
        assert_eq!(*evidence("score.value"), json!(["answers", vector["marks"]["value"]]), "{id}");
        let category = json!(["answers", vector["marks"]["category"]]);
        assert_eq!(*evidence("score.interpretation.category"), category, "{id}");
    }
}

/// Two scales rest on the image alone: what the vendor's tests assert of one image holds for every image of a scenario.
#[tokio::test]
async fn assertions_on_an_image_hold_for_every_image_of_its_scenario() {
    let sandbox = Sandbox::in_process();
    let token = token(&sandbox).await;
    let text = fs::read_to_string(format!("{VECTORS}/asserted.json")).expect("the vectors");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let rows = document["images"].as_array().expect("a list");
    assert_eq!(rows.len(), 3);
    for row in rows {
        let named = |member: &str| row[member].as_str().expect("a text");
        for sample in samples::all() {
            let image = STANDARD.encode(&sample.bytes);
            let body = json!({
                "bodySite": named("site"),
                "knownCondition": {"conclusion": {"text": "any"}},
                "payload": {"contentAttachment": {"data": image}},
                "scoringSystem": {named("scale"): {}},
            });
            let request = Request::post("/v2.0/severity-assessment/automatic/local")
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header("x-sandbox-scenario", named("scenario"));
            let report = send(&sandbox, request.body(Body::from(body.to_string())).expect("a request")).await;
            let of = format!("{} of {}", row["id"], sample.file_name);
            if row["status"] == 422 {
                assert_eq!(report["detail"][0]["loc"], json!(["body", "bodySite"]), "{of}: {report}");
                continue;
            }
            let score = &report["patientEvolution"][named("scale")]["score"];
            assert_within(&score["value"], &row["value"], &of);
            if let Some(bounds) = row.get("contribution") {
                let contribution = &score["additionalData"]["globalScoreContribution"]["value"];
                assert_within(contribution, bounds, &of);
            }
            let level = json!({"category": row["category"], "intensity": row["intensity"]});
            assert_eq!(score["interpretation"], level, "{of}");
        }
    }
}

#[track_caller]
fn assert_within(found: &Value, bounds: &Value, of: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{of}: {found} is no number"));
    for (bound, limit) in bounds.as_object().expect("bounds") {
        let limit = limit.as_f64().expect("a number");
        let kept = match bound.as_str() {
            "gte" => found >= limit,
            "lte" => found <= limit,
            other => panic!("unknown bound {other}"),
        };
        assert!(kept, "{of}: {found} is not {bound} {limit}");
    }
}
