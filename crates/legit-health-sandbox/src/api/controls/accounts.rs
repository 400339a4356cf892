//! Controls of one account.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{MethodFilter, MethodRouter, on, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, read, response};
use crate::account::{LockOut, RateLimit, RetryHint, State as Account};
use crate::operation::Operation;
use crate::scenario::{Scenario, UnknownScenario};
use crate::seconds;
use crate::world::World;

pub(super) const CONTROLS: &[(&str, &str)] = &[
    ("POST /_sandbox/accounts", "make another account; answers with its user name and password"),
    (
        "PUT /_sandbox/accounts/{username}/scenario",
        "default scenario of an account: {\"scenario\": \"psoriasis/moderate\"}, or null",
    ),
    ("PUT /_sandbox/accounts/{username}/token-life", "life of its next tokens: {\"minutes\": 5}, or null"),
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

pub(super) fn router() -> Router<Arc<World>> {
    let lever = |name: &str| format!("/_sandbox/accounts/{{username}}/{name}");
    Router::new()
        .route(
            "/_sandbox/accounts",
            post(|State(world): State<Arc<World>>| async move { response(Ok(make(&world))) }),
        )
        .route(&lever("scenario"), moved(MethodFilter::PUT, scenario))
        .route(&lever("token-life"), moved(MethodFilter::PUT, token_life))
        .route(&lever("tokens"), moved(MethodFilter::DELETE, revoke_tokens))
        .route(
            &lever("password"),
            moved(MethodFilter::POST, roll_password).merge(moved(MethodFilter::DELETE, revoke_password)),
        )
        .route(&lever("lock-out"), moved(MethodFilter::PUT, lock_out))
        .route(&lever("lock"), moved(MethodFilter::DELETE, unlock))
        .route(&lever("rate-limit"), moved(MethodFilter::PUT, rate_limit))
}

fn make(world: &World) -> Value {
    let account = world.accounts().another(&world.secrets);
    json!({"username": account.username, "password": account.password})
}

/// What a lever works on.
struct Lever<'a> {
    world: &'a World,
    username: &'a str,
    account: &'a mut Account,
    body: &'a [u8],
}

/// A route that moves a lever of the account in the path.
fn moved(method: MethodFilter, lever: fn(Lever<'_>) -> Answer) -> MethodRouter<Arc<World>> {
    let handler = move |State(world): State<Arc<World>>, Path(username): Path<String>, body: Bytes| async move {
        let mut accounts = world.accounts();
        response(match accounts.state_mut(&username) {
            Some(account) => lever(Lever { world: &world, username: &username, account, body: &body }),
            None => Err(read::no_such_account()),
        })
    };
    on(method, handler)
}

fn scenario(lever: Lever<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Choice {
        #[serde(deserialize_with = "read::present")]
        scenario: Option<String>,
    }
    let shape = r#"{"scenario": "NAME/SEVERITY"} or {"scenario": null}"#;
    let Choice { scenario } = read::body(lever.body, shape)?;
    let scenario: Option<Scenario> = scenario
        .map(|name| name.parse())
        .transpose()
        .map_err(|unknown: UnknownScenario| read::unprocessable(unknown.to_string()))?;
    lever.account.scenario = scenario;
    Ok(json!({"scenario": scenario.map(|scenario| scenario.to_string())}))
}

fn token_life(lever: Lever<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Life {
        #[serde(deserialize_with = "read::present")]
        minutes: Option<u32>,
    }
    let Life { minutes } = read::body(lever.body, r#"{"minutes": N} or {"minutes": null}"#)?;
    lever.account.token_life = minutes;
    Ok(json!({"minutes": minutes.unwrap_or(lever.world.token_life_minutes)}))
}

fn revoke_tokens(lever: Lever<'_>) -> Answer {
    lever.account.revoke_tokens();
    Ok(json!({}))
}

fn roll_password(lever: Lever<'_>) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Roll {
        #[serde(deserialize_with = "seconds::deserialize")]
        grace_seconds: Duration,
    }
    let nothing = lever.body.is_empty();
    let roll =
        if nothing { Roll::default() } else { read::body(lever.body, r#"{"graceSeconds": N} or empty"#)? };
    let Lever { world, username, account, .. } = lever;
    account.roll_password(&world.secrets, username, world.clock.now(), roll.grace_seconds);
    Ok(json!({"username": username, "password": account.password()}))
}

fn revoke_password(lever: Lever<'_>) -> Answer {
    lever.account.revoke_password();
    Ok(json!({}))
}

fn lock_out(lever: Lever<'_>) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Rule {
        after: u32,
        #[serde(default, deserialize_with = "read::seconds_or_null")]
        seconds: Option<Duration>,
    }
    let rule: Option<Rule> = read::body(lever.body, r#"{"after": N, "seconds": N or null} or null"#)?;
    let rule = rule.map(|Rule { after, seconds: lasts }| LockOut { after, lasts });
    lever.account.lock_out(rule, lever.world.clock.now());
    Ok(json!({"after": rule.map(|rule| rule.after)}))
}

fn unlock(lever: Lever<'_>) -> Answer {
    lever.account.unlock();
    Ok(json!({}))
}

fn rate_limit(lever: Lever<'_>) -> Answer {
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
    let shape = r#"{"requests": N, "seconds": N} or null"#;
    let limit: Option<Limit> = read::body(lever.body, shape)?;
    let requests = limit.as_ref().map(|limit| limit.requests);
    lever.account.limit_rate(limit.map(|limit| RateLimit {
        requests: limit.requests,
        window: limit.seconds,
        operation: limit.operation,
        hint: limit.retry_after,
    }));
    Ok(json!({"requests": requests}))
}
