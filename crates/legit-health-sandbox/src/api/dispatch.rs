//! The way of one request: caller, faults, body, rate limit, token, validation, and then the operation itself.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error_response::ErrorResponse;
use super::request::{self, BodyReader, ValidRequest};
use super::session::{authenticate, check_token};
use super::{catalog, diagnosis_support, faults, form, session, severity};
use crate::contract::{Cause, Contract, MediaType, Mode, OperationSpec, ValidationError, device};
use crate::http::{ConnectionLostError, FlushSignal, GuardedBody};
use crate::operation::Operation;
use crate::scenarios::{Scenario, UnknownScenarioError};
use crate::state::tokens::TokenClaims;
use crate::state::{RequestGuard, State};

/// The request header that names a scenario.
const SCENARIO_HEADER: &str = "x-sandbox-scenario";

/// An operation and its document.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) operation: Operation,
    pub(super) spec: &'static OperationSpec,
    pub(super) contract: &'static Contract,
}

/// Responds to a request, and counts it until its response has been taken.
pub(super) async fn respond(state: &Arc<State>, route: Route, request: Request) -> Response {
    let mut guard = RequestGuard::new(&state.request_log, route.operation);
    guard.show_in_console(request.extensions().get(), request.uri());
    let response = respond_with_faults(state, route, request, &mut guard).await;
    if response.extensions().get::<ConnectionLostError>().is_none() {
        guard.count_response(response.status().as_u16());
    }
    response.map(|body| Body::new(GuardedBody::new(body, guard)))
}

async fn respond_with_faults(
    state: &Arc<State>,
    route: Route,
    request: Request,
    guard: &mut RequestGuard,
) -> Response {
    let (head, body) = request.into_parts();
    let mut body = BodyReader::new(body);
    let caller = identify_caller(state, route, &head, &mut body, guard).await;
    let fault = faults::take(state, guard).await;
    if let Some(response) = faults::before_reading(fault.as_ref(), &mut body, guard).await {
        return response;
    }
    // The framework reads the body before it checks the token, and so does the sandbox: a response sent while the
    // client is still writing could be lost with the connection.
    let bytes = body.read_all(state.body_limit, guard).await;
    if let Some(response) = faults::instead(fault.as_ref(), &head.headers, state, guard).await {
        return response;
    }
    let document = document(state, route, &head, bytes, caller, guard).await;
    match (guard.exchange(), &document) {
        (Some(exchange), Ok(document)) => exchange.set_scenarios(document),
        (Some(exchange), Err(error)) => exchange.set_detail(error.detail()),
        (None, _) => {}
    }
    let response =
        document.map_or_else(ErrorResponse::into_response, |it| faults::success(fault.as_ref(), it));
    faults::while_sending(fault, response, guard, head.extensions.get::<FlushSignal>().cloned()).await
}

/// Returns the claims of the token, where one is needed. Sets the account of the request on the way: that of a login is
/// in the form.
async fn identify_caller(
    state: &State,
    route: Route,
    head: &Parts,
    body: &mut BodyReader,
    guard: &mut RequestGuard,
) -> Result<Option<TokenClaims>, ErrorResponse> {
    let caller = if route.spec.needs_token { authenticate(state, &head.headers).map(Some) } else { Ok(None) };
    let mut account = caller.as_ref().ok().and_then(Option::as_ref).map(|claims| claims.username.clone());
    if route.operation == Operation::Login {
        // An unreadable body is rejected later.
        let _: Result<(), ErrorResponse> = body.read_up_to(state.body_limit as u64 + 1, guard).await;
        let username = form::field(&head.headers, body.bytes(), "username");
        account = username.filter(|username| state.accounts().contains(username));
    }
    guard.set_account(account);
    caller
}

/// Returns the document of a success, without the effect of faults.
async fn document(
    state: &Arc<State>,
    route: Route,
    head: &Parts,
    bytes: Result<Vec<u8>, ErrorResponse>,
    caller: Result<Option<TokenClaims>, ErrorResponse>,
    guard: &RequestGuard,
) -> Result<Value, ErrorResponse> {
    let bytes = bytes?;
    check_rate_limit(state, guard)?;
    if let Some(claims) = caller? {
        check_token(state, &claims)?;
    }
    let Route { operation, contract, .. } = route;
    let query = head.uri.query().unwrap_or_default();
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let request = validate(route, &query, &head.headers, bytes, guard)?;
    match operation {
        Operation::Login => session::login(state, &request),
        Operation::DeviceInformation => Ok(session::device_information()),
        Operation::BodySites => Ok(catalog::body_sites()),
        Operation::Questionnaires => Ok(catalog::questionnaires(device(), &query)),
        Operation::ClinicalSigns => Ok(catalog::clinical_signs()),
        Operation::DiagnosisSupport => diagnosis_support::respond(state, request).await,
        Operation::SeverityManual => severity::respond(state, contract, Mode::Manual, request).await,
        Operation::SeverityLocal => severity::respond(state, contract, Mode::Local, request).await,
        Operation::SeverityGlobal => severity::respond(state, contract, Mode::Global, request).await,
    }
}

fn check_rate_limit(state: &State, guard: &RequestGuard) -> Result<(), ErrorResponse> {
    let now = state.clock.now();
    let mut accounts = state.accounts();
    let Some(account) = guard.account().and_then(|username| accounts.get_mut(username)) else {
        return Ok(());
    };
    let counted = account.count_request(guard.operation(), now);
    counted.map_err(|retry_after| ErrorResponse::too_many_requests(retry_after, now))
}

fn validate(
    Route { spec, contract, .. }: Route,
    query: &[(String, String)],
    headers: &HeaderMap,
    bytes: Vec<u8>,
    guard: &RequestGuard,
) -> Result<ValidRequest, ErrorResponse> {
    let is_given = |name: &String| query.iter().any(|(given, _)| given == name);
    let missing = spec.required_query.iter().filter(|name| !is_given(name));
    let mut errors: Vec<ValidationError> = missing
        .map(|name| ValidationError {
            cause: Cause::Missing,
            location: vec!["query".into(), name.as_str().into()],
            input: Value::Null,
        })
        .collect();
    let scenario = scenario_of(headers).unwrap_or_else(|error| {
        errors.push(*error);
        None
    });
    let body = match &spec.body {
        None => Value::Null,
        Some(expected) => {
            let body = request::parse_body(expected.media, headers, &bytes)?;
            let mut found = contract.validate_body(&expected.schema, &body);
            if expected.media == MediaType::Form {
                // The framework does not repeat a form, which may hold a password.
                found.iter_mut().for_each(|error| error.input = Value::Null);
            }
            errors.extend(found);
            body
        }
    };
    ErrorResponse::check(&errors)?;
    Ok(ValidRequest::new(guard.account().map(str::to_owned), scenario, body, bytes.len()))
}

fn scenario_of(headers: &HeaderMap) -> Result<Option<Scenario>, Box<ValidationError>> {
    let Some(value) = headers.get(SCENARIO_HEADER) else { return Ok(None) };
    value.to_str().unwrap_or_default().parse().map(Some).map_err(|unknown: UnknownScenarioError| {
        let location = vec!["header".into(), SCENARIO_HEADER.into()];
        Box::new(ValidationError { cause: Cause::rule(unknown.to_string()), location, input: Value::Null })
    })
}
