//! Codes are taken exactly as they are spelt: not in another case, not with blanks, and not from another list.

use serde_json::{Value, json};

use crate::support::{answers, get, media, post, sandbox, severity, unmarked};

const MANUAL: &str = "/severity-assessment/manual";
const LOCAL: &str = "/severity-assessment/automatic/local";
const GLOBAL: &str = "/severity-assessment/automatic/global";

/// Returns a code in other cases and with blanks.
fn misspelt(code: &str) -> Vec<String> {
    let mut all = vec![code.to_uppercase(), code.to_lowercase(), format!("{code} "), format!(" {code}")];
    all.retain(|spelt| spelt != code);
    all
}

fn pure4() -> Value {
    answers(json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1}))
}

fn avasi(item: Value) -> Value {
    json!({
        "knownCondition": {"conclusion": {"text": "vitiligo"}},
        "scoringSystem": {"avasi": {"item": item}},
    })
}

#[tokio::test]
async fn a_body_site_must_be_a_code_of_its_list() {
    let sandbox = sandbox();
    // The last three are a view of the whole body, a scale and nothing.
    let others = ["faceFront", "pure4", ""].map(str::to_owned);
    for site in misspelt("armLeft").into_iter().chain(others) {
        for (path, scale, image) in
            [(MANUAL, json!({"pure4": pure4()}), None), (LOCAL, json!({"avasi": {}}), Some(unmarked(1)))]
        {
            let response = post(&sandbox, path, severity(&site, scale, image.as_deref())).await;
            assert_eq!(response.errors(), [("enum", json!(["body", "bodySite"]))], "{site:?}");
            let entry = &response.body["detail"][0];
            assert_eq!(entry["input"], site);
            assert!(entry["msg"].as_str().unwrap().starts_with("Input should be 'headFront', "), "{entry}");
            assert_eq!(
                format!("Input should be {}", entry["ctx"]["expected"].as_str().unwrap()),
                entry["msg"]
            );
        }
    }
}

/// The list of scales is open, so another spelling is another scale, which the sandbox does not know.
#[tokio::test]
async fn a_scale_in_another_spelling_is_not_the_scale() {
    let sandbox = sandbox();
    let image = unmarked(1);
    for (path, code) in [(MANUAL, "sevenPc"), (LOCAL, "avasi"), (GLOBAL, "avasi")] {
        for code in misspelt(code) {
            let body = match path {
                GLOBAL => {
                    let mut body = avasi(json!({"faceFront": {"payload": media(&image)}}));
                    body["scoringSystem"] = json!({&code: body["scoringSystem"]["avasi"]});
                    body
                }
                LOCAL => severity("armLeft", json!({&code: {}}), Some(&image)),
                _ => severity("armLeft", json!({&code: pure4()}), None),
            };
            let response = post(&sandbox, path, body).await;
            assert_eq!(response.errors(), [("value_error", json!(["body", "scoringSystem", code]))]);
        }
    }
}

#[tokio::test]
async fn one_unknown_scale_is_enough_for_no_scores() {
    let sandbox = sandbox();
    let both = json!({"pure4": pure4(), "PURE4": pure4()});
    let response = post(&sandbox, MANUAL, severity("armLeft", both, None)).await;
    assert_eq!(response.errors(), [("value_error", json!(["body", "scoringSystem", "PURE4"]))]);
    let both = json!({"pure4": pure4(), "apasi": answers(json!({"surface": 4})), "unheardOf": {}});
    let response = post(&sandbox, MANUAL, severity("armLeft", both, None)).await;
    let place = |code| ("value_error", json!(["body", "scoringSystem", code]));
    assert_eq!(response.errors(), [place("apasi"), place("unheardOf")]);
}

#[tokio::test]
async fn an_item_in_another_spelling_is_no_answer() {
    let sandbox = sandbox();
    for item in misspelt("question1") {
        let mut scale = pure4();
        let items = scale["questionnaireResponse"]["item"].as_object_mut().unwrap();
        let answer = items.remove("question1").unwrap();
        items.insert(item, answer);
        let response = post(&sandbox, MANUAL, severity("armLeft", json!({"pure4": scale}), None)).await;
        let place = json!(["body", "scoringSystem", "pure4", "questionnaireResponse", "item", "question1"]);
        assert_eq!(response.errors(), [("missing", place)]);
    }
}

#[tokio::test]
async fn a_view_must_be_one_of_the_17() {
    let sandbox = sandbox();
    let image = unmarked(1);
    // The last one is a body site.
    for view in misspelt("faceFront").into_iter().chain(["armLeft".to_owned()]) {
        let views = json!({"handLeft": {"payload": media(&image)}, &view: {"payload": media(&image)}});
        let response = post(&sandbox, GLOBAL, avasi(views)).await;
        let place = json!(["body", "scoringSystem", "avasi", "item", view]);
        assert_eq!(response.errors(), [("value_error", place)]);
    }
}

#[tokio::test]
async fn a_condition_in_another_spelling_has_no_scales() {
    let sandbox = sandbox();
    let found = async |query: &str| get(&sandbox, &format!("/v2.0/questionnaires?{query}"), None).await.body;
    assert_eq!(found("pathology=EA90&code=pure4").await.as_array().map(Vec::len), Some(1));
    for query in [
        "pathology=ea90",
        "pathology=EA90%20",
        "pathology=%20EA90",
        "pathology=pure4",
        "pathology=EA90&code=PURE4",
        "pathology=EA90&code=pure4%20",
        "pathology=EA90&code=EA90",
        "pathology=",
    ] {
        assert_eq!(found(query).await, json!([]), "{query}");
    }
    let missing = get(&sandbox, "/v2.0/questionnaires?Pathology=EA90", None).await;
    assert_eq!(missing.errors(), [("missing", json!(["query", "pathology"]))]);
}
