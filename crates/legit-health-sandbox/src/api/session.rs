//! `POST /login`, the check of access tokens, and `GET /device-information`.

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::document::{Evidence, with_sandbox_object};
use super::error_response::ErrorResponse;
use super::request::ValidRequest;
use crate::state::tokens::{self, TokenClaims};
use crate::state::{AccountState, Accounts, LoginOutcome, State};

/// Exchanges credentials for a token.
pub(super) fn login(state: &State, request: &ValidRequest) -> Result<Value, ErrorResponse> {
    let field = |name: &str| request.body[name].as_str().unwrap_or_default();
    let (username, password) = (field("username"), field("password"));
    let mut accounts = state.accounts();
    let account = check_password(state, &mut accounts, username, password)?;
    let minutes = state.token_life(account);
    let body = json!({
        "access_token": issue_token(state, username, account),
        "token_type": "Access token",
        // A string, as in the guide.
        "expires_in_minutes": minutes.to_string(),
    });
    Ok(with_sandbox_object(body, &[], [("access_token", [Evidence::Placeholder])]))
}

/// Returns a token of an account, with the lifetime of its tokens.
pub(super) fn issue_token(state: &State, username: &str, account: &AccountState) -> String {
    let minutes = state.token_life(account);
    let expires_at = state.clock.unix_seconds() + u64::from(minutes) * 60;
    let claims =
        TokenClaims { username: username.to_owned(), generation: account.token_generation, expires_at };
    tokens::issue(&state.secrets, &claims, state.next_number())
}

/// Returns the account of these credentials. The response of the device for a locked account is unknown.
fn check_password<'a>(
    state: &State,
    accounts: &'a mut Accounts,
    username: &str,
    password: &str,
) -> Result<&'a mut AccountState, ErrorResponse> {
    let account = accounts.get_mut(username);
    match account.map(|account| (account.login(&state.secrets, password, state.clock.now()), account)) {
        Some((LoginOutcome::Accepted, account)) => Ok(account),
        Some((LoginOutcome::Locked, _)) => Err(ErrorResponse::locked()),
        Some((LoginOutcome::Refused, _)) | None => {
            Err(ErrorResponse::unauthorized("Incorrect username or password"))
        }
    }
}

/// Returns the claims of the bearer token, which may still be expired. The messages here and below are the vendor's;
/// that a missing header is a 401 is inferred.
pub(super) fn authenticate(state: &State, headers: &HeaderMap) -> Result<TokenClaims, ErrorResponse> {
    let token = bearer(headers).ok_or_else(|| ErrorResponse::unauthorized("Not authenticated"))?;
    tokens::verify(&state.secrets, token)
        .filter(|claims| state.accounts().contains(&claims.username))
        .ok_or_else(|| ErrorResponse::unauthorized("Invalid token"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Rejects a token that has expired or was revoked. That both get the same response is our decision.
pub(super) fn check_token(state: &State, claims: &TokenClaims) -> Result<(), ErrorResponse> {
    let generation = state.accounts().get(&claims.username).map(|account| account.token_generation);
    if state.clock.unix_seconds() < claims.expires_at && generation == Some(claims.generation) {
        return Ok(());
    }
    Err(ErrorResponse::unauthorized("Expired token"))
}

/// Returns a label in the shape of the device's, which says that this is not the device.
pub(super) fn device_information() -> Value {
    let body = json!({
        "manufacturer": {"name": "Legit.Health sandbox (not the device)", "address": null},
        "name": [{"value": "Legit.Health sandbox (not the device)"}],
        "version": [{"value": env!("CARGO_PKG_VERSION")}],
    });
    let parts = ["manufacturer", "name", "version"].map(|part| (part, [Evidence::Placeholder]));
    with_sandbox_object(body, &[], parts)
}
