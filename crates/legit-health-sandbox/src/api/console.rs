//! The console: the page at `/`, its files, what it reads about requests, and the sample images it offers.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State as Extract};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::controls::{ControlResult, respond};
use super::error_response::ErrorResponse;
use crate::console::{FILES, ObservedBody, PAGE, Side, StaticFile};
use crate::http::ConnectionLostError;
use crate::images::samples::{self, Sample};
use crate::state::State;

/// The controls that are made for the console.
pub(super) const CONTROLS: &[(&str, &str)] = &[
    ("GET /_sandbox/requests", "the latest requests; ?since=VERSION: what has changed since"),
    ("GET /_sandbox/requests/{id}/request", "the body of a request, by x-request-id; never of a login"),
    ("GET /_sandbox/requests/{id}/response", "the body of its response"),
    ("DELETE /_sandbox/requests", "forget the latest requests"),
    ("GET /_sandbox/samples", "the sample images"),
    ("GET /_sandbox/samples/{file}", "a sample image"),
];

/// Paths outside the API that are no mistake of a client.
const PAGES: &[&str] = &["/", "/_sandbox", "/catalog/openapi.json", "/docs", "/favicon.ico", "/openapi.json"];

/// Nothing but the page's own files, and no markup made from text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// The page and its files, which hold nothing of this sandbox.
pub(super) fn router() -> Router<Arc<State>> {
    Router::new().route("/", get(|| async { static_file(&PAGE) })).route(
        "/_sandbox/console/{file}",
        get(|Path(name): Path<String>| async move {
            let found = FILES.iter().find(|file| file.name == name);
            found.map_or_else(|| not_found("there is no such file"), static_file)
        }),
    )
}

/// What the page reads.
pub(super) fn controls() -> Router<Arc<State>> {
    let forget = |Extract(state): Extract<Arc<State>>| async move {
        state.exchanges.clear();
        respond(Ok(json!({})))
    };
    let body = |side| {
        get(move |Extract(state): Extract<Arc<State>>, Path(id): Path<String>| async move {
            exchanged_body(&state, &id, side)
        })
    };
    Router::new()
        .route("/_sandbox/requests", get(list_requests).delete(forget))
        .route("/_sandbox/requests/{id}/request", body(Side::Request))
        .route("/_sandbox/requests/{id}/response", body(Side::Response))
        .route("/_sandbox/samples", get(|| async { respond(list_samples()) }))
        .route("/_sandbox/samples/{file}", get(|Path(name): Path<String>| async move { sample(&name) }))
}

/// Runs a request of the API and shows it in the console. Requests of the console itself and for its files are left
/// out.
pub(super) async fn observe(state: &State, id: &str, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if PAGES.contains(&path) || path.starts_with("/_sandbox/") {
        return next.run(request).await;
    }
    let guard = state.exchanges.begin(id, request.method(), request.uri(), request.headers());
    request.extensions_mut().insert(guard.handle());
    let request = request.map(|body| Body::new(ObservedBody::request(body, guard.handle())));
    let response = next.run(request).await;
    if response.extensions().get::<ConnectionLostError>().is_some() {
        return response;
    }
    guard.set_response(response.status().as_u16(), response.headers());
    response.map(|body| Body::new(ObservedBody::response(body, guard)))
}

/// A version that is not a number is before everything.
async fn list_requests(Extract(state): Extract<Arc<State>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let since = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "since");
    let since = since.and_then(|(_, version)| version.parse().ok()).unwrap_or(0);
    let mut changes = state.exchanges.changes(since);
    changes["now"] = Value::from(state.clock.timestamp());
    respond(Ok(changes))
}

/// Returns a body as it was sent. The type keeps a browser from showing it as a page.
fn exchanged_body(state: &State, id: &str, side: Side) -> Response {
    match state.exchanges.body(id, side) {
        None => not_found("no such body is kept"),
        Some((bytes, media_type)) => {
            let is_json = media_type.is_some_and(|it| it.starts_with("application/json"));
            let media_type = if is_json { "application/json" } else { "application/octet-stream" };
            (plain(media_type), bytes).into_response()
        }
    }
}

fn list_samples() -> ControlResult {
    let describe = |sample: &Sample, view: Option<&str>| {
        json!({
            "file": sample.file_name,
            "title": sample.title,
            "scenario": sample.scenario.map(|scenario| scenario.to_string()),
            "view": view,
        })
    };
    let single = samples::all().iter().map(|sample| describe(sample, None)).collect::<Vec<_>>();
    let views = samples::whole_body();
    let views = views.iter().map(|sample| describe(sample, sample.file_name.strip_suffix(".jpg")));
    Ok(json!({"samples": single.into_iter().chain(views).collect::<Vec<_>>()}))
}

fn sample(name: &str) -> Response {
    let mut samples = samples::all().into_iter().chain(samples::whole_body());
    match samples.find(|sample| sample.file_name == name) {
        Some(sample) => (plain("image/jpeg"), sample.bytes).into_response(),
        None => not_found("there is no such sample"),
    }
}

fn static_file(file: &'static StaticFile) -> Response {
    let policy = (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    (plain(file.media_type), [policy], file.text).into_response()
}

/// Returns the headers of a response that is not the API's: a browser takes it as nothing but what it says, and keeps
/// no copy.
fn plain(media_type: &'static str) -> [(HeaderName, HeaderValue); 5] {
    [
        (header::CONTENT_TYPE, media_type),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)))
}

fn not_found(reason: &str) -> Response {
    ErrorResponse::new(StatusCode::NOT_FOUND, reason).into_marked_response()
}
