//! `GET /openapi.json`, `/catalog/openapi.json` and `/docs`: the contract, for tools that import it and for people.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::BASE_PATH;
use super::document::NOTICE;
use crate::contract;
use crate::state::State;

const DEVICE_PATH: &str = "/openapi.json";
const CATALOG_PATH: &str = "/catalog/openapi.json";

/// Both documents as they are served, with this sandbox as the only server.
static DEVICE: LazyLock<Value> = LazyLock::new(|| served(contract::DEVICE_TEXT));
static CATALOG: LazyLock<Value> = LazyLock::new(|| served(contract::CATALOG_TEXT));

pub(super) fn router() -> Router<Arc<State>> {
    Router::new()
        .route(DEVICE_PATH, get(|| async { document(&DEVICE) }))
        .route(CATALOG_PATH, get(|| async { document(&CATALOG) }))
        .route("/docs", get(|| async { Html(page()) }))
}

fn document(document: &Value) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response()
}

fn served(text: &str) -> Value {
    let mut document: Value = serde_json::from_str(text).expect("a test reads the embedded contract");
    document["servers"] = json!([{"url": BASE_PATH, "description": "The sandbox that serves this document"}]);
    document["x-sandbox"] = json!({"notice": NOTICE, "version": env!("CARGO_PKG_VERSION")});
    document
}

/// Returns the page about both documents. It loads nothing.
fn page() -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Legit.Health sandbox: the API</title>\
         <style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;\
         margin:2rem auto;padding:0 1rem}}pre{{overflow:auto;border:1px solid;padding:.5rem}}\
         h2 code{{font-size:1.1em}}</style></head><body><h1>The API of this sandbox</h1><p><strong>{NOTICE}</strong> \
         This is a stand-in, not the device.</p><p>OpenAPI documents, to import: \
         <a href=\"{DEVICE_PATH}\">device</a>, <a href=\"{CATALOG_PATH}\">catalog</a>. The controls of the sandbox: \
         <a href=\"/_sandbox/\">/_sandbox/</a>.</p>\n"
    );
    for document in [&*DEVICE, &*CATALOG] {
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                describe(&mut page, document, (method, path), operation)
                    .expect("writing to a string does not fail");
            }
        }
    }
    page.push_str("</body></html>\n");
    page
}

/// Writes the section of one operation.
fn describe(
    page: &mut String,
    document: &Value,
    (method, path): (&str, &str),
    operation: &Value,
) -> std::fmt::Result {
    let text = |value: &Value| escaped(value.as_str().unwrap_or_default());
    let method = method.to_ascii_uppercase();
    write!(page, "<h2><code>{method} {BASE_PATH}{}</code></h2><p>", escaped(path))?;
    write!(page, "{}. {}", text(&operation["summary"]), text(&operation["description"]))?;
    let security = operation.get("security").unwrap_or(&document["security"]);
    if security.as_array().is_some_and(|schemes| !schemes.is_empty()) {
        page.push_str(
            " Needs <code>Authorization: Bearer …</code>, with the token of <code>POST /login</code>.",
        );
    }
    page.push_str("</p>");
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let need = if parameter["required"] == true { "required" } else { "optional" };
        let (name, description) = (text(&parameter["name"]), text(&parameter["description"]));
        write!(page, "<p>Query <code>{name}</code> ({need}): {description}.</p>")?;
    }
    for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let example = escaped(&format!("{:#}", content["example"]));
        write!(page, "<p>Body, <code>{}</code>:</p><pre>{example}</pre>", escaped(media))?;
    }
    page.push_str("<ul>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let shared =
            response["$ref"].as_str().and_then(|place| document.pointer(place.trim_start_matches('#')));
        let description = text(&shared.unwrap_or(response)["description"]);
        write!(page, "<li><code>{status}</code> {description}</li>")?;
    }
    page.push_str("</ul>\n");
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
