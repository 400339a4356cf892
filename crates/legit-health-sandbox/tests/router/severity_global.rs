//! Global severity: any set of views.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::support::{Response, media, post, post_with, sample, sandbox, token, unmarked};

const PATH: &str = "/severity-assessment/automatic/global";

fn request(views: &[(&str, &[u8])]) -> Value {
    let views: Map<String, Value> =
        views.iter().map(|(view, image)| ((*view).to_owned(), json!({"payload": media(image)}))).collect();
    json!({
        "knownCondition": {"conclusion": {"text": "vitiligo"}},
        "scoringSystem": {"avasi": {"item": views}},
    })
}

async fn ask(scenario: &str, views: &[(&str, &[u8])]) -> Response {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let response =
        post_with(&sandbox, PATH, &token, &[("x-sandbox-scenario", scenario)], request(views)).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.body);
    response
}

fn score(value: &Value) -> f64 {
    value["score"]["value"].as_f64().expect("a score")
}

#[tokio::test]
async fn views_are_weighted_by_their_area_and_missing_ones_count_as_unaffected() {
    let (face, trunk) = (sample("vitiligo-severe.jpg"), sample("healthy.jpg"));
    let response = ask("vitiligo/severe", &[("faceFront", &face), ("trunkFront", &trunk)]).await;
    let avasi = &response.body["patientEvolution"]["avasi"];
    let expected =
        (3.0 * score(&avasi["item"]["faceFront"]) + 13.5 * score(&avasi["item"]["trunkFront"])) / 100.0;
    assert!((score(avasi) - expected).abs() < 0.006, "{} instead of {expected}", score(avasi));
    assert!(avasi["score"]["interpretation"]["category"].is_string());
    assert!(avasi["media"].is_null() && response.body.get("mediaValidity").is_none());
    for view in ["faceFront", "trunkFront"] {
        assert_eq!(avasi["item"][view]["mediaValidity"]["quality"]["acceptable"], true, "{view}");
        assert!(score(&avasi["item"][view]) > 50.0);
    }
    assert_ne!(score(&avasi["item"]["faceFront"]), score(&avasi["item"]["trunkFront"]));
    assert_eq!(response.body["sandbox"]["scenarios"].as_array().unwrap().len(), 2);
}

/// Percent of the body's skin that each view shows.
const SHARES: [(&str, f64); 17] = [
    ("armLeftBottom", 3.5),
    ("armLeftTop", 3.5),
    ("armRightBottom", 3.5),
    ("armRightTop", 3.5),
    ("faceFront", 3.0),
    ("faceLeft", 3.0),
    ("faceRight", 3.0),
    ("footLeft", 3.0),
    ("footRight", 3.0),
    ("handLeft", 2.0),
    ("handRight", 2.0),
    ("legsBack", 15.0),
    ("legsFront", 15.0),
    ("trunkBack", 13.5),
    ("trunkFront", 13.5),
    ("trunkLeft", 5.0),
    ("trunkRight", 5.0),
];

#[tokio::test]
async fn a_body_without_one_view_scores_less_by_what_that_view_adds() {
    let images: Vec<Vec<u8>> = (0..17).map(unmarked).collect();
    let all = SHARES.into_iter().zip(&images).map(|((view, share), image)| (view, share, image.as_slice()));
    for left_out in [None, Some("trunkFront"), Some("handLeft")] {
        let sent = all.clone().filter(|(view, ..)| Some(*view) != left_out);
        let views: Vec<(&str, &[u8])> = sent.clone().map(|(view, _, image)| (view, image)).collect();
        let response = ask("vitiligo/severe", &views).await;
        let avasi = &response.body["patientEvolution"]["avasi"];
        let items = avasi["item"].as_object().unwrap();
        assert_eq!(items.keys().collect::<Vec<_>>(), views.iter().map(|(view, _)| *view).collect::<Vec<_>>());
        let expected: f64 = sent.map(|(view, share, _)| share * score(&items[view]) / 100.0).sum();
        assert!((score(avasi) - expected).abs() < 0.006, "{} instead of {expected}", score(avasi));
    }
}

#[tokio::test]
async fn one_view_is_enough_and_healthy_skin_scores_zero() {
    let response = ask("vitiligo/none", &[("handLeft", &unmarked(1))]).await;
    let avasi = &response.body["patientEvolution"]["avasi"];
    assert_eq!((score(avasi), score(&avasi["item"]["handLeft"])), (0.0, 0.0));
}

#[tokio::test]
async fn each_view_uses_the_scenario_of_its_own_image() {
    let (severe, healthy) = (sample("vitiligo-severe.jpg"), sample("healthy.jpg"));
    let views: [(&str, &[u8]); 2] = [("legsFront", &severe), ("legsBack", &healthy)];
    let response = post(&sandbox(), PATH, request(&views)).await;
    let items = &response.body["patientEvolution"]["avasi"]["item"];
    assert!(score(&items["legsFront"]) > 50.0 && score(&items["legsBack"]) == 0.0);
}

#[tokio::test]
async fn errors_of_several_views_are_reported_together() {
    let good = unmarked(1);
    let views: [(&str, &[u8]); 3] = [("faceFront", b"not an image"), ("tail", &good), ("footLeft", b"none")];
    let response = post(&sandbox(), PATH, request(&views)).await;
    let place = |rest: Value| {
        let start = json!(["body", "scoringSystem", "avasi", "item"]);
        Value::from([start.as_array().unwrap().as_slice(), rest.as_array().unwrap()].concat())
    };
    assert_eq!(
        response.errors(),
        [
            ("value_error", place(json!(["faceFront", "payload", "contentAttachment", "data"]))),
            ("value_error", place(json!(["tail"]))),
            ("value_error", place(json!(["footLeft", "payload", "contentAttachment", "data"]))),
        ]
    );
}

#[tokio::test]
async fn a_scale_without_a_public_global_score_is_refused() {
    let mut body = request(&[("faceFront", &unmarked(1))]);
    body["scoringSystem"] = json!({"apasi": body["scoringSystem"]["avasi"]});
    let response = post(&sandbox(), PATH, body).await;
    assert_eq!(response.errors(), [("value_error", json!(["body", "scoringSystem", "apasi"]))]);
}
