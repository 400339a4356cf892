//! Controls that tell what was asked and answered.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;

use super::response;
use crate::world::World;

pub(super) const CONTROLS: &[(&str, &str)] =
    &[("GET /_sandbox/ledger", "what was asked and how it ended, by account")];

pub(super) fn router() -> Router<Arc<World>> {
    Router::new().route(
        "/_sandbox/ledger",
        get(|State(world): State<Arc<World>>| async move { response(Ok(world.book.read().to_json())) }),
    )
}
