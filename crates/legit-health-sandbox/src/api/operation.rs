//! One request through the house: body, token, contract, and only then the operation itself.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::authentication::authenticate;
use super::record::Call;
use super::refusal::Refusal;
use super::{body, catalogue, device_information, diagnosis_support, json, login, severity};
use crate::contract::{Cause, Contract, Fault, Media, Operation, device};
use crate::scenario::Scenario;
use crate::world::World;

/// The header that names the scenario of a request.
const SCENARIO_HEADER: &str = "x-sandbox-scenario";

/// A request that keeps the contract.
pub(super) struct Asked {
    /// Who asks; none only where no token is needed.
    pub(super) account: Option<String>,
    /// The scenario of the request header.
    pub(super) scenario: Option<Scenario>,
    /// Null where the operation takes no body.
    pub(super) body: Value,
}

pub(super) async fn answer(
    world: &Arc<World>,
    contract: &'static Contract,
    operation: &'static Operation,
    request: Request,
) -> Response {
    let mut call = Call { operation: &operation.id, account: None };
    let response = match attempt(world, contract, operation, request, &mut call.account).await {
        Ok(body) => json(StatusCode::OK, &body),
        Err(refusal) => refusal.into_response(),
    };
    (call, response).into_response()
}

/// `account` is learned on the way, also by a request that is refused later.
async fn attempt(
    world: &Arc<World>,
    contract: &'static Contract,
    operation: &Operation,
    request: Request,
    account: &mut Option<String>,
) -> Result<Value, Refusal> {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    // The framework reads the body before it looks at the token. So does the sandbox; an answer sent while
    // the client is still writing could be lost with the connection.
    let bytes =
        Bytes::from_request(request, &()).await.map_err(|rejection| body_refusal(rejection.status()))?;
    if operation.needs_token {
        *account = Some(authenticate(world, &headers)?);
    }
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let mut faults = missing_query(operation, &query);
    let (scenario, fault) = scenario_of(&headers);
    faults.extend(fault);
    let body = match &operation.body {
        None => Value::Null,
        Some(expected) => {
            let body = body::read(expected.media, &headers, &bytes)?;
            let mut found = contract.faults_of_body(&expected.schema, &body);
            if expected.media == Media::Form {
                // The framework does not repeat a form, and neither shall a password be.
                found.iter_mut().for_each(|fault| fault.input = Value::Null);
            }
            faults.extend(found);
            body
        }
    };
    drop(bytes);
    Refusal::unless_faultless(&faults)?;
    let asked = Asked { account: account.clone(), scenario, body };
    match operation.id.as_str() {
        "login" => login::answer(world, &asked, account),
        "device_information" => Ok(device_information::answer()),
        "body_sites" => Ok(catalogue::body_sites()),
        "questionnaires" => Ok(catalogue::questionnaires(device(), &query)),
        "clinical_signs" => Ok(catalogue::clinical_signs()),
        "diagnosis_support" => diagnosis_support::answer(world, asked).await,
        "severity_manual" => severity::manual(world, contract, asked).await,
        "severity_local" => severity::local(world, contract, asked).await,
        "severity_global" => severity::global(world, contract, asked).await,
        id => Err(Refusal::not_yet(format!("the sandbox of this version does not answer {id} yet"))),
    }
}

fn body_refusal(status: StatusCode) -> Refusal {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(),
        _ => Refusal::new(StatusCode::BAD_REQUEST, "There was an error parsing the body"),
    }
}

fn missing_query(operation: &Operation, query: &[(String, String)]) -> Vec<Fault> {
    let given = |name: &str| query.iter().any(|(given, _)| given == name);
    let missing = operation.required_query.iter().filter(|name| !given(name));
    missing
        .map(|name| Fault {
            cause: Cause::Missing,
            place: vec!["query".into(), name.as_str().into()],
            input: Value::Null,
        })
        .collect()
}

/// The scenario of the request header, or what is wrong with it.
fn scenario_of(headers: &HeaderMap) -> (Option<Scenario>, Option<Fault>) {
    let Some(value) = headers.get(SCENARIO_HEADER) else { return (None, None) };
    match value.to_str().unwrap_or_default().parse() {
        Ok(scenario) => (Some(scenario), None),
        Err(unknown) => {
            let place = vec!["header".into(), SCENARIO_HEADER.into()];
            (None, Some(Fault { cause: Cause::rule(unknown.to_string()), place, input: Value::Null }))
        }
    }
}
