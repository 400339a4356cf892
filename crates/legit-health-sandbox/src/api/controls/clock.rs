//! Controls of the clock.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, read, response};
use crate::seconds;
use crate::world::World;

pub(super) const CONTROLS: &[(&str, &str)] =
    &[("POST /_sandbox/clock/advance", "move the clock forward: {\"seconds\": 3600}")];

pub(super) fn router() -> Router<Arc<World>> {
    Router::new().route(
        "/_sandbox/clock/advance",
        post(|State(world): State<Arc<World>>, body: Bytes| async move { response(advance(&world, &body)) }),
    )
}

fn advance(world: &World, body: &[u8]) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Advance {
        #[serde(deserialize_with = "seconds::deserialize")]
        seconds: Duration,
    }
    let Advance { seconds } = read::body(body, r#"{"seconds": N}"#)?;
    world.clock.advance(seconds);
    Ok(json!({"now": world.clock.timestamp()}))
}
