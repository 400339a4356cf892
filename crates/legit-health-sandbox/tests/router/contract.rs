//! Every document keeps the contract and carries the mark of the sandbox.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Reply, get, login, payload, post, sample, sandbox, token, unmarked};

const NOTICE: &str = "Intended for software integration and testing; not intended for any medical purpose; no conformity assessment.";

#[track_caller]
fn assert_marked(reply: &Reply) {
    assert_eq!(reply.headers["x-legit-health-sandbox"], "true");
    assert_eq!(reply.headers["x-request-id"].len(), 36);
    assert_eq!(reply.headers["content-type"], "application/json");
    if reply.status.is_success() {
        assert_eq!(reply.body["sandbox"]["notice"], NOTICE);
    } else {
        assert!(reply.body.get("detail").is_some());
    }
}

#[tokio::test]
async fn every_response_is_marked() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for reply in [
        login(&sandbox, sandbox.account()).await,
        get(&sandbox, "/v2.0/device-information", Some(&token)).await,
        post(&sandbox, "/diagnosis-support", payload(&[&unmarked(1)])).await,
        get(&sandbox, "/_sandbox/", None).await,
        get(&sandbox, "/_sandbox/ledger", None).await,
        get(&sandbox, "/v2.0/device-information", None).await,
        get(&sandbox, "/v2.0/questionnaires", None).await,
        get(&sandbox, "/nowhere", None).await,
        get(&sandbox, "/v2.0/login", None).await,
        post(&sandbox, "/diagnosis-support", json!({})).await,
    ] {
        assert_marked(&reply);
    }
}

#[tokio::test]
async fn request_ids_are_never_the_same() {
    let sandbox = sandbox();
    let first = get(&sandbox, "/_sandbox/", None).await;
    let second = get(&sandbox, "/_sandbox/", None).await;
    assert_ne!(first.headers["x-request-id"], second.headers["x-request-id"]);
}

#[tokio::test]
async fn the_report_has_the_members_of_the_contract_in_their_order() {
    let sandbox = sandbox();
    let reply = post(&sandbox, "/diagnosis-support", payload(&[&sample("psoriasis-moderate.jpg")])).await;
    assert_eq!(reply.status, StatusCode::OK);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let report = reply.body;
    assert_eq!(
        names(&report),
        [
            "resourceType",
            "identifier",
            "status",
            "issued",
            "analysisDuration",
            "category",
            "code",
            "clinicalIndicator",
            "performanceIndicator",
            "conclusion",
            "imagingAnalysis",
            "sandbox",
        ]
    );
    assert_eq!(report["resourceType"], "DiagnosticReport");
    assert_eq!(report["status"], "preliminary");
    assert_eq!(report["issued"], "2026-01-01T00:00:00.000000");
    assert!(report["analysisDuration"].as_f64().unwrap() > 0.0);
    let analysis = &report["imagingAnalysis"][0];
    assert_eq!(names(analysis), ["conclusion", "mediaValidity", "performanceIndicator", "clinicalIndicator"]);
    let validity = &analysis["mediaValidity"];
    for (item, code) in [
        (&validity["domain"]["additionalData"], "aiConfidence"),
        (&validity["modality"]["additionalData"], "aiConfidenceClinical"),
        (&validity["modality"]["additionalData"], "aiConfidenceDermoscopic"),
    ] {
        let coding = json!([{"code": code, "display": null, "system": null, "systemDisplay": "Legit.Health", "version": null}]);
        assert_eq!(item[code]["code"]["coding"], coding);
        assert!((0.0..=100.0).contains(&item[code]["value"].as_f64().unwrap()));
    }
    for figure in ["sensitivity", "specificity", "entropy"] {
        let percent = report["performanceIndicator"][figure].as_f64().unwrap();
        assert!(percent > 1.0 && percent <= 100.0, "{figure}");
    }
}
