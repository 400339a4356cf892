//! Encodes on a thread that may wait for a disk, one chunk ahead of the connection.

use super::encode::Encoder;
use crate::image::ImageError;
use bytes::Bytes;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// An encoder whose next chunk is being made.
pub(super) struct Ahead {
    runtime: Handle,
    job: Option<JoinHandle<(Encoder, Chunk)>>,
}

type Chunk = Result<Option<Bytes>, ImageError>;

impl Ahead {
    pub(super) fn of(encoder: Encoder, runtime: Handle) -> Self {
        let job = Some(start(&runtime, encoder));
        Self { runtime, job }
    }

    /// The next chunk; `None` at the end and after a failure.
    pub(super) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Chunk> {
        let Some(job) = &mut self.job else {
            return Poll::Ready(Ok(None));
        };
        let ended = ready!(Pin::new(job).poll(context));
        self.job = None;
        Poll::Ready(match ended {
            Ok((encoder, Ok(Some(chunk)))) => {
                self.job = Some(start(&self.runtime, encoder));
                Ok(Some(chunk))
            }
            Ok((_, end)) => end,
            // A job does not panic, so it is the runtime that has gone; nobody sends what would come.
            Err(_) => Err(ImageError::unreadable("the program ended while the file was read", None)),
        })
    }
}

fn start(runtime: &Handle, mut encoder: Encoder) -> JoinHandle<(Encoder, Chunk)> {
    runtime.spawn_blocking(move || {
        let chunk = encoder.next_chunk();
        (encoder, chunk)
    })
}
