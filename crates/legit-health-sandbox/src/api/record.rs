//! Around every request: the marks on the response and the entry in the ledger.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponseParts, Response, ResponseParts};

use crate::world::World;

/// What a response was about, for the ledger. The controls have none and are not counted.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) account: Option<String>,
}

impl Call {
    pub(super) fn unmatched() -> Self {
        Self { operation: "unmatched", account: None }
    }
}

impl IntoResponseParts for Call {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        response.extensions_mut().insert(self);
        Ok(response)
    }
}

pub(super) async fn record(State(world): State<Arc<World>>, request: Request, next: Next) -> Response {
    let request_id = world.secrets.uuid("request", world.number());
    let mut response = next.run(request).await;
    if let Some(call) = response.extensions_mut().remove::<Call>() {
        world.ledger().record(call.account.as_deref(), call.operation, response.status().as_u16());
    }
    let headers = response.headers_mut();
    headers.insert("x-legit-health-sandbox", HeaderValue::from_static("true"));
    headers.insert("x-request-id", HeaderValue::try_from(request_id).expect("a UUID can stand in a header"));
    response
}
