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
use std::sync::atomic::{AtomicU64, Ordering};
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

/// How many bytes of a body were passed to its connection. Some of them may wait there.
#[derive(Clone, Default)]
pub(crate) struct SentBytes(Arc<AtomicU64>);

impl SentBytes {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(crate) fn of(bytes: u64) -> Self {
        Self(Arc::new(bytes.into()))
    }

    fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
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

    /// Opens a body. The error of an unreadable image is stored in `failure`, the digest of the body in `digest`, and what was
    /// read of it is counted in `sent`.
    pub(crate) fn open(
        &self,
        buffers: &Buffers,
        idle_timer: Arc<IdleTimer>,
        failure: BodyFailure,
        digest: Option<SentDigest>,
        sent: SentBytes,
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
            sent,
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
    sent: SentBytes,
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
        self.sent.add(chunk.len() as u64);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::skipping::SkippingClock;
    use crate::image::tests::sample;
    use crate::provenance::Sha256Digest;
    use futures_util::FutureExt;
    use http_body_util::BodyExt;
    use std::time::Duration;

    fn jpeg(data: &[u8]) -> Vec<u8> {
        sample::jpeg(b"", data)
    }

    fn text(text: &'static str) -> BodyPart {
        BodyPart::Text(text.into())
    }

    /// An open body, and what it reports to.
    struct Opened {
        body: RequestBody,
        clock: SkippingClock,
        idle_timer: Arc<IdleTimer>,
        failure: BodyFailure,
        digest: SentDigest,
    }

    impl Opened {
        fn of(plan: &BodyPlan) -> Self {
            let clock = SkippingClock::ending_at(Duration::from_secs(3_600));
            let idle_timer = Arc::new(IdleTimer::new(Arc::new(clock.clone())));
            let (failure, digest) = (BodyFailure::default(), SentDigest::default());
            let body = plan.open(
                &Buffers::default(),
                idle_timer.clone(),
                failure.clone(),
                Some(digest.clone()),
                SentBytes::default(),
            );
            Self { body, clock, idle_timer, failure, digest }
        }

        fn next(&mut self) -> Option<Result<Bytes, RequestBodyError>> {
            let frame = self.body.frame().now_or_never().expect("nothing is waited for")?;
            Some(frame.map(|frame| frame.into_data().unwrap()))
        }

        /// Returns true if the connection may not be idle for ever.
        fn is_timed(&self) -> bool {
            let expires = self.idle_timer.expired(Duration::from_secs(20)).now_or_never().is_some();
            self.clock.set(Duration::ZERO);
            expires
        }
    }

    #[test]
    fn a_body_is_its_parts_in_order_and_has_their_length() {
        let images = [b"first", b"other"].map(|data| Image::from_bytes(jpeg(data)).unwrap());
        let parts = vec![text(""), text("["), BodyPart::Slot(1), text(","), BodyPart::Slot(0), text("]")];
        let plan = BodyPlan::new(parts, &images);
        let [first, other] =
            [b"first", b"other"].map(|data| base64_simd::STANDARD.encode_to_string(jpeg(data)));
        let expected = format!("[{other},{first}]");
        assert_eq!(plan.length(), expected.len() as u64);

        let mut opened = Opened::of(&plan);
        assert!(!opened.is_timed(), "nothing was sent yet");
        let mut sent = Vec::new();
        while sent.len() < expected.len() {
            let left = (expected.len() - sent.len()) as u64;
            assert_eq!(opened.body.size_hint().exact(), Some(left));
            assert_eq!(format!("{:?}", opened.body), format!("RequestBody({left} bytes left)"));
            assert!(!opened.body.is_end_stream() && opened.digest.get().is_none());
            sent.extend(opened.next().unwrap().unwrap());
            assert_eq!(opened.is_timed(), sent.len() < expected.len(), "the device works once it has all");
        }
        assert_eq!(String::from_utf8(sent).unwrap(), expected);
        assert!(opened.body.is_end_stream() && opened.next().is_none());
        assert_eq!(opened.digest.get(), Some(&Sha256Digest::of(expected.as_bytes())));
        assert!(opened.failure.take().is_none());
    }

    /// Even a reader that goes on after the error must not take the rest for the whole.
    #[test]
    fn a_body_ends_at_an_image_that_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.jpg");
        std::fs::write(&path, jpeg(&[7; 1_000])).unwrap();
        let image = Image::stream(&path).unwrap();
        let plan = BodyPlan::new(vec![text("["), BodyPart::Slot(0), text("]")], &[image]);
        std::fs::remove_file(&path).unwrap();
        let mut opened = Opened::of(&plan);
        assert_eq!(opened.next(), Some(Ok(Bytes::from("["))));
        assert_eq!(opened.next(), Some(Err(RequestBodyError)));
        assert_eq!(opened.next(), None);
        assert!(!opened.body.is_end_stream() && opened.digest.get().is_none());
        assert_eq!(opened.failure.take().unwrap().path(), Some(path.as_path()));
        assert!(opened.failure.take().is_none(), "it is reported once");
    }
}
