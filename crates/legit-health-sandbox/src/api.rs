//! What the sandbox answers over HTTP: the operations of the contract under `/v2.0`, its own controls under
//! `/_sandbox`.

mod attended;
mod authentication;
mod body;
mod catalogue;
mod controls;
mod desk;
mod device_information;
mod diagnosis_support;
mod faults;
mod login;
mod mark;
mod operation;
mod parts;
mod refusal;
mod sent;
mod severity;
mod stamp;
mod upload;

use std::future::{Ready, ready};
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use axum::{Router, middleware};
use serde_json::Value;

use crate::contract::{Contract, catalog, device};
use crate::world::World;
use operation::Route;
use refusal::Refusal;

/// Where the contract's paths begin.
pub(crate) const BASE_PATH: &str = "/v2.0";

/// Everything, as one service.
pub(crate) fn router(world: Arc<World>) -> Router {
    let operations = [device(), catalog()].into_iter().fold(Router::new(), with_operations);
    Router::new()
        .nest(BASE_PATH, operations)
        .merge(controls::router())
        .method_not_allowed_fallback(unmatched(StatusCode::METHOD_NOT_ALLOWED))
        .fallback(unmatched(StatusCode::NOT_FOUND))
        .layer(DefaultBodyLimit::max(world.body_limit))
        .layer(middleware::from_fn_with_state(Arc::clone(&world), stamp::stamp))
        .with_state(world)
}

/// What is in no contract is counted, and refused in the words of HTTP.
fn unmatched(status: StatusCode) -> impl Fn(State<Arc<World>>) -> Ready<Response> + Clone {
    move |State(world)| {
        world.book.unmatched(status.as_u16());
        ready(Refusal::standard(status).into_response())
    }
}

/// A route for every operation of a document.
fn with_operations(router: Router<Arc<World>>, contract: &'static Contract) -> Router<Arc<World>> {
    contract.operations.iter().fold(router, |router, operation| {
        let method =
            MethodFilter::try_from(operation.method.clone()).expect("the contract uses common methods");
        let name = operation.id.parse().expect("a test compares the names with the contract");
        let route = Route { name, operation, contract };
        let answer = move |State(world): State<Arc<World>>, request: Request| async move {
            operation::answer(&world, route, request).await
        };
        router.route(&operation.path, on(method, answer))
    })
}

fn json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests;
