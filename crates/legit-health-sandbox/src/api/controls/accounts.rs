//! The controls of one account.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::routing::{MethodFilter, MethodRouter, on, post};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{ControlResult, no_such_account, parse, respond, unprocessable};
use crate::api::session;
use crate::clock::seconds;
use crate::operation::Operation;
use crate::scenarios::{Scenario, UnknownScenarioError};
use crate::state::{AccountState, LockOut, RateLimit, RetryHint, State};

pub(super) const CONTROLS: &[(&str, &str)] = &[
    ("GET /_sandbox/accounts", "the accounts and their settings, without passwords"),
    ("POST /_sandbox/accounts", "make another account; answers with its user name and password"),
    (
        "PUT /_sandbox/accounts/{username}/scenario",
        "default scenario of an account: {\"scenario\": \"psoriasis/moderate\"}, or null",
    ),
    ("PUT /_sandbox/accounts/{username}/token-life", "life of its next tokens: {\"minutes\": 5}, or null"),
    ("POST /_sandbox/accounts/{username}/tokens", "issue a token without a login: {\"access_token\": …}"),
    ("DELETE /_sandbox/accounts/{username}/tokens", "revoke its tokens"),
    (
        "POST /_sandbox/accounts/{username}/password",
        "give it another password; the one so far still opens it for a while: {\"graceSeconds\": 60}",
    ),
    ("DELETE /_sandbox/accounts/{username}/password", "let no password open it until it is given another"),
    (
        "PUT /_sandbox/accounts/{username}/lock-out",
        "lock it after refused logins in a row, for seconds or until unlocked: {\"after\": 3, \"seconds\": 900}, or null",
    ),
    ("DELETE /_sandbox/accounts/{username}/lock", "unlock it"),
    (
        "PUT /_sandbox/accounts/{username}/rate-limit",
        "429 beyond so many requests: {\"requests\": 10, \"seconds\": 60}, with \"operation\" and \
         \"retryAfter\" (seconds, date, absent) if wanted, or null",
    ),
];

pub(super) fn router() -> Router<Arc<State>> {
    let path = |name: &str| format!("/_sandbox/accounts/{{username}}/{name}");
    let create = |Extract(state): Extract<Arc<State>>| async move {
        let account = state.accounts().create(&state.secrets);
        respond(Ok(json!({"username": account.username, "password": account.password})))
    };
    let list = |Extract(state): Extract<Arc<State>>| async move { respond(list_accounts(&state)) };
    Router::new()
        .route("/_sandbox/accounts", post(create).get(list))
        .route(&path("scenario"), control(MethodFilter::PUT, set_scenario))
        .route(&path("token-life"), control(MethodFilter::PUT, set_token_life))
        .route(
            &path("tokens"),
            control(MethodFilter::POST, issue_token).merge(control(MethodFilter::DELETE, revoke_tokens)),
        )
        .route(
            &path("password"),
            control(MethodFilter::POST, rotate_password)
                .merge(control(MethodFilter::DELETE, revoke_password)),
        )
        .route(&path("lock-out"), control(MethodFilter::PUT, set_lock_out))
        .route(&path("lock"), control(MethodFilter::DELETE, unlock))
        .route(&path("rate-limit"), control(MethodFilter::PUT, set_rate_limit))
}

/// A call of a control.
struct Call<'a> {
    state: &'a State,
    username: &'a str,
    account: &'a mut AccountState,
    body: &'a [u8],
}

/// Returns a route for a control of the account in the path.
fn control(method: MethodFilter, handle: fn(Call<'_>) -> ControlResult) -> MethodRouter<Arc<State>> {
    let handler = move |Extract(state): Extract<Arc<State>>, Path(username): Path<String>, body: Bytes| async move {
        let mut accounts = state.accounts();
        respond(match accounts.get_mut(&username) {
            Some(account) => handle(Call { state: &state, username: &username, account, body: &body }),
            None => Err(no_such_account()),
        })
    };
    on(method, handler)
}

fn list_accounts(state: &State) -> ControlResult {
    let now = state.clock.now();
    let mut accounts = state.accounts();
    let accounts = accounts.iter_mut().map(|(username, account)| {
        json!({
            "username": username,
            "scenario": account.scenario.map(|scenario| scenario.to_string()),
            "tokenLifeMinutes": state.token_life(account),
            "isLocked": account.lock.is_locked(now),
        })
    });
    Ok(json!({"accounts": accounts.collect::<Vec<_>>()}))
}

fn set_scenario(call: Call<'_>) -> ControlResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Choice {
        #[serde(deserialize_with = "required")]
        scenario: Option<String>,
    }
    let choice: Option<Choice> = parse(call.body, r#"{"scenario": "NAME/SEVERITY"} or null"#)?;
    let scenario: Option<Scenario> = choice
        .and_then(|choice| choice.scenario)
        .map(|name| name.parse())
        .transpose()
        .map_err(|unknown: UnknownScenarioError| unprocessable(unknown.to_string()))?;
    call.account.scenario = scenario;
    Ok(json!({"scenario": scenario.map(|scenario| scenario.to_string())}))
}

fn set_token_life(call: Call<'_>) -> ControlResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Life {
        #[serde(deserialize_with = "required")]
        minutes: Option<u32>,
    }
    let life: Option<Life> = parse(call.body, r#"{"minutes": N} or null"#)?;
    let minutes = life.and_then(|life| life.minutes);
    call.account.token_life = minutes;
    Ok(json!({"minutes": call.state.token_life(call.account)}))
}

fn issue_token(call: Call<'_>) -> ControlResult {
    Ok(json!({"access_token": session::issue_token(call.state, call.username, call.account)}))
}

fn revoke_tokens(call: Call<'_>) -> ControlResult {
    call.account.revoke_tokens();
    Ok(json!({}))
}

fn rotate_password(call: Call<'_>) -> ControlResult {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Roll {
        #[serde(deserialize_with = "seconds::deserialize")]
        grace_seconds: Duration,
    }
    let Call { state, username, account, body } = call;
    let Roll { grace_seconds } = match body {
        [] => Roll::default(),
        body => parse(body, r#"{"graceSeconds": N} or empty"#)?,
    };
    account.passwords.rotate(&state.secrets, username, state.clock.now(), grace_seconds);
    Ok(json!({"username": username, "password": account.passwords.current()}))
}

fn revoke_password(call: Call<'_>) -> ControlResult {
    call.account.passwords.revoke();
    Ok(json!({}))
}

fn set_lock_out(call: Call<'_>) -> ControlResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rule {
        after: u32,
        #[serde(default, deserialize_with = "seconds_or_null")]
        seconds: Option<Duration>,
    }
    let rule: Option<Rule> = parse(call.body, r#"{"after": N, "seconds": N or null} or null"#)?;
    let rule = rule.map(|Rule { after, seconds: lasts }| LockOut { after, lasts });
    call.account.lock.set_rule(rule, call.state.clock.now());
    Ok(json!({"after": rule.map(|rule| rule.after)}))
}

fn unlock(call: Call<'_>) -> ControlResult {
    call.account.lock.unlock();
    Ok(json!({}))
}

fn set_rate_limit(call: Call<'_>) -> ControlResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Limit {
        requests: u32,
        #[serde(deserialize_with = "seconds::deserialize")]
        seconds: Duration,
        operation: Option<Operation>,
        #[serde(default)]
        retry_after: RetryHint,
    }
    let limit: Option<Limit> = parse(call.body, r#"{"requests": N, "seconds": N} or null"#)?;
    let requests = limit.as_ref().map(|limit| limit.requests);
    call.account.set_rate_limit(limit.map(|limit| RateLimit {
        requests: limit.requests,
        window: limit.seconds,
        operation: limit.operation,
        hint: limit.retry_after,
    }));
    Ok(json!({"requests": requests}))
}

/// Deserializes seconds, or `null`.
fn seconds_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    #[derive(Deserialize)]
    struct Seconds(#[serde(deserialize_with = "seconds::deserialize")] Duration);
    Ok(Option::<Seconds>::deserialize(deserializer)?.map(|Seconds(duration)| duration))
}

/// Deserializes a member that may be `null` but not missing.
fn required<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}
