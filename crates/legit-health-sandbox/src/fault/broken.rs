//! A body that does not come to its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use crate::connection::{Drained, Lost};
use crate::ledger::Hold;

/// Gives the first bytes of a body, and then not the rest. It keeps the length of the whole.
pub(crate) struct Broken {
    body: Body,
    left: u64,
    /// Something had to be held back.
    broken: bool,
    end: End,
}

/// What comes instead of the rest.
pub(crate) enum End {
    /// Nothing, ever.
    Stall { _hold: Hold },
    /// The loss of the connection, as soon as what was given has left.
    Loss { drained: Option<Drained> },
}

impl Broken {
    pub(crate) fn stalling(body: Body, after: u64, hold: Hold) -> Self {
        Self { body, left: after, broken: false, end: End::Stall { _hold: hold } }
    }

    /// `drained` tells when a connection has sent everything; without one there is nothing to wait for.
    pub(crate) fn lost(body: Body, after: u64, drained: Option<Drained>) -> Self {
        Self { body, left: after, broken: false, end: End::Loss { drained } }
    }
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        while !this.broken {
            // A body that comes to its end before anything had to be held back is whole.
            let Some(frame) = ready!(Pin::new(&mut this.body).poll_frame(context)) else {
                return Poll::Ready(None);
            };
            let Ok(mut data) = frame?.into_data() else { continue };
            this.broken = data.len() as u64 > this.left;
            data.truncate(usize::try_from(this.left).unwrap_or(usize::MAX));
            this.left -= data.len() as u64;
            if !data.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
        match &this.end {
            End::Stall { .. } => Poll::Pending,
            End::Loss { drained } => {
                if let Some(drained) = drained {
                    ready!(drained.poll(context));
                }
                Poll::Ready(Some(Err(axum::Error::new(Lost))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
