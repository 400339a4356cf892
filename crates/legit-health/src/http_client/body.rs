//! Request bodies: text, and images that are encoded while they are sent.

mod encoder;

pub(crate) use encoder::Buffers;

use crate::clock::IdleTimer;
use crate::image::{Image, ImageError};
use crate::provenance::{BodyHasher, SentDigest};
use crate::sync::lock;
use bytes::Bytes;
use encoder::Encoding;
use http_body::{Body, Frame, SizeHint};
use legit_health_api::dispatch::BodyPart;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

/// The parts of a request body, from which every attempt opens a new [`RequestBody`].
pub(crate) struct BodyPlan {
    parts: Arc<[Part]>,
    length: u64,
}

/// The error of an image that could not be read while its body was sent. It bypasses the HTTP libraries, which would report
/// a lost connection. A connection may continue to send a body after its attempt has a response, so each body has its own.
#[derive(Clone, Default)]
pub(crate) struct BodyFailure(Arc<Mutex<Option<ImageError>>>);

impl BodyFailure {
    fn note(&self, error: ImageError) {
        *lock(&self.0) = Some(error);
    }

    pub(crate) fn take(&self) -> Option<ImageError> {
        lock(&self.0).take()
    }
}

enum Part {
    Text(Bytes),
    Image(Image),
}

impl BodyPlan {
    /// Creates a plan. `images` are indexed by slot number.
    pub(crate) fn new(parts: Vec<BodyPart>, images: &[Image]) -> Self {
        let parts: Arc<[Part]> = parts
            .into_iter()
            .map(|part| match part {
                BodyPart::Text(text) => Part::Text(text),
                BodyPart::Slot(number) => Part::Image(images[number].clone()),
            })
            .collect();
        let length = parts.iter().map(Part::length).sum();
        Self { parts, length }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Opens a body. The error of an unreadable image is stored in `failure`, and the digest of the body in `digest`.
    pub(crate) fn open(
        &self,
        buffers: &Buffers,
        idle_timer: Arc<IdleTimer>,
        failure: BodyFailure,
        digest: Option<SentDigest>,
    ) -> RequestBody {
        RequestBody {
            parts: self.parts.clone(),
            next_part: 0,
            image: None,
            left: self.length,
            buffers: buffers.clone(),
            idle_timer,
            hasher: digest.map(BodyHasher::new),
            failure,
        }
    }
}

impl Part {
    fn length(&self) -> u64 {
        match self {
            Part::Text(text) => text.len() as u64,
            Part::Image(image) => image.base64_len(),
        }
    }
}

/// The request body of one attempt. Its length is exact, and only a few chunks of an image are encoded at a time.
pub struct RequestBody {
    parts: Arc<[Part]>,
    next_part: usize,
    image: Option<Encoding>,
    left: u64,
    buffers: Buffers,
    idle_timer: Arc<IdleTimer>,
    hasher: Option<BodyHasher>,
    failure: BodyFailure,
}

impl RequestBody {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, ImageError>> {
        loop {
            if let Some(image) = &mut self.image {
                if let Some(chunk) = ready!(image.poll_chunk(context))? {
                    return Poll::Ready(Ok(Some(chunk)));
                }
                self.image = None;
            }
            let Some(part) = self.parts.get(self.next_part) else {
                return Poll::Ready(Ok(None));
            };
            self.next_part += 1;
            match part {
                Part::Text(text) if text.is_empty() => {}
                Part::Text(text) => return Poll::Ready(Ok(Some(text.clone()))),
                Part::Image(image) => self.image = Some(Encoding::of(image, &self.buffers)),
            }
        }
    }

    fn sent(&mut self, chunk: &Bytes) {
        self.idle_timer.restart();
        if let Some(hasher) = &mut self.hasher {
            hasher.update(chunk);
        }
        if self.left == 0 {
            // The device is working now, for which the time limit of the attempt applies.
            self.idle_timer.stop();
            if let Some(hasher) = self.hasher.take() {
                hasher.finish();
            }
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = RequestBodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestBodyError>>> {
        let Poll::Ready(chunk) = self.poll_chunk(context) else {
            // Waiting for the disk is not an idle connection.
            self.idle_timer.stop();
            return Poll::Pending;
        };
        Poll::Ready(match chunk {
            Ok(None) => None,
            Ok(Some(chunk)) => {
                self.left -= chunk.len() as u64;
                self.sent(&chunk);
                Some(Ok(Frame::data(chunk)))
            }
            Err(error) => {
                // A reader that ignores the error must not get a body that looks complete.
                self.image = None;
                self.next_part = self.parts.len();
                self.failure.note(error);
                Some(Err(RequestBodyError))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The error of an incomplete request body: an image could not be read while it was sent. The client reports the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestBodyError;

impl fmt::Display for RequestBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an image could not be read while the request was sent")
    }
}

impl std::error::Error for RequestBodyError {}

/// Prints the length only: a body holds images and passwords.
impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({} bytes left)", self.left)
    }
}
