//! Stored documents and scores of the client give the same dated scores.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health::scale::Apasi;
use legit_health::{BodySite, Client, Credentials, Image, answer};
use legit_health_follow_up::{ImageUse, Origin, Place};
use legit_health_report::{Document, DocumentError, Visit, dated_score, read_scores};
use legit_health_sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::{Value, json};

fn document(request: Value) -> Value {
    json!({
        "resourceType": "DiagnosticReport", "status": "preliminary", "issued": "2026-03-02T10:15:30", "analysisDuration": 1.5,
        "mediaValidity": {"isValid": true},
        "patientEvolution": {
            "ihs4": {
                "score": {"value": 9.0, "interpretation": {"category": "Moderate", "intensity": 2}},
                "item": {"nodule": {"value": 1}, "abscess": {"value": 2}, "drainingTunnel": {"value": 1}},
            },
            "dlqi": {"score": {"value": 14, "severity": {"value": 3}}},
            "gags": null,
        },
        "request": request,
    })
}

fn request() -> Value {
    json!({
        "operation": "severity_manual", "bodySite": "armLeft", "condition": "hidradenitis", "reference": "P-0042",
        "sentAt": "2026-03-02T10:15:29.123Z", "images": [], "device": {"version": "2.0.0", "udi": null},
    })
}

#[test]
fn a_document_has_a_score_for_each_scale() {
    let scores = read_scores(&document(request()).to_string()).unwrap();
    let [dlqi, ihs4] = &scores[..] else { panic!("{}", scores.len()) };
    assert_eq!((dlqi.scale.as_str(), dlqi.value, dlqi.intensity), ("dlqi", 14.0, Some(3)));
    assert_eq!((ihs4.scale.as_str(), ihs4.value, ihs4.intensity), ("ihs4", 9.0, Some(2)));
    assert_eq!(ihs4.items.get("abscess"), Some(&2.0));
    assert_eq!(ihs4.at.unwrap().to_string(), "2026-03-02T10:15:29.123Z");
    assert_eq!(ihs4.place, Place::Zone("armLeft".into()));
    assert_eq!((ihs4.reference.as_deref(), ihs4.device_version.as_deref()), (Some("P-0042"), Some("2.0.0")));
    assert_eq!((ihs4.origin, ihs4.image), (Origin::Device, ImageUse::Usable));

    let line = json!({"index": 3, "file": "a.jpg", "result": document(request())});
    assert!(read_scores(&line.to_string()).unwrap() == scores, "a line of --each is its result");
}

/// `batch export --ndjson` writes request, reference and images beside the result.
#[test]
fn a_line_of_a_batch_is_its_result_with_what_stands_beside_it() {
    let digest = "ab".repeat(32);
    let mut line = json!({
        "key": "00", "reference": "P-0042", "images": [{"file": "a.jpg", "sha256": digest}], "state": "recorded",
        "mayHaveRun": 1, "alsoGivenAs": [], "mediaLeftOut": 2,
        "request": {
            "operation": "severity_local", "scale": {"code": "apasi", "answers": {"surface": 2}}, "bodySite": "armLeft",
            "condition": "psoriasis", "sentAt": "2026-03-02T10:15:29.123Z", "requestId": "r-17", "milliseconds": 20,
            "device": {"version": "2.0.0"},
        },
        "result": document(Value::Null),
    });
    line["result"].as_object_mut().unwrap().remove("request");
    let stored = Document::read(&line.to_string()).unwrap();
    let direct = read_scores(&document(request()).to_string()).unwrap();
    assert!(stored.scores() == direct, "the same as a document of `severity`");
    assert_eq!(stored.reference(), Some("P-0042"));
    assert_eq!(stored.image_digests(), [digest.parse().ok()]);

    line["result"].take();
    line["state"] = "left".into();
    assert!(matches!(Document::read(&line.to_string()), Err(DocumentError::NotSent)));
    line["error"] = json!({"kind": "image"});
    assert!(matches!(Document::read(&line.to_string()), Err(DocumentError::Failed)));
}

/// The second value would silently replace the first.
#[test]
fn a_member_that_is_named_twice_is_refused() {
    let text = document(request()).to_string();
    let twice = text.replace("\"nodule\":", "\"nodule\":{\"value\":9},\"nodule\":");
    assert_ne!(text, twice);
    assert!(matches!(read_scores(&twice), Err(DocumentError::Malformed)));
    let line = format!("{{\"index\":3,\"result\":{twice}}}");
    assert!(matches!(read_scores(&line), Err(DocumentError::Malformed)));
}

#[test]
fn what_was_not_stored_is_not_known() {
    let scores = read_scores(&document(Value::Null).to_string()).unwrap();
    assert_eq!(scores[0].at.unwrap().to_string(), "2026-03-02T10:15:30Z", "when it was issued");
    assert_eq!(
        (&scores[0].place, &scores[0].reference, &scores[0].device_version),
        (&Place::Unknown, &None, &None)
    );
    let mut strange = document(request());
    strange["mediaValidity"]["isValid"] = false.into();
    strange["sandbox"] = json!({});
    strange["patientEvolution"] =
        json!({"dlqi": {"score": {"value": "14", "interpretation": {"intensity": 9}}}});
    strange["request"]["sentAt"] = "yesterday".into();
    strange["issued"] = "2026-02-30".into();
    let scores = read_scores(&strange.to_string()).unwrap();
    assert_eq!(
        (scores[0].at, scores[0].origin, scores[0].image),
        (None, Origin::Sandbox, ImageUse::Unusable)
    );
    assert!(scores[0].value.is_nan(), "a text is not taken for a number");
    assert_eq!(scores[0].intensity, Some(9));
}

#[test]
fn a_whole_body_needs_all_of_its_views() {
    let global = |sent: usize, views: Value| {
        let mut document = document(json!({"operation": "severity_global", "bodySite": null,
            "images": vec![json!({"sha256": ""}); sent], "sentAt": "2026-03-02T10:15:29Z"}));
        document["patientEvolution"] = json!({"avasi": {"score": {"value": 40.0}, "item": views}});
        read_scores(&document.to_string()).unwrap().remove(0)
    };
    assert_eq!(global(17, json!({})).place, Place::WholeBody);
    let two = global(2, json!({"handLeft": {"score": {"value": 1}}, "faceFront": {}}));
    assert_eq!(two.place, Place::Zone("faceFront+handLeft".into()));
    assert!(two.items.is_empty(), "views are not items");
    assert_eq!(global(2, json!({})).place, Place::Unknown);
    let unusable = global(17, json!({"handLeft": {"mediaValidity": {"isValid": false}}}));
    assert_eq!(unusable.image, ImageUse::Unusable);
}

#[test]
fn what_is_no_document_is_refused() {
    let cut = read_scores("{").unwrap_err();
    assert!(matches!(cut, DocumentError::NotJson(_)) && std::error::Error::source(&cut).is_some());
    for text in
        ["null", "[]", "1", "{}", r#"{"patientEvolution": {}}"#, r#"{"patientEvolution": {"pasi": {}}}"#]
    {
        let error = read_scores(text).err();
        assert!(matches!(error, Some(DocumentError::NoScore | DocumentError::NotAReport)), "{text}");
    }
    let support = json!({"imagingAnalysis": [], "clinicalIndicator": null}).to_string();
    assert!(matches!(read_scores(&support), Err(DocumentError::NoScore)));
    assert!(Document::read(&support).is_ok());
    assert!(matches!(read_scores(r#"{"index": 1, "error": {"kind": "image"}}"#), Err(DocumentError::Failed)));
}

proptest! {
    /// Any JSON is a document or an error.
    #[test]
    fn no_document_panics(text in "\\PC*", value in prop::num::f64::ANY, code in "\\PC{0,20}") {
        let _ = read_scores(&text);
        let document = json!({"patientEvolution": {&code: {"score": {"value": value}, "item": {&text: {"value": text}}}},
            "request": {"sentAt": text, "bodySite": code, "images": [text], "device": [], "reference": {}}});
        let _ = read_scores(&document.to_string());
    }
}

/// The document of a sandbox, and the score that the client reads from it.
#[tokio::test(flavor = "multi_thread")]
async fn a_score_of_the_client_is_the_same_as_its_document() {
    let sandbox = Sandbox::start().await.unwrap();
    let account = sandbox.account();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::password(account.username.as_str(), account.password.as_str()))
        .build()
        .unwrap();
    let image = Image::from_bytes(legit_health_sandbox::samples::all()[0].bytes.to_vec()).unwrap();
    let call = client.severity("psoriasis").at(BodySite::ArmLeft).local(image, Apasi { surface: answer!(2) });
    let reply = call.keep_json().reply().await.unwrap();

    let visit = Visit::new("2026-03-02T09:00:00Z".parse().unwrap())
        .with_site(&BodySite::ArmLeft)
        .with_reference("P-0042")
        .with_device_version("2.0.0");
    let score = dated_score(&reply.value, &visit);
    assert_eq!((score.origin, score.items.len()), (Origin::Sandbox, 4));

    let mut document: Value = serde_json::from_str(&reply.json.unwrap()).unwrap();
    document["request"] = json!({
        "operation": "severity_local", "bodySite": "armLeft", "reference": "P-0042", "sentAt": "2026-03-02T09:00:00Z",
        "images": [{"sha256": ""}], "device": {"version": "2.0.0"},
    });
    assert!(read_scores(&document.to_string()).unwrap() == [score]);
}
