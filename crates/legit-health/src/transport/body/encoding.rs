//! An image that is being encoded: on the spot as long as that waits for nothing, else on a thread that may wait for a disk.

use super::Buffers;
use super::encoder::{Encoder, Made, Patience, Unmade};
use crate::image::{Image, ImageError};
use bytes::Bytes;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

pub(super) enum Encoding {
    Here(Box<Encoder>),
    Elsewhere(Job),
    Ended,
}

/// What is made elsewhere. Nobody waits for it any more when it is dropped, so it need not begin then.
pub(super) struct Job(JoinHandle<(Box<Encoder>, Made)>);

impl Drop for Job {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Encoding {
    pub(super) fn of(image: &Image, buffers: &Buffers) -> Self {
        Self::Here(Box::new(Encoder::of(image, buffers.clone())))
    }

    /// The next chunk; `None` at the end and after a failure.
    pub(super) fn poll_chunk(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, ImageError>> {
        loop {
            let (encoder, made) = match std::mem::replace(self, Self::Ended) {
                Self::Ended => return Poll::Ready(Ok(None)),
                Self::Here(mut encoder) => {
                    // Without a runtime there is no such thread, and nobody else is kept waiting.
                    let patience = Handle::try_current().map_or(Patience::Unlimited, |_| Patience::None);
                    let made = encoder.next_chunk(patience);
                    (encoder, made)
                }
                Self::Elsewhere(mut job) => match Pin::new(&mut job.0).poll(context) {
                    Poll::Ready(Ok(ended)) => ended,
                    // A job does not panic, so it is the runtime that has gone, and nobody sends what would come.
                    Poll::Ready(Err(_)) => return Poll::Ready(Err(ImageError::abandoned())),
                    Poll::Pending => {
                        *self = Self::Elsewhere(job);
                        return Poll::Pending;
                    }
                },
            };
            match made {
                Ok(chunk) => {
                    if chunk.is_some() {
                        *self = Self::Here(encoder);
                    }
                    return Poll::Ready(Ok(chunk));
                }
                Err(Unmade::Failed(error)) => return Poll::Ready(Err(error)),
                Err(Unmade::WouldWait) => *self = Self::Elsewhere(elsewhere(encoder)),
            }
        }
    }
}

fn elsewhere(mut encoder: Box<Encoder>) -> Job {
    Job(spawn_blocking(move || {
        let made = encoder.next_chunk(Patience::Unlimited);
        (encoder, made)
    }))
}
