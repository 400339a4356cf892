//! The contract as it is served, and its own examples.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use legit_health_sandbox::Operation;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::{get, post, sandbox};

/// Returns every operation of a served document: method, path, and what is said of it.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("the paths");
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("the methods");
        methods.iter().map(|(method, operation)| (method.clone(), path.clone(), operation.clone()))
    });
    operations.collect()
}

#[tokio::test]
async fn both_documents_are_served_with_the_sandbox_as_their_server() {
    let sandbox = sandbox();
    let index = get(&sandbox, "/_sandbox/", None).await.body;
    assert_eq!(index["docs"], "/docs");
    let mut ids = Vec::new();
    for path in index["openapi"].as_array().unwrap() {
        let response = get(&sandbox, path.as_str().unwrap(), None).await;
        assert_eq!(response.status, StatusCode::OK);
        assert_eq!(response.headers[header::CONTENT_TYPE], "application/json");
        let document = response.body;
        assert_eq!(document["openapi"], "3.0.3");
        assert_eq!(document["servers"].as_array().unwrap().len(), 1);
        assert_eq!(document["servers"][0]["url"], "/v2.0");
        assert!(document["x-sandbox"]["notice"].as_str().unwrap().contains("no conformity assessment"));
        ids.extend(
            operations(&document)
                .into_iter()
                .map(|(_, _, it)| it["operationId"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(ids, Operation::ALL.map(Operation::id));
}

#[tokio::test]
async fn every_example_of_the_contract_is_accepted() {
    let sandbox = sandbox();
    let document = get(&sandbox, "/openapi.json", None).await.body;
    let mut accepted = 0;
    for (_, path, operation) in operations(&document) {
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        if !example.is_null() {
            let response = post(&sandbox, &path, example.clone()).await;
            assert_eq!(response.status, StatusCode::OK, "{path}: {}", response.body);
            accepted += 1;
        }
    }
    assert_eq!(accepted, 4);
}

#[tokio::test]
async fn the_page_names_every_operation_and_loads_nothing() {
    let sandbox = sandbox();
    let request = Request::get("/docs").body(Body::empty()).unwrap();
    let response = sandbox.router().oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(response.headers()["x-legit-health-sandbox"], "true");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let page = String::from_utf8(bytes.to_vec()).unwrap();
    for path in ["/openapi.json", "/catalog/openapi.json"] {
        for (method, path, _) in operations(&get(&sandbox, path, None).await.body) {
            let heading = format!("<code>{} /v2.0{path}</code>", method.to_uppercase());
            assert!(page.contains(&heading), "{heading}");
        }
    }
    assert!(page.contains("not intended for any medical purpose"));
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("<link"));
}
