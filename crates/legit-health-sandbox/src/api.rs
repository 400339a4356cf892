//! The HTTP interface: the operations of the contract under `/v2.0`, the sandbox's controls under `/_sandbox`.

mod catalog;
mod console;
mod contract_pages;
mod controls;
mod cross_origin;
mod diagnosis_support;
mod dispatch;
mod document;
mod edge_case;
mod error_response;
mod faults;
mod form;
mod image_work;
mod local_callers;
mod request;
mod request_image;
mod session;
mod severity;

use std::future::{Ready, ready};
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State as Extract};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, on};
use axum::{Router, middleware};

use crate::contract::{Contract, catalog, device};
use crate::state::State;
use dispatch::Route;
use error_response::ErrorResponse;

/// Prefix of the contract's paths.
pub(crate) const BASE_PATH: &str = "/v2.0";

/// Returns the whole interface as one service.
pub(crate) fn router(state: Arc<State>) -> Router {
    let operations = [device(), catalog()].into_iter().fold(Router::new(), with_operations);
    Router::new()
        .nest(BASE_PATH, operations)
        .merge(contract_pages::router())
        .merge(controls::router(&state))
        .merge(console::router())
        .method_not_allowed_fallback(unmatched(StatusCode::METHOD_NOT_ALLOWED))
        .fallback(unmatched(StatusCode::NOT_FOUND))
        .layer(middleware::from_fn(cross_origin::share))
        .layer(DefaultBodyLimit::max(state.body_limit))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), response_headers))
        .with_state(state)
}

/// Counts a request that is not in the contract, and answers it with the standard phrase. The framework redirects a path
/// with a slash too many.
fn unmatched(status: StatusCode) -> impl Fn(Extract<Arc<State>>, Uri) -> Ready<Response> + Clone {
    move |Extract(state), uri| {
        let without_slash = uri.path().strip_suffix('/').filter(|path| is_operation(path));
        let response = match without_slash {
            Some(path) => {
                let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
                Redirect::temporary(&format!("{path}{query}")).into_response()
            }
            None => ErrorResponse::standard(status).with_hint(missing_version(uri.path())).into_response(),
        };
        state.request_log.count_unmatched(response.status().as_u16());
        ready(response)
    }
}

fn is_operation(path: &str) -> bool {
    let operations = [device(), catalog()].into_iter().flat_map(|contract| &contract.operations);
    path.strip_prefix(BASE_PATH).is_some_and(|path| operations.into_iter().any(|it| it.path == path))
}

/// Returns a hint for the path of an operation without the version segment, or with another one.
fn missing_version(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let behind_first = path.get(1..).and_then(|path| path.find('/')).map(|at| &path[at + 1..]);
    let right = [Some(path), behind_first].into_iter().flatten().map(|path| format!("{BASE_PATH}{path}"));
    let right = right.into_iter().find(|right| is_operation(right) && right != path)?;
    Some(format!("the base URL ends in {BASE_PATH}: send this to {right}"))
}

/// Adds a route for every operation of a document.
fn with_operations(router: Router<Arc<State>>, contract: &'static Contract) -> Router<Arc<State>> {
    contract.operations.iter().fold(router, |router, spec| {
        let method = MethodFilter::try_from(spec.method.clone()).expect("the contract uses common methods");
        let operation = spec.id.parse().expect("a test compares the names with the contract");
        let route = Route { operation, spec, contract };
        let handler = move |Extract(state): Extract<Arc<State>>, request: Request| async move {
            dispatch::respond(&state, route, request).await
        };
        router.route(&spec.path, on(method, handler))
    })
}

/// Adds the headers of every response: that it is the sandbox's, and the number of the request.
async fn response_headers(Extract(state): Extract<Arc<State>>, request: Request, next: Next) -> Response {
    let request_id = state.secrets.uuid("request", state.next_number());
    let mut response = console::observe(&state, &request_id, request, next).await;
    let headers = response.headers_mut();
    headers.insert("x-legit-health-sandbox", HeaderValue::from_static("true"));
    headers.insert("x-request-id", HeaderValue::try_from(request_id).expect("a UUID is a valid header"));
    response
}

#[cfg(test)]
mod tests;
