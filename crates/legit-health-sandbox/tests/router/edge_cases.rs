//! Scenarios of edge cases: what a client meets rarely, and has to take all the same.

use axum::http::StatusCode;
use legit_health_sandbox::Scenario;
use serde_json::{Value, json};

use crate::support::{get, payload, post_with, sample, sandbox, severity, token, unmarked};

async fn report(scenario: &str, path: &str, body: Value) -> Value {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let response = post_with(&sandbox, path, &token, &[("x-sandbox-scenario", scenario)], body).await;
    assert_eq!(response.status, StatusCode::OK, "{scenario}: {}", response.body);
    response.body
}

async fn diagnosis_support(scenario: &str, images: &[&[u8]]) -> Value {
    report(scenario, "/diagnosis-support", payload(images)).await
}

async fn local(scenario: &str) -> Value {
    let scales = json!({"apasi": {"questionnaireResponse": {"item": {"surface": 2}}}});
    let body = severity("armLeft", scales, Some(&unmarked(1)));
    report(scenario, "/severity-assessment/automatic/local", body).await
}

fn are_valid(report: &Value) -> Vec<bool> {
    let analyses = report["imagingAnalysis"].as_array().expect("a list");
    analyses.iter().map(|one| one["mediaValidity"]["isValid"].as_bool().expect("a boolean")).collect()
}

#[tokio::test]
async fn nothing_found_is_an_empty_ranking_of_usable_images() {
    let report = diagnosis_support("edge-case/nothing-found", &[&unmarked(1)]).await;
    assert_eq!(
        (&report["conclusion"], &report["imagingAnalysis"][0]["conclusion"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(are_valid(&report), [true]);
    assert_eq!(report["performanceIndicator"]["entropy"], 100.0);
    assert!(report["clinicalIndicator"]["hasCondition"].as_f64().unwrap() < 50.0);
    let used = json!([{"scenario": "edge-case/nothing-found", "source": "request header"}]);
    assert_eq!(report["sandbox"]["scenarios"], used);
    let severity = local("edge-case/nothing-found").await;
    assert_eq!(severity["patientEvolution"]["apasi"]["item"]["erythema"]["value"], 0);
}

#[tokio::test]
async fn an_image_that_is_not_skin_or_not_good_enough_is_invalid_for_that_reason() {
    for (scenario, acceptable, dermatological) in
        [("edge-case/not-skin", true, false), ("edge-case/poor-quality", false, true)]
    {
        let report = diagnosis_support(scenario, &[&sample("psoriasis-moderate.jpg")]).await;
        let validity = &report["imagingAnalysis"][0]["mediaValidity"];
        assert_eq!(validity["quality"]["acceptable"], acceptable, "{scenario}");
        assert_eq!(validity["domain"]["isDermatological"], dermatological, "{scenario}");
        assert_eq!(validity["isValid"], false, "{scenario}");
        assert_eq!(report["conclusion"], Value::Null);
        let evidence = &report["sandbox"]["evidence"]["imagingAnalysis.mediaValidity"];
        assert_eq!(*evidence, json!(["pixels", "scenario"]));
        assert_eq!(local(scenario).await["mediaValidity"]["isValid"], false);
    }
}

#[tokio::test]
async fn the_last_of_several_images_is_unusable_and_a_single_one_is_not() {
    let scenario = "edge-case/last-image-unusable";
    let [one, other, third] = ["acne-moderate.jpg", "eczema-mild.jpg", "healthy.jpg"].map(sample);
    let report = diagnosis_support(scenario, &[&one, &other, &third]).await;
    assert_eq!(are_valid(&report), [true, true, false]);
    assert_eq!(report["imagingAnalysis"][2]["conclusion"], Value::Null);
    assert_eq!(report["conclusion"][0]["code"]["text"], "Psoriasis");
    assert_eq!(are_valid(&diagnosis_support(scenario, &[&one]).await), [true]);

    let view = |image: &[u8]| json!({"payload": payload(&[image])["payload"][0]});
    let views = json!({"faceFront": view(&one), "faceLeft": view(&other)});
    let body = json!({
        "knownCondition": {"conclusion": {"text": "vitiligo"}}, "scoringSystem": {"avasi": {"item": views}},
    });
    let report = report_of_views(scenario, body).await;
    assert_eq!(report["faceFront"]["mediaValidity"]["isValid"], true);
    assert_eq!(report["faceLeft"]["mediaValidity"]["isValid"], false);
}

async fn report_of_views(scenario: &str, body: Value) -> Value {
    let mut report = report(scenario, "/severity-assessment/automatic/global", body).await;
    report["patientEvolution"]["avasi"]["item"].take()
}

#[tokio::test]
async fn unknown_codes_stand_in_open_lists() {
    let report = diagnosis_support("edge-case/unknown-codes", &[&unmarked(1)]).await;
    assert_eq!(report["imagingAnalysis"][0]["mediaValidity"]["modality"]["value"], "Sandbox modality");
    let severity = local("edge-case/unknown-codes").await;
    assert_eq!(severity["patientEvolution"]["apasi"]["score"]["interpretation"]["intensity"], 7);
}

#[tokio::test]
async fn every_member_is_null_that_may_be() {
    let report = diagnosis_support("edge-case/nulls", &[&unmarked(1)]).await;
    let analysis = &report["imagingAnalysis"][0];
    for absent in [&report["identifier"], &report["conclusion"], &analysis["conclusion"]] {
        assert_eq!(*absent, Value::Null);
    }
    assert!(report["clinicalIndicator"]["malignancy"].is_number());
    assert_eq!(are_valid(&report), [true]);
    assert!(report["sandbox"]["notice"].is_string());
    let severity = local("edge-case/nulls").await;
    assert_eq!(severity["mediaValidity"], Value::Null);
    let apasi = &severity["patientEvolution"]["apasi"];
    assert!(apasi["score"]["value"].is_number());
    assert_eq!([&apasi["item"], &apasi["media"], &apasi["score"]["interpretation"]], [&Value::Null; 3]);
}

#[tokio::test]
async fn the_controls_list_them_with_what_they_are() {
    let listed = get(&sandbox(), "/_sandbox/", None).await.body["edgeCases"].take();
    assert_eq!(listed.as_object().unwrap().len(), Scenario::edge_cases().count());
    for scenario in Scenario::edge_cases() {
        assert_eq!(listed[scenario.to_string()].as_str(), scenario.description());
    }
}
