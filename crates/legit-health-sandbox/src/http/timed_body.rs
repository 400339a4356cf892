//! A request body that ends with an error when the client sends nothing for too long.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// The body, and a timer that runs while it is waited for.
pub(super) struct TimedBody<B> {
    body: B,
    patience: Duration,
    timer: Pin<Box<Sleep>>,
    is_waiting: bool,
}

/// Error for a client that sends nothing any more.
#[derive(Debug)]
pub(super) struct SilentClientError;

impl fmt::Display for SilentClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client has sent nothing for too long")
    }
}

impl std::error::Error for SilentClientError {}

impl<B> TimedBody<B> {
    pub(super) fn new(body: B, patience: Duration) -> Self {
        Self { body, patience, timer: Box::pin(sleep(patience)), is_waiting: false }
    }
}

impl<B> HttpBody for TimedBody<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.is_waiting = false;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if !this.is_waiting {
            this.is_waiting = true;
            this.timer.as_mut().reset(Instant::now() + this.patience);
        }
        ready!(this.timer.as_mut().poll(context));
        Poll::Ready(Some(Err(Box::new(SilentClientError))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
