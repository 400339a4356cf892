//! The body of an answer, with its entry in the ledger: the request goes on until the body is gone.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http_body::{Frame, SizeHint};

use crate::ledger::Visit;

/// Keeps the visit alive as long as the answer is being taken.
pub(super) fn attended(response: Response, visit: Visit) -> Response {
    response.map(|body| Body::new(Attended { body, _visit: visit }))
}

struct Attended {
    body: Body,
    _visit: Visit,
}

impl HttpBody for Attended {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
