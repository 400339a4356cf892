//! Manual severity: answers are scored and returned.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{answers, media, post, sample, sandbox, scales_of, severity};

const PATH: &str = "/severity-assessment/manual";

fn pure4(answered: [u8; 4]) -> Value {
    let items = answered.iter().zip(1..).map(|(answer, number)| (format!("question{number}"), json!(answer)));
    answers(Value::Object(items.collect()))
}

#[tokio::test]
async fn the_request_of_the_guide_is_scored_by_the_published_instrument() {
    let response =
        post(&sandbox(), PATH, severity("armLeft", json!({"pure4": pure4([1, 0, 0, 1])}), None)).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.body);
    assert!(response.body["mediaValidity"].is_null());
    let pure4 = &response.body["patientEvolution"]["pure4"];
    assert_eq!(
        pure4["score"],
        json!({"value": 2, "interpretation": {"category": "Positive", "intensity": 3}})
    );
    assert_eq!(
        pure4["item"]["question4"],
        json!({
            "code": {"text": "Question 4", "coding": [
                {"code": "question4", "display": null, "system": null, "systemDisplay": "Legit.Health", "version": null}
            ]},
            "value": 1,
            "interpretation": "Yes",
        })
    );
    assert_eq!(pure4["item"]["question2"]["interpretation"], "No");
    assert!(pure4["media"].is_null());
}

#[tokio::test]
async fn scales_of_the_endpoint_that_were_not_requested_are_null_and_others_absent() {
    let response = post(&sandbox(), PATH, severity("armLeft", json!({"pure4": pure4([0; 4])}), None)).await;
    let scales = response.body["patientEvolution"].as_object().unwrap();
    assert_eq!(scales.len(), scales_of("manual"));
    assert!(scales.iter().all(|(code, scale)| scale.is_null() == (code != "pure4")));
    assert!(!scales.contains_key("apasi"));
}

#[tokio::test]
async fn several_scales_are_scored_in_one_request() {
    let uas = answers(json!({"pruritus": 3, "wheals": 2}));
    let scales = json!({"uas": uas, "pure4": pure4([0; 4])});
    let response = post(&sandbox(), PATH, severity("armLeft", scales, None)).await;
    let score = |code: &str| response.body["patientEvolution"][code]["score"].clone();
    assert_eq!(score("uas")["value"], 5);
    assert_eq!(
        score("pure4"),
        json!({"value": 0, "interpretation": {"category": "Negative", "intensity": 0}})
    );
}

#[tokio::test]
async fn the_body_site_changes_the_weight_where_the_instrument_says_so() {
    let pasi = answers(json!({"surface": 4, "erythema": 3, "induration": 3, "desquamation": 3}));
    for (site, value) in [("headFront", 3.6), ("armLeft", 7.2), ("trunkBack", 10.8), ("legLeft", 14.4)] {
        let response = post(&sandbox(), PATH, severity(site, json!({"pasi": pasi}), None)).await;
        assert_eq!(response.body["patientEvolution"]["pasi"]["score"]["value"], value, "{site}");
    }
}

#[tokio::test]
async fn every_part_has_evidence_and_a_placeholder_is_marked_unknown() {
    let scovid = [
        "pain",
        "pruritus",
        "fever",
        "cough",
        "cephalea",
        "myalgiaOrArthralgia",
        "malaise",
        "lossOfTasteOrOlfactory",
        "shortnessOfBreath",
        "otherSkinProblems",
    ];
    let scovid: serde_json::Map<_, _> = scovid.iter().map(|item| ((*item).to_owned(), json!(1))).collect();
    let scales = json!({"scovid": answers(scovid.into()), "pure4": pure4([1, 0, 1, 0])});
    let response = post(&sandbox(), PATH, severity("armLeft", scales, None)).await;
    let evidence = &response.body["sandbox"]["evidence"];
    assert_eq!(evidence["patientEvolution.pure4.score.value"], json!(["answers", "exact"]));
    assert_eq!(evidence["patientEvolution.pure4.item"], json!(["answers"]));
    assert_eq!(
        evidence["patientEvolution.scovid.score.interpretation.category"],
        json!(["answers", "unknown"])
    );
}

#[tokio::test]
async fn an_image_is_optional_and_must_be_complete() {
    let sandbox = sandbox();
    let mut body = severity("armLeft", json!({"pure4": pure4([1, 0, 0, 1])}), None);
    body["payload"] = json!([media(&sample("psoriasis-moderate.jpg"))]);
    let response = post(&sandbox, PATH, body.clone()).await;
    assert_eq!(response.body["mediaValidity"]["isValid"], true);
    body["payload"] = json!([media(&sample("psoriasis-moderate.jpg")), media(b"not an image")]);
    let response = post(&sandbox, PATH, body).await;
    let place = json!(["body", "payload", 1, "contentAttachment", "data"]);
    assert_eq!(response.errors(), [("value_error", place)]);
}

#[tokio::test]
async fn a_scale_of_another_endpoint_and_an_unknown_one_are_refused_with_what_there_is() {
    let sandbox = sandbox();
    let apasi = json!({"apasi": answers(json!({"surface": 4}))});
    let response = post(&sandbox, PATH, severity("armLeft", apasi, None)).await;
    assert_eq!(response.errors(), [("value_error", json!(["body", "scoringSystem", "apasi"]))]);
    let unheard_of = json!({"unheardOf": answers(json!({"a": 1}))});
    let response = post(&sandbox, PATH, severity("armLeft", unheard_of, None)).await;
    assert_eq!(response.errors(), [("value_error", json!(["body", "scoringSystem", "unheardOf"]))]);
    let message = response.body["detail"][0]["msg"].as_str().unwrap();
    assert!(
        message.starts_with("Value error, There is no such scale; the manual ones are dlqi, "),
        "{message}"
    );
}
