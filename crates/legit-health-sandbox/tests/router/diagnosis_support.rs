//! Diagnosis support: the report, its scenario, its values.

use axum::http::StatusCode;
use legit_health_sandbox::{Scenario, samples};
use serde_json::{Value, json};

use crate::support::{payload, post, post_with, sample, sandbox, token, unmarked, unmarked_of};

const PATH: &str = "/diagnosis-support";

fn texts(conclusion: &Value) -> Vec<&str> {
    let conclusions = conclusion.as_array().expect("a ranking");
    conclusions.iter().map(|one| one["code"]["text"].as_str().expect("a text")).collect()
}

fn probabilities(conclusion: &Value) -> Vec<f64> {
    let conclusions = conclusion.as_array().expect("a ranking");
    conclusions.iter().map(|one| one["probability"].as_f64().expect("a number")).collect()
}

#[track_caller]
fn assert_is_a_ranking(conclusion: &Value) {
    let figures = probabilities(conclusion);
    assert!(figures[0] > 1.0 && figures.is_sorted_by(|a, b| a >= b), "{figures:?}");
    assert!((figures.iter().sum::<f64>() - 100.0).abs() < 1e-6, "{figures:?}");
}

#[tokio::test]
async fn every_sample_is_reported_with_its_own_scenario() {
    let sandbox = sandbox();
    for sample in samples::all() {
        let response = post(&sandbox, PATH, payload(&[&sample.bytes])).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.body);
        let body = &response.body;
        let analysis = &body["imagingAnalysis"][0];
        assert_eq!(analysis["mediaValidity"]["isValid"], sample.scenario.is_some(), "{sample:?}");
        let Some(scenario) = sample.scenario else { continue };
        let used = json!([{"scenario": scenario.to_string(), "source": "image comment"}]);
        assert_eq!(body["sandbox"]["scenarios"], used);
        assert_is_a_ranking(&body["conclusion"]);
        assert_is_a_ranking(&analysis["conclusion"]);
        assert_eq!(probabilities(&body["conclusion"]), probabilities(&analysis["conclusion"]));
    }
}

#[tokio::test]
async fn the_first_condition_is_that_of_the_vendors_tests() {
    let sandbox = sandbox();
    let cases =
        [("psoriasis", "Psoriasis", "EA90", "Psoriasis"), ("acne", "Acne", "ED80.Z", "Acne, unspecified")];
    let token = token(&sandbox, sandbox.account()).await;
    for (scenario, text, code, display) in cases {
        let headers = [("x-sandbox-scenario", scenario)];
        let response = post_with(&sandbox, PATH, &token, &headers, payload(&[&unmarked(1)])).await;
        let expected = json!({"text": text, "coding": [{
            "code": code, "display": display, "system": "https://icd.who.int/browse/2025-01/mms/en",
            "systemDisplay": "ICD-11", "version": "2025-01",
        }]});
        assert_eq!(response.body["conclusion"][0]["code"], expected);
    }
}

#[tokio::test]
async fn a_header_overrides_the_comment_and_the_comment_the_account() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    sandbox.set_scenario(sandbox.account(), "vitiligo/mild".parse::<Scenario>().unwrap());
    let images = payload(&[&sample("acne-moderate.jpg"), &unmarked(1)]);
    let scenarios = async |headers: &[(&str, &str)]| {
        let response = post_with(&sandbox, PATH, &token, headers, images.clone()).await;
        response.body["sandbox"]["scenarios"].clone()
    };
    let entry = |scenario: &str, source: &str| json!({"scenario": scenario, "source": source});
    let header = entry("melanoma/severe", "request header");
    assert_eq!(scenarios(&[("x-sandbox-scenario", "melanoma/severe")]).await, json!([header, header]));
    let comment = entry("acne/moderate", "image comment");
    let account = entry("vitiligo/mild", "account default");
    assert_eq!(scenarios(&[]).await, json!([comment, account]));
}

#[tokio::test]
async fn without_a_scenario_no_real_condition_is_named() {
    let sandbox = sandbox();
    let response = post(&sandbox, PATH, payload(&[&unmarked(1)])).await;
    assert_eq!(response.body["sandbox"]["scenarios"], json!([{"scenario": null, "source": "none"}]));
    assert!(texts(&response.body["conclusion"]).iter().all(|text| text.starts_with("Sandbox condition ")));
    let codings = response.body["conclusion"].as_array().unwrap().iter().map(|one| &one["code"]["coding"]);
    assert!(codings.into_iter().all(Value::is_null));
    assert_eq!(response.body["sandbox"]["evidence"]["conclusion"], json!(["placeholder"]));
}

#[tokio::test]
async fn an_unknown_scenario_is_rejected_with_the_known_ones() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let headers = [("x-sandbox-scenario", "psoriassis")];
    let response = post_with(&sandbox, PATH, &token, &headers, payload(&[&unmarked(1)])).await;
    assert_eq!(response.errors(), [("value_error", json!(["header", "x-sandbox-scenario"]))]);
    let message = response.body["detail"][0]["msg"].as_str().unwrap();
    assert!(message.contains("`psoriassis`") && message.contains("psoriasis, "), "{message}");
}

#[tokio::test]
async fn the_first_five_conditions_have_a_heat_map_of_the_size_of_the_image() {
    use base64::Engine;
    let sandbox = sandbox();
    let response = post(&sandbox, PATH, payload(&[&sample("psoriasis-moderate.jpg")])).await;
    let conclusions = response.body["imagingAnalysis"][0]["conclusion"].as_array().unwrap();
    assert!(conclusions.len() > 5);
    for (rank, conclusion) in conclusions.iter().enumerate() {
        let explainability = conclusion.get("explainability").expect("present, if null");
        assert_eq!(explainability.is_object(), rank < 5, "{rank}");
        if rank < 5 {
            let map = &explainability["heatMap"];
            assert_eq!((&map["width"], &map["height"]), (&json!(640), &json!(480)));
            assert_eq!((&map["contentType"], &map["colorModel"]), (&json!("image/jpeg"), &json!("RGB")));
            let jpeg =
                base64::engine::general_purpose::STANDARD.decode(map["data"].as_str().unwrap()).unwrap();
            let decoded = image::load_from_memory_with_format(&jpeg, image::ImageFormat::Jpeg).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (640, 480));
        }
    }
    assert!(
        response.body["conclusion"].as_array().unwrap().iter().all(|one| one.get("explainability").is_none())
    );
}

#[tokio::test]
async fn several_images_keep_their_order_and_are_averaged() {
    let sandbox = sandbox();
    let (psoriasis, acne) = (sample("psoriasis-moderate.jpg"), sample("acne-moderate.jpg"));
    let response = post(&sandbox, PATH, payload(&[&acne, &psoriasis])).await;
    let analyses = &response.body["imagingAnalysis"];
    assert_eq!(texts(&analyses[0]["conclusion"])[0], "Acne");
    assert_eq!(texts(&analyses[1]["conclusion"])[0], "Psoriasis");
    assert_is_a_ranking(&response.body["conclusion"]);
    let of = |conclusion: &Value, text: &str| {
        texts(conclusion)
            .iter()
            .zip(probabilities(conclusion))
            .find(|(name, _)| **name == text)
            .map_or(0.0, |it| it.1)
    };
    for (text, together) in
        texts(&response.body["conclusion"]).iter().zip(probabilities(&response.body["conclusion"]))
    {
        let mean = (of(&analyses[0]["conclusion"], text) + of(&analyses[1]["conclusion"], text)) / 2.0;
        assert!((together - mean).abs() < 0.011, "{text}");
    }
}

#[tokio::test]
async fn an_invalid_image_is_reported_and_not_counted() {
    let sandbox = sandbox();
    let (good, scribble) = (sample("psoriasis-moderate.jpg"), sample("unusable-scribble.jpg"));
    let alone = post(&sandbox, PATH, payload(&[&good])).await.body;
    let response = post(&sandbox, PATH, payload(&[&scribble, &good, &scribble])).await;
    assert_eq!(response.status, StatusCode::OK);
    let analyses = response.body["imagingAnalysis"].as_array().unwrap();
    let valid: Vec<_> =
        analyses.iter().map(|one| one["mediaValidity"]["isValid"].as_bool().unwrap()).collect();
    assert_eq!(valid, [false, true, false]);
    assert_eq!(analyses[0]["conclusion"], Value::Null);
    assert!(analyses[0]["clinicalIndicator"]["malignancy"].is_number());
    assert_eq!(response.body["conclusion"], alone["conclusion"]);
    assert_eq!(response.body["clinicalIndicator"], alone["clinicalIndicator"]);

    let none = post(&sandbox, PATH, payload(&[&scribble])).await;
    assert_eq!(none.status, StatusCode::OK);
    assert_eq!(none.body["conclusion"], Value::Null);
    assert_eq!(none.body["performanceIndicator"]["entropy"], 100.0);
    assert!(none.body["clinicalIndicator"]["malignancy"].is_number());
}

#[tokio::test]
async fn the_same_request_gets_the_same_report_and_another_image_another() {
    let body = |image: Vec<u8>| async move { post(&sandbox(), PATH, payload(&[&image])).await.body };
    let first = body(unmarked(1)).await;
    assert_eq!(first, body(unmarked(1)).await);
    let other = body(unmarked(2)).await;
    assert_ne!(first["conclusion"], other["conclusion"]);
    assert_ne!(first["clinicalIndicator"], other["clinicalIndicator"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_gets_the_same_report_on_one_thread_and_on_many() {
    // As text, byte for byte. The clock of the sandbox stands still.
    let without_identifier = |mut report: Value| {
        report["identifier"] = Value::Null;
        report.to_string()
    };
    let alone = without_identifier(post(&sandbox(), PATH, payload(&[&unmarked(1), &unmarked(2)])).await.body);
    let sandbox = std::sync::Arc::new(sandbox());
    let requests = (0..8).map(|_| {
        let sandbox = std::sync::Arc::clone(&sandbox);
        tokio::spawn(async move { post(&sandbox, PATH, payload(&[&unmarked(1), &unmarked(2)])).await.body })
    });
    for request in requests.collect::<Vec<_>>() {
        assert_eq!(without_identifier(request.await.unwrap()), alone);
    }
}

#[tokio::test]
async fn a_heat_map_of_a_large_image_has_its_size_too() {
    use base64::Engine;
    let response = post(&sandbox(), PATH, payload(&[&unmarked_of(2100, 1503, 1)])).await;
    let map = &response.body["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"];
    assert_eq!((&map["width"], &map["height"]), (&json!(2100), &json!(1503)));
    let jpeg = base64::engine::general_purpose::STANDARD.decode(map["data"].as_str().unwrap()).unwrap();
    let decoded = image::load_from_memory_with_format(&jpeg, image::ImageFormat::Jpeg).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (2100, 1503));
}

#[tokio::test]
async fn a_course_changes_from_visit_to_visit_of_the_clock() {
    let sandbox = sandbox();
    sandbox.set_scenario(sandbox.account(), "urticaria/relapsing".parse::<Scenario>().unwrap());
    let mut visits = Vec::new();
    for _ in 0..6 {
        let report = post(&sandbox, PATH, payload(&[&unmarked(1)])).await.body;
        let scenario = report["sandbox"]["scenarios"][0]["scenario"].as_str().unwrap().to_owned();
        visits.push((scenario, report["clinicalIndicator"]["urgentReferral"].as_f64().unwrap()));
        sandbox.clock().advance(std::time::Duration::from_secs(28 * 24 * 3600));
    }
    let levels: Vec<&str> = visits.iter().map(|(scenario, _)| scenario.rsplit('/').next().unwrap()).collect();
    assert_eq!(levels, ["severe", "mild", "none", "moderate", "severe", "severe"]);
    assert!(
        visits[0].1 > visits[1].1 && visits[1].1 < visits[3].1 && visits[3].1 < visits[4].1,
        "{visits:?}"
    );
}

#[tokio::test]
async fn every_report_has_a_unique_identifier() {
    let sandbox = sandbox();
    let identifier =
        async || post(&sandbox, PATH, payload(&[&unmarked(1)])).await.body["identifier"]["value"].clone();
    assert_ne!(identifier().await, identifier().await);
}

#[tokio::test]
async fn an_incomplete_image_is_an_error_at_its_location() {
    let sandbox = sandbox();
    let whole = unmarked(1);
    let response = post(&sandbox, PATH, payload(&[&whole, b"not an image", &whole[..whole.len() / 2]])).await;
    let place = |index: usize| json!(["body", "payload", index, "contentAttachment", "data"]);
    assert_eq!(response.errors(), [("value_error", place(1)), ("value_error", place(2))]);
}
