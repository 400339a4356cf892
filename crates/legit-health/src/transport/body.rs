//! Request bodies: template text, and images that are encoded while they are sent.

mod buffers;
mod encoder;
mod encoding;

use super::digest::{DigestOfSent, Digesting};
use super::pulse::Pulse;
use crate::image::{Image, ImageError};
pub(crate) use buffers::Buffers;
use bytes::Bytes;
use encoding::Encoding;
use http_body::{Body, Frame, SizeHint};
use legit_health_api::seam::Piece;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

/// The recipe for a body. Every attempt opens a fresh one.
pub(crate) struct BodyPlan {
    parts: Arc<[Part]>,
    length: u64,
}

/// Why one body could not be sent to its end, if that was its own fault. It goes past the libraries in between, which would
/// take it for a lost connection. A connection may go on with a body although its attempt has been answered, so each body
/// has its own.
#[derive(Clone, Default)]
pub(super) struct Failure(Arc<Mutex<Option<ImageError>>>);

impl Failure {
    fn note(&self, error: ImageError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    pub(super) fn take(&self) -> Option<ImageError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

enum Part {
    Text(Bytes),
    Image(Image),
}

impl BodyPlan {
    /// `images` are numbered as their slots are.
    pub(crate) fn new(pieces: Vec<Piece>, images: &[Image]) -> Self {
        let parts: Arc<[Part]> = pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => Part::Text(text),
                Piece::Slot(number) => Part::Image(images[number].clone()),
            })
            .collect();
        let length = parts.iter().map(Part::length).sum();
        Self { parts, length }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// `failure` is where the body says why it came to no end, and `digest` where its digest goes, if that is wanted.
    pub(super) fn open(
        &self,
        buffers: &Buffers,
        pulse: Arc<Pulse>,
        failure: Failure,
        digest: Option<DigestOfSent>,
    ) -> RequestBody {
        RequestBody {
            parts: self.parts.clone(),
            next_part: 0,
            image: None,
            left: self.length,
            buffers: buffers.clone(),
            pulse,
            digesting: digest.map(Digesting::into),
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

/// One body of one attempt. Its length is exact, and no more than a few chunks of an image are encoded at a time.
pub struct RequestBody {
    parts: Arc<[Part]>,
    next_part: usize,
    image: Option<Encoding>,
    left: u64,
    buffers: Buffers,
    pulse: Arc<Pulse>,
    digesting: Option<Digesting>,
    failure: Failure,
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

    fn handed_over(&mut self, chunk: &Bytes) {
        self.pulse.beat();
        if let Some(digesting) = &mut self.digesting {
            digesting.update(chunk);
        }
        if self.left == 0 {
            // From here on the device works; how long it may is a matter of the attempt.
            self.pulse.rest();
            if let Some(digesting) = self.digesting.take() {
                digesting.finish();
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
            // It is the disk that does not move, not the connection.
            self.pulse.rest();
            return Poll::Pending;
        };
        Poll::Ready(match chunk {
            Ok(None) => None,
            Ok(Some(chunk)) => {
                self.left -= chunk.len() as u64;
                self.handed_over(&chunk);
                Some(Ok(Frame::data(chunk)))
            }
            Err(error) => {
                // Whoever goes on reading all the same gets nothing that looks whole.
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

/// A photograph could not be read to its end, so the request is not whole and must not be taken for one. The client knows
/// why, and says so to its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestBodyError;

impl fmt::Display for RequestBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a photograph could not be read to its end")
    }
}

impl std::error::Error for RequestBodyError {}

/// A body holds photographs and passwords, so only its length is printed.
impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({} bytes left)", self.left)
    }
}
