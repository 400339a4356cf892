//! Controls of faults, for one account or for everyone.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, read, response};
use crate::fault::{Fault, Injection, Times};
use crate::operation::Operation;
use crate::world::World;

pub(super) const CONTROLS: &[(&str, &str)] = &[
    (
        "POST /_sandbox/accounts/{username}/faults",
        "let requests of an account go wrong: {\"fault\": {\"kind\": \"status\", \"status\": 503}}, with \
         \"operation\" and \"times\" ({\"next\": 1}, \"always\", {\"share\": 0.01}) if wanted",
    ),
    ("GET /_sandbox/accounts/{username}/faults", "what is planned for an account"),
    ("DELETE /_sandbox/accounts/{username}/faults", "take back what is planned for an account"),
    ("POST /_sandbox/faults", "the same for requests of everyone"),
    ("GET /_sandbox/faults", "all that is planned"),
    ("DELETE /_sandbox/faults", "take back all that is planned"),
];

type OfAccount = Path<String>;

pub(super) fn router() -> Router<Arc<World>> {
    let of_everyone = get(|State(world): State<Arc<World>>| async move { response(list(&world, None)) })
        .post(
            |State(world): State<Arc<World>>, body: Bytes| async move { response(plan(&world, None, &body)) },
        )
        .delete(|State(world): State<Arc<World>>| async move { response(clear(&world, None)) });
    let of_account = get(|State(world): State<Arc<World>>, Path(name): OfAccount| async move {
        response(list(&world, Some(&name)))
    })
    .post(|State(world): State<Arc<World>>, Path(name): OfAccount, body: Bytes| async move {
        response(plan(&world, Some(&name), &body))
    })
    .delete(|State(world): State<Arc<World>>, Path(name): OfAccount| async move {
        response(clear(&world, Some(&name)))
    });
    Router::new()
        .route("/_sandbox/faults", of_everyone)
        .route("/_sandbox/accounts/{username}/faults", of_account)
}

fn plan(world: &World, account: Option<&str>, body: &[u8]) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Planned {
        operation: Option<Operation>,
        #[serde(default)]
        times: Times,
        fault: Fault,
    }
    known(world, account)?;
    let Planned { operation, times, fault } =
        read::body(body, r#"{"fault": {"kind": NAME, …}, "operation": NAME, "times": {"next": N}}"#)?;
    let injection = Injection { account: account.map(str::to_owned), operation, times, fault };
    injection.check().map_err(|unusable| read::unprocessable(unusable.to_string()))?;
    world.plan().add(injection);
    list(world, account)
}

fn list(world: &World, account: Option<&str>) -> Answer {
    known(world, account)?;
    Ok(json!({"faults": world.plan().to_json(|planned| account.is_none() || planned == account)}))
}

fn clear(world: &World, account: Option<&str>) -> Answer {
    known(world, account)?;
    world.plan().clear(|planned| account.is_none() || planned == account);
    list(world, account)
}

fn known(world: &World, account: Option<&str>) -> Answer {
    match account {
        Some(name) if !world.accounts().has(name) => Err(read::no_such_account()),
        _ => Ok(json!({})),
    }
}
