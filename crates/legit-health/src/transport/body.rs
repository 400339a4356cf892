//! Request bodies: template text, and images that are encoded while they are sent.

mod encode;

use super::digest::{DigestOfSent, Digesting};
use super::pulse::Pulse;
use crate::image::Image;
use bytes::Bytes;
use encode::Base64;
use http_body::{Body, Frame, SizeHint};
use legit_health_api::seam::Piece;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The recipe for a body. Every attempt opens a fresh one.
pub(crate) struct BodyPlan {
    parts: Arc<[Part]>,
    length: u64,
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

    /// `digest` is where the digest of the body goes, if it is wanted.
    pub(super) fn open(&self, pulse: Arc<Pulse>, digest: Option<DigestOfSent>) -> RequestBody {
        let parts = self.parts.clone();
        let digesting = digest.map(Digesting::into);
        RequestBody { parts, next_part: 0, image: None, left: self.length, pulse, digesting }
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

/// One body of one attempt. Its length is exact, and no more than one chunk of an image is encoded at a time.
pub struct RequestBody {
    parts: Arc<[Part]>,
    next_part: usize,
    image: Option<Base64>,
    left: u64,
    pulse: Arc<Pulse>,
    digesting: Option<Digesting>,
}

impl RequestBody {
    fn next_chunk(&mut self) -> Option<Bytes> {
        loop {
            if let Some(chunk) = self.image.as_mut().and_then(Base64::next_chunk) {
                return Some(chunk);
            }
            self.image = None;
            let part = self.parts.get(self.next_part)?;
            self.next_part += 1;
            match part {
                Part::Text(text) if text.is_empty() => {}
                Part::Text(text) => return Some(text.clone()),
                Part::Image(image) => self.image = Some(Base64::of(image)),
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
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.next_chunk();
        if let Some(chunk) = &chunk {
            self.left -= chunk.len() as u64;
            self.handed_over(chunk);
        }
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A body holds photographs and passwords, so only its length is printed.
impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestBody({} bytes left)", self.left)
    }
}
