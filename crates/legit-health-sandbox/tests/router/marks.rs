//! Where it says that a response is the sandbox's: a header on every one, and an object in every document of a success and
//! of a control.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use legit_health_sandbox::{InjectedFault, Injection, Operation, Sandbox, Times};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{payload, sandbox, token, unmarked};

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// None if it is not JSON, or breaks off.
    body: Option<Value>,
}

async fn send(sandbox: &Sandbox, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    let response = sandbox.router().oneshot(request).await.expect("the router does not fail");
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Answer { status: head.status, headers: head.headers, body: serde_json::from_slice(&bytes).ok() }
}

#[track_caller]
fn assert_header(answer: &Answer, what: &str) {
    assert_eq!(answer.headers["x-legit-health-sandbox"], "true", "{what}");
    assert_eq!(answer.headers["x-request-id"].len(), 36, "{what}");
}

#[track_caller]
fn assert_marked(document: &Value, what: &str) {
    let notice = document["sandbox"]["notice"].as_str().unwrap_or_default();
    assert!(notice.contains("not intended for any medical purpose"), "{what}: {document}");
}

#[track_caller]
fn assert_of_the_device(answer: &Answer, status: StatusCode, what: &str) {
    assert_header(answer, what);
    let body = answer.body.as_ref().expect("JSON");
    assert_eq!(answer.status, status, "{what}: {body}");
    assert_eq!(body.as_object().expect("an object").keys().collect::<Vec<_>>(), ["detail"], "{what}");
}

/// Returns the method, path and body of a valid request for each operation.
fn requests() -> Vec<(Operation, &'static str, &'static str, String)> {
    let image = unmarked(1);
    let media = payload(&[&image])["payload"][0].clone();
    let severity = |scales: Value| {
        let text = json!({"conclusion": {"text": "psoriasis"}});
        json!({"bodySite": "armLeft", "knownCondition": text, "scoringSystem": scales})
    };
    let answers = json!({"questionnaireResponse": {"item": {"question1": 1, "question2": 0, "question3": 0, "question4": 1}}});
    let mut local = severity(json!({"avasi": {}}));
    local["payload"] = media.clone();
    let global = severity(json!({"avasi": {"item": {"faceFront": {"payload": media}}}}));
    vec![
        (Operation::DeviceInformation, "GET", "/v2.0/device-information", String::new()),
        (Operation::DiagnosisSupport, "POST", "/v2.0/diagnosis-support", payload(&[&image]).to_string()),
        (
            Operation::SeverityManual,
            "POST",
            "/v2.0/severity-assessment/manual",
            severity(json!({"pure4": answers})).to_string(),
        ),
        (Operation::SeverityLocal, "POST", "/v2.0/severity-assessment/automatic/local", local.to_string()),
        (Operation::SeverityGlobal, "POST", "/v2.0/severity-assessment/automatic/global", global.to_string()),
        (Operation::BodySites, "GET", "/v2.0/body-sites", String::new()),
        (Operation::Questionnaires, "GET", "/v2.0/questionnaires?pathology=EA90", String::new()),
        (Operation::ClinicalSigns, "GET", "/v2.0/clinical-signs", String::new()),
    ]
}

#[tokio::test]
async fn every_document_of_an_operation_is_marked_and_every_error_is_the_devices() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let requests = requests();
    // The login, whose document another test asserts, is a form.
    assert_eq!(requests.len() + 1, Operation::ALL.len());
    for (operation, method, path, body) in requests {
        let what = operation.id();
        let answer = send(&sandbox, method, path, Some(&token), &body).await;
        assert_header(&answer, what);
        let document = answer.body.as_ref().expect("JSON");
        assert_eq!(answer.status, StatusCode::OK, "{what}: {document}");
        match (operation, document) {
            // A list has no place for it, so each entry has one.
            (_, Value::Array(entries)) => entries.iter().for_each(|entry| assert_marked(entry, what)),
            (Operation::ClinicalSigns, Value::Object(signs)) => {
                signs.values().for_each(|sign| assert_marked(sign, what));
            }
            _ => assert_marked(document, what),
        }
        let path_alone = path.split('?').next().unwrap();
        let other = send(&sandbox, "PATCH", path_alone, Some(&token), "").await;
        assert_of_the_device(&other, StatusCode::METHOD_NOT_ALLOWED, what);
        if method == "POST" {
            let refused = send(&sandbox, method, path, Some(&token), "{}").await;
            assert_of_the_device(&refused, StatusCode::UNPROCESSABLE_ENTITY, what);
            let unread = send(&sandbox, method, path, Some(&token), "\u{0}\u{0}").await;
            assert_of_the_device(&unread, StatusCode::UNPROCESSABLE_ENTITY, what);
            let anonymous = send(&sandbox, method, path, None, &body).await;
            assert_of_the_device(&anonymous, StatusCode::UNAUTHORIZED, what);
        }
    }
    for path in ["/v2.0/nothing", "/_sandbox/nothing", "/nothing"] {
        assert_of_the_device(&send(&sandbox, "GET", path, None, "").await, StatusCode::NOT_FOUND, path);
    }
}

/// Walks the controls as `GET /_sandbox/` lists them.
#[tokio::test]
async fn every_control_is_marked_also_when_it_refuses() {
    let sandbox = sandbox();
    let description = send(&sandbox, "GET", "/_sandbox/", None, "").await;
    assert_marked(description.body.as_ref().expect("JSON"), "description");
    let controls = description.body.unwrap()["controls"].as_object().unwrap().clone();
    assert!(controls.len() > 15);
    for (request, _) in controls {
        let (method, path) = request.split_once(' ').unwrap();
        for username in [sandbox.account().username.as_str(), "nobody@example.org"] {
            let path = path.replace("{username}", username);
            let answer = send(&sandbox, method, &path, None, "no JSON").await;
            assert_header(&answer, &request);
            // The contract itself says nothing of anybody.
            if let Some(body) = answer.body.as_ref().filter(|body| body.get("openapi").is_none()) {
                assert_marked(body, &format!("{request} {}", answer.status));
            }
        }
    }
}

/// Each kind of fault as `GET /_sandbox/` prints it, which the control takes.
#[tokio::test]
async fn every_fault_has_an_example_that_is_taken_as_printed_and_keeps_the_header() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let description = send(&sandbox, "GET", "/_sandbox/", None, "").await.body.unwrap();
    let examples = description["faults"].as_array().unwrap();
    assert_eq!(examples.len(), 15);
    for example in examples {
        let kind = example["kind"].as_str().unwrap();
        let body = json!({"fault": example}).to_string();
        let planned = send(&sandbox, "POST", "/_sandbox/faults", None, &body).await;
        assert_eq!(planned.status, StatusCode::OK, "{example}");
        assert_eq!(planned.body.as_ref().unwrap()["faults"][0]["fault"], *example);
        // These hold the request, or the response, for ever or until the clock is moved.
        if ["latency", "stall", "stall_upload", "stall_answer"].contains(&kind) {
            send(&sandbox, "DELETE", "/_sandbox/faults", None, "").await;
            continue;
        }
        let image = payload(&[&unmarked(1)]).to_string();
        let answer = send(&sandbox, "POST", "/v2.0/diagnosis-support", Some(&token), &image).await;
        assert_header(&answer, kind);
        if answer.status.is_success()
            && let Some(body) = &answer.body
        {
            assert_marked(body, kind);
        }
    }
}

#[tokio::test]
async fn an_injected_status_keeps_the_header_with_every_body() {
    use legit_health_sandbox::{RetryAfter, StatusBody};
    let sandbox = sandbox();
    for body in [
        StatusBody::Detail,
        StatusBody::OtherJson,
        StatusBody::Html,
        StatusBody::PlainText,
        StatusBody::Empty,
    ] {
        let fault = InjectedFault::Status { status: 503, body, retry_after: RetryAfter::Absent };
        let injection = Injection { times: Times::Next(1), ..Injection::for_everyone(fault) };
        sandbox.inject(injection).unwrap();
        let answer = send(&sandbox, Method::GET.as_str(), "/v2.0/body-sites", None, "").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_header(&answer, &format!("{body:?}"));
    }
}
