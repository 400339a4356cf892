//! A body that is shown in the console while it passes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use super::exchanges::{ExchangeGuard, ExchangeHandle, Side};

/// A body whose data are also noted in an exchange.
pub(crate) struct ObservedBody {
    body: Body,
    side: Side,
    handle: ExchangeHandle,
    /// Of a response: ends the exchange.
    guard: Option<ExchangeGuard>,
}

impl ObservedBody {
    pub(crate) fn request(body: Body, handle: ExchangeHandle) -> Self {
        Self { body, side: Side::Request, handle, guard: None }
    }

    pub(crate) fn response(body: Body, guard: ExchangeGuard) -> Self {
        Self { body, side: Side::Response, handle: guard.handle(), guard: Some(guard) }
    }
}

impl HttpBody for ObservedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            self.handle.append(self.side, data);
        }
        let is_at_end = frame.is_none() || self.body.is_end_stream();
        if let Some(guard) = self.guard.as_mut().filter(|_| is_at_end) {
            guard.complete();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ObservedBody {
    /// An empty body may be dropped without being polled.
    fn drop(&mut self) {
        if let Some(guard) = self.guard.as_mut().filter(|_| self.body.is_end_stream()) {
            guard.complete();
        }
    }
}
