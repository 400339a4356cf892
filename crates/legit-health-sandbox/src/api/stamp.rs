//! What stands on every response: that it is the sandbox's, and the number of the request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use crate::world::World;

pub(super) async fn stamp(State(world): State<Arc<World>>, request: Request, next: Next) -> Response {
    let request_id = world.secrets.uuid("request", world.number());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert("x-legit-health-sandbox", HeaderValue::from_static("true"));
    headers.insert("x-request-id", HeaderValue::try_from(request_id).expect("a UUID can stand in a header"));
    response
}
