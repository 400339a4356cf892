//! The public catalog.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{get, sandbox};

async fn entries(path: &str) -> Value {
    let response = get(&sandbox(), &format!("/v2.0{path}"), None).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.body);
    assert_eq!(response.headers["x-legit-health-sandbox"], "true");
    response.body
}

#[tokio::test]
async fn lists_34_body_sites_with_names_and_sandbox_objects() {
    let sites = entries("/body-sites").await;
    let sites = sites.as_array().unwrap();
    assert_eq!(sites.len(), 34);
    let arm = sites.iter().find(|site| site["code"] == "armLeft").unwrap();
    assert_eq!(arm["name"], json!({"en_GB": "Left arm", "es_ES": "Brazo izquierdo"}));
    for site in sites {
        assert!(!site["name"]["en_GB"].as_str().unwrap().is_empty());
        assert!(site["sandbox"]["notice"].as_str().unwrap().contains("not intended for any medical purpose"));
    }
}

#[tokio::test]
async fn lists_the_scales_of_a_condition() {
    let scales = entries("/questionnaires?pathology=EA90").await;
    assert_eq!(scales.as_array().unwrap().len(), 2);
    assert_eq!(
        (&scales[0]["identifier"], &scales[0]["code"], &scales[0]["mode"]),
        (&json!("pure4"), &json!("pure4"), &json!("manual"))
    );
    let apasi = &scales[1];
    assert_eq!((&apasi["identifier"], &apasi["mode"]), (&json!("apasiLocal"), &json!("local")));
    assert_eq!(apasi["path"], "/severity-assessment/image-based/local");
    assert_eq!(apasi["title"]["en_GB"], "Automatic Psoriasis Area and Severity Index of one body site");
    assert!(apasi["description"]["en_GB"].is_string() && apasi["sandbox"]["notice"].is_string());
}

#[tokio::test]
async fn a_condition_without_scales_has_an_empty_list_and_a_missing_one_is_an_error() {
    assert_eq!(entries("/questionnaires?pathology=XX99").await, json!([]));
    let response = get(&sandbox(), "/v2.0/questionnaires?code=apasi", None).await;
    assert_eq!(response.errors(), [("missing", json!(["query", "pathology"]))]);
}

#[tokio::test]
async fn every_clinical_sign_has_a_name_and_a_sandbox_object() {
    let signs = entries("/clinical-signs").await;
    let signs = signs.as_object().unwrap();
    assert_eq!(signs["erythema"]["name"], json!({"en_GB": "Erythema", "es_ES": "Eritema"}));
    for documented in ["redness", "scratching", "thickness", "pustulation", "itchiness", "itchinessScorad"] {
        assert!(signs.contains_key(documented), "{documented}");
    }
    assert!(signs.values().all(|sign| sign["name"]["en_GB"].is_string() && sign["sandbox"].is_object()));
}
