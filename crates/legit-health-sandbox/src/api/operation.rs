//! One request through the house: who asks, body, token, contract, and only then the operation itself.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::attended::attended;
use super::authentication::{admit, identify};
use super::refusal::Refusal;
use super::upload::Upload;
use super::{body, catalogue, device_information, diagnosis_support, faults, login, severity};
use crate::connection::{Drained, Lost};
use crate::contract::{Cause, Contract, Fault, Media, Mode, Operation, device};
use crate::ledger::Visit;
use crate::operation::Operation as Name;
use crate::scenario::Scenario;
use crate::token::Pass;
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

/// An operation, and the document it stands in.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) name: Name,
    pub(super) operation: &'static Operation,
    pub(super) contract: &'static Contract,
}

pub(super) async fn answer(world: &Arc<World>, route: Route, request: Request) -> Response {
    let mut visit = Visit::begin(&world.book, route.name);
    let response = respond(world, route, request, &mut visit).await;
    if response.extensions().get::<Lost>().is_none() {
        visit.answered(response.status().as_u16());
    }
    attended(response, visit)
}

/// What the client gets: what the device answers, unless a fault comes between.
async fn respond(world: &Arc<World>, route: Route, request: Request, visit: &mut Visit) -> Response {
    let (head, body) = request.into_parts();
    let mut upload = Upload::new(body);
    let caller = caller(world, route, &head, &mut upload, visit).await;
    let fault = faults::meet(world, visit).await;
    if let Some(response) = faults::before_reading(fault.as_ref(), &mut upload, visit).await {
        return response;
    }
    // The framework reads the body before it looks at the token. So does the sandbox; an answer sent while
    // the client is still writing could be lost with the connection.
    let bytes = upload.whole(world.body_limit, visit).await;
    if let Some(response) = faults::instead(fault.as_ref(), &head.headers, world, visit).await {
        return response;
    }
    let answer = answer_of_device(world, route, &head, bytes, caller, visit).await;
    let response =
        answer.map_or_else(Refusal::into_response, |document| faults::document(fault.as_ref(), document));
    faults::on_the_way(fault, response, visit, head.extensions.get::<Drained>().cloned()).await
}

/// The document that answers a request, or what refuses it.
async fn answer_of_device(
    world: &Arc<World>,
    route: Route,
    head: &Parts,
    bytes: Result<Vec<u8>, Refusal>,
    caller: Result<Option<Pass>, Refusal>,
    visit: &Visit,
) -> Result<Value, Refusal> {
    let bytes = bytes?;
    within_rate(world, visit)?;
    if let Some(pass) = caller? {
        admit(world, &pass)?;
    }
    attempt(world, route, head, bytes, visit).await
}

/// Whose token came, where one is needed. Settles on the way whose request it is: who wants to log in stands in
/// the form.
async fn caller(
    world: &World,
    route: Route,
    head: &Parts,
    upload: &mut Upload,
    visit: &mut Visit,
) -> Result<Option<Pass>, Refusal> {
    let caller =
        if route.operation.needs_token { identify(world, &head.headers).map(Some) } else { Ok(None) };
    let mut account = caller.as_ref().ok().and_then(Option::as_ref).map(|pass| pass.username.clone());
    if route.name == Name::Login {
        // What cannot be read here cannot be read below either, and is refused there.
        let _: Result<(), Refusal> = upload.read_up_to(world.body_limit as u64 + 1, visit).await;
        let username = body::form_field(upload.so_far(), "username");
        account = username.filter(|username| world.accounts().has(username));
    }
    visit.is_of(account);
    caller
}

fn within_rate(world: &World, visit: &Visit) -> Result<(), Refusal> {
    let now = world.clock.now();
    let mut accounts = world.accounts();
    let Some(account) = visit.account().and_then(|username| accounts.state_mut(username)) else {
        return Ok(());
    };
    account.admit(visit.operation(), now).map_err(|retry_after| Refusal::too_many(retry_after, now))
}

/// The document that answers a request whose token is good.
async fn attempt(
    world: &Arc<World>,
    Route { name, operation, contract }: Route,
    head: &Parts,
    bytes: Vec<u8>,
    visit: &Visit,
) -> Result<Value, Refusal> {
    let query = head.uri.query().unwrap_or_default();
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut faults = missing_query(operation, &query);
    let (scenario, fault) = scenario_of(&head.headers);
    faults.extend(fault);
    let body = match &operation.body {
        None => Value::Null,
        Some(expected) => {
            let body = body::read(expected.media, &head.headers, &bytes)?;
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
    let asked = Asked { account: visit.account().map(str::to_owned), scenario, body };
    match name {
        Name::Login => login::answer(world, &asked),
        Name::DeviceInformation => Ok(device_information::answer()),
        Name::BodySites => Ok(catalogue::body_sites()),
        Name::Questionnaires => Ok(catalogue::questionnaires(device(), &query)),
        Name::ClinicalSigns => Ok(catalogue::clinical_signs()),
        Name::DiagnosisSupport => diagnosis_support::answer(world, asked).await,
        Name::SeverityManual => severity::answer(world, contract, Mode::Manual, asked).await,
        Name::SeverityLocal => severity::answer(world, contract, Mode::Local, asked).await,
        Name::SeverityGlobal => severity::answer(world, contract, Mode::Global, asked).await,
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
