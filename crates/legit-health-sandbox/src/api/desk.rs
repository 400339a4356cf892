//! Where pictures are looked at: away from the asynchronous threads, a few at a time.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;

use super::refusal::Refusal;
use crate::world::World;

/// Waits for a free desk and does the work there.
pub(super) async fn at_a_desk(
    world: &Arc<World>,
    work: impl FnOnce(&World) -> Result<Value, Refusal> + Send + 'static,
) -> Result<Value, Refusal> {
    let desk = Arc::clone(&world.desks).acquire_owned().await;
    let here = Arc::clone(world);
    let answer = tokio::task::spawn_blocking(move || {
        let answer = work(&here);
        // Given back by the work and not by the caller, who may have gone before it ends.
        drop(desk);
        answer
    });
    answer.await.unwrap_or_else(|_| Err(Refusal::standard(StatusCode::INTERNAL_SERVER_ERROR)))
}
