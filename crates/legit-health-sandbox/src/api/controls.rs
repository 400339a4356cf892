//! The controls of the sandbox, under `/_sandbox/`. They need no token.

mod accounts;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Router, middleware};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::document::{json_response, with_notice};
use super::error_response::ErrorResponse;
use super::local_callers;
use crate::clock::seconds;
use crate::faults::InjectedFault;
use crate::operation::Operation;
use crate::scenarios::Scenario;
use crate::state::{Injection, State, Times};

pub(super) type ControlResult = Result<Value, ErrorResponse>;

/// Controls of the ledger and the clock: the request, and what it does.
const LEDGER_AND_CLOCK: &[(&str, &str)] = &[
    ("GET /_sandbox/ready", "whether it takes requests: 200, or no connection"),
    ("GET /_sandbox/ledger", "what was asked and how it ended, by account"),
    ("GET /_sandbox/clock", "the time of the sandbox"),
    ("POST /_sandbox/clock/advance", "move the clock forward: {\"seconds\": 3600}"),
    ("POST /_sandbox/clock/reset", "take back every move of the clock"),
];

const FAULTS: &[(&str, &str)] = &[
    (
        "POST /_sandbox/accounts/{username}/faults",
        "let requests of an account go wrong: {\"fault\": {\"kind\": \"status\", \"status\": 503}}, with \
         \"operation\" and \"times\" ({\"next\": 1}, \"always\", {\"share\": 0.01}) if wanted",
    ),
    ("GET /_sandbox/accounts/{username}/faults", "what is planned for an account"),
    ("DELETE /_sandbox/accounts/{username}/faults", "take back what is planned for an account"),
    ("POST /_sandbox/faults", "the same for requests of everyone"),
    ("GET /_sandbox/faults", "all that is planned"),
    ("DELETE /_sandbox/faults/{id}", "take back one fault, by the number in the list"),
    ("DELETE /_sandbox/faults", "take back all that is planned"),
];

pub(super) fn router(state: &Arc<State>) -> Router<Arc<State>> {
    let faults_of_everyone =
        get(|Extract(state): Extract<Arc<State>>| async move { respond(list_faults(&state, None)) })
            .post(|Extract(state): Extract<Arc<State>>, body: Bytes| async move {
                respond(plan_fault(&state, None, &body))
            })
            .delete(|Extract(state): Extract<Arc<State>>| async move { respond(clear_faults(&state, None)) });
    let faults_of_account = get(|Extract(state): Extract<Arc<State>>, Path(name): Path<String>| async move {
        respond(list_faults(&state, Some(&name)))
    })
    .post(|Extract(state): Extract<Arc<State>>, Path(name): Path<String>, body: Bytes| async move {
        respond(plan_fault(&state, Some(&name), &body))
    })
    .delete(|Extract(state): Extract<Arc<State>>, Path(name): Path<String>| async move {
        respond(clear_faults(&state, Some(&name)))
    });
    Router::new()
        .route("/_sandbox", get(|| async { respond(Ok(description())) }))
        .route("/_sandbox/", get(|| async { respond(Ok(description())) }))
        .route("/_sandbox/ready", get(|| async { respond(Ok(json!({"ready": true}))) }))
        .route(
            "/_sandbox/ledger",
            get(|Extract(state): Extract<Arc<State>>| async move {
                respond(Ok(state.request_log.read().to_json()))
            }),
        )
        .route(
            "/_sandbox/clock/advance",
            post(|Extract(state): Extract<Arc<State>>, body: Bytes| async move {
                respond(advance_clock(&state, &body))
            }),
        )
        .route(
            "/_sandbox/clock",
            get(|Extract(state): Extract<Arc<State>>| async move { respond(now(&state)) }),
        )
        .route(
            "/_sandbox/clock/reset",
            post(|Extract(state): Extract<Arc<State>>| async move {
                state.clock.reset();
                respond(now(&state))
            }),
        )
        .merge(accounts::router())
        .merge(super::console::controls())
        .route("/_sandbox/faults", faults_of_everyone)
        .route(
            "/_sandbox/faults/{id}",
            delete(|Extract(state): Extract<Arc<State>>, Path(id): Path<String>| async move {
                respond(remove_fault(&state, &id))
            }),
        )
        .route("/_sandbox/accounts/{username}/faults", faults_of_account)
        .layer(middleware::from_fn_with_state(Arc::clone(state), local_callers::only))
}

pub(super) fn respond(result: ControlResult) -> Response {
    match result {
        Ok(body) => json_response(StatusCode::OK, &with_notice(body)),
        Err(error) => error.into_marked_response(),
    }
}

fn description() -> Value {
    let controls = [LEDGER_AND_CLOCK, accounts::CONTROLS, FAULTS, super::console::CONTROLS].concat();
    let controls = controls.into_iter().map(|(request, purpose)| (request.to_owned(), Value::from(purpose)));
    json!({
        "console": "/",
        "docs": "/docs",
        "openapi": ["/openapi.json", "/catalog/openapi.json"],
        "controls": controls.collect::<Map<_, _>>(),
        "faults": InjectedFault::EXAMPLES.map(|text| serde_json::from_str::<Value>(text).unwrap_or_default()),
        "requestHeaders": {"x-sandbox-scenario": "scenario of one request, before all others"},
        "scenarios": Scenario::all().map(|scenario| scenario.to_string()).collect::<Vec<_>>(),
        "courses": Scenario::courses().map(course).collect::<Map<_, _>>(),
        "edgeCases": Scenario::edge_cases().map(edge_case).collect::<Map<_, _>>(),
    })
}

/// Returns a course, and the severities of its visits.
fn course(scenario: Scenario) -> (String, Value) {
    let severities = scenario.severities().into_iter().map(|severity| Value::from(severity.to_string()));
    (scenario.to_string(), severities.collect())
}

/// Returns an edge case, and what is unusual about its reports.
fn edge_case(scenario: Scenario) -> (String, Value) {
    (scenario.to_string(), scenario.description().into())
}

fn advance_clock(state: &State, body: &[u8]) -> ControlResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Advance {
        #[serde(deserialize_with = "seconds::deserialize")]
        seconds: Duration,
    }
    let Advance { seconds } = parse(body, r#"{"seconds": N}"#)?;
    state.clock.advance(seconds);
    now(state)
}

fn now(state: &State) -> ControlResult {
    Ok(json!({"now": state.clock.timestamp()}))
}

fn plan_fault(state: &State, account: Option<&str>, body: &[u8]) -> ControlResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Planned {
        operation: Option<Operation>,
        #[serde(default)]
        times: Times,
        fault: InjectedFault,
    }
    check_account(state, account)?;
    let Planned { operation, times, fault } =
        parse(body, r#"{"fault": {"kind": NAME, …}, "operation": NAME, "times": {"next": N}}"#)?;
    let injection = Injection { account: account.map(str::to_owned), operation, times, fault };
    injection.check().map_err(|invalid| unprocessable(invalid.to_string()))?;
    state.fault_plan().add(injection);
    list_faults(state, account)
}

fn list_faults(state: &State, account: Option<&str>) -> ControlResult {
    check_account(state, account)?;
    let is_selected = |planned: Option<&str>| account.is_none() || planned == account;
    Ok(json!({"faults": state.fault_plan().to_json(is_selected)}))
}

fn clear_faults(state: &State, account: Option<&str>) -> ControlResult {
    check_account(state, account)?;
    state.fault_plan().clear(|planned| account.is_none() || planned == account);
    list_faults(state, account)
}

fn remove_fault(state: &State, id: &str) -> ControlResult {
    let is_removed = id.parse().is_ok_and(|id| state.fault_plan().remove(id));
    if is_removed {
        list_faults(state, None)
    } else {
        Err(ErrorResponse::new(StatusCode::NOT_FOUND, "no such fault is planned"))
    }
}

fn check_account(state: &State, account: Option<&str>) -> Result<(), ErrorResponse> {
    match account {
        Some(name) if !state.accounts().contains(name) => Err(no_such_account()),
        _ => Ok(()),
    }
}

/// Parses the body of a control; `shape` is what the error shows.
fn parse<T: DeserializeOwned>(bytes: &[u8], shape: &str) -> Result<T, ErrorResponse> {
    serde_json::from_slice(bytes).map_err(|error| unprocessable(format!("the body must be {shape}: {error}")))
}

fn unprocessable(message: impl Into<String>) -> ErrorResponse {
    ErrorResponse::new(StatusCode::UNPROCESSABLE_ENTITY, message)
}

fn no_such_account() -> ErrorResponse {
    ErrorResponse::new(StatusCode::NOT_FOUND, "there is no such account")
}
