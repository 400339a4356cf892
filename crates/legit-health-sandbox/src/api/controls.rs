//! The levers of the sandbox itself, under `/_sandbox/`. They need no token: whoever reaches the sandbox may
//! move them.

mod accounts;
mod clock;
mod faults;
mod ledger;
mod read;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::json;
use super::mark::marked;
use super::refusal::Refusal;
use crate::scenario::Scenario;
use crate::world::World;

type Answer = Result<Value, Refusal>;

/// Every control: the request, and what it does.
const CONTROLS: [&[(&str, &str)]; 4] =
    [ledger::CONTROLS, clock::CONTROLS, accounts::CONTROLS, faults::CONTROLS];

pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/_sandbox", get(|| async { response(Ok(description())) }))
        .route("/_sandbox/", get(|| async { response(Ok(description())) }))
        .merge(ledger::router())
        .merge(clock::router())
        .merge(accounts::router())
        .merge(faults::router())
}

fn response(answer: Answer) -> Response {
    match answer {
        Ok(body) => json(StatusCode::OK, &marked(body, &[], &[])),
        Err(refusal) => refusal.into_response(),
    }
}

fn description() -> Value {
    let scenarios: Vec<String> = Scenario::all().map(|scenario| scenario.to_string()).collect();
    let controls: Map<String, Value> = CONTROLS
        .into_iter()
        .flatten()
        .map(|(request, purpose)| ((*request).to_owned(), Value::from(*purpose)))
        .collect();
    json!({
        "controls": controls,
        "requestHeaders": {"x-sandbox-scenario": "scenario of one request, before all others"},
        "scenarios": scenarios,
    })
}
