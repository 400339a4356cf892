//! The levers of the sandbox itself, under `/_sandbox/`. They need no token: whoever reaches the sandbox may
//! move them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde_json::{Value, json};

use super::json;
use super::mark::marked;
use super::refusal::Refusal;
use crate::clock::MOST_AHEAD;
use crate::scenario::Scenario;
use crate::world::World;

type Answer = Result<Value, Refusal>;

pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/_sandbox", get(|| async { response(Ok(description())) }))
        .route("/_sandbox/", get(|| async { response(Ok(description())) }))
        .route(
            "/_sandbox/ledger",
            get(|State(world): State<Arc<World>>| async move { response(Ok(ledger(&world))) }),
        )
        .route(
            "/_sandbox/clock/advance",
            post(|State(world): State<Arc<World>>, body: Bytes| async move {
                response(advance_clock(&world, &body))
            }),
        )
        .route(
            "/_sandbox/accounts/{username}/scenario",
            put(|State(world): State<Arc<World>>, Path(username): Path<String>, body: Bytes| async move {
                response(assign_scenario(&world, &username, &body))
            }),
        )
}

fn response(answer: Answer) -> Response {
    match answer {
        Ok(body) => json(StatusCode::OK, &marked(body, &[], &[])),
        Err(refusal) => refusal.into_response(),
    }
}

fn description() -> Value {
    let scenarios: Vec<String> = Scenario::all().map(|scenario| scenario.to_string()).collect();
    json!({
        "controls": {
            "GET /_sandbox/ledger": "what was asked and answered, by account",
            "POST /_sandbox/clock/advance": "move the clock forward: {\"seconds\": 3600}",
            "PUT /_sandbox/accounts/{username}/scenario":
                "default scenario of an account: {\"scenario\": \"psoriasis/moderate\"}, or null",
        },
        "requestHeaders": {"x-sandbox-scenario": "scenario of one request, before all others"},
        "scenarios": scenarios,
    })
}

fn ledger(world: &World) -> Value {
    world.ledger().to_json()
}

fn advance_clock(world: &World, body: &[u8]) -> Answer {
    let seconds = member(body, "seconds").and_then(|seconds| seconds.as_f64());
    let by =
        seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|by| *by <= MOST_AHEAD);
    let by = by.ok_or_else(|| {
        unprocessable("the body must be {\"seconds\": N} with N from 0 to a thousand years")
    })?;
    world.clock.advance(by);
    Ok(json!({"now": world.clock.timestamp()}))
}

fn assign_scenario(world: &World, username: &str, body: &[u8]) -> Answer {
    let scenario = match member(body, "scenario") {
        Some(Value::Null) => None,
        Some(Value::String(name)) => {
            Some(name.parse::<Scenario>().map_err(|unknown| unprocessable(&unknown.to_string()))?)
        }
        _ => {
            return Err(unprocessable(
                "the body must be {\"scenario\": \"NAME/SEVERITY\"} or {\"scenario\": null}",
            ));
        }
    };
    if !world.accounts().assign(username, scenario) {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "there is no such account"));
    }
    Ok(json!({"scenario": scenario.map(|scenario| scenario.to_string())}))
}

fn member(body: &[u8], name: &str) -> Option<Value> {
    serde_json::from_slice::<Value>(body).ok()?.as_object_mut()?.remove(name)
}

fn unprocessable(sentence: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
}
