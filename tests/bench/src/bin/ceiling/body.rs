//! Text and images, encoded into buffers that come back when the socket has taken them.

use crate::source::Prepared;
use base64_simd::{AsOut, STANDARD};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::collections::VecDeque;
use std::io::Result;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// Raw bytes that are encoded at a time: a multiple of three.
pub(crate) const CHUNK: usize = 48 * 1024;

/// Buffers that nobody uses at the moment.
#[derive(Clone, Default)]
pub(crate) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    fn take(&self) -> Vec<u8> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| vec![0; CHUNK / 3 * 4])
    }
}

struct Pooled {
    buffer: Vec<u8>,
    length: usize,
    pool: Pool,
}

impl AsRef<[u8]> for Pooled {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

pub(crate) struct Body {
    parts: VecDeque<Part>,
    left: u64,
    pool: Pool,
    raw: Vec<u8>,
}

enum Part {
    Text(Bytes),
    Image(Prepared),
}

impl Body {
    pub(crate) fn new(images: Vec<Prepared>, pool: Pool) -> Self {
        let mut texts = crate::template(images.len()).into_iter();
        let mut parts: VecDeque<Part> = texts.next().map(Part::Text).into_iter().collect();
        for (image, text) in images.into_iter().zip(texts) {
            parts.extend([Part::Image(image), Part::Text(text)]);
        }
        let left = parts.iter().map(Part::length).sum();
        let raw = pool.take();
        Self { parts, left, pool, raw }
    }

    pub(crate) fn text(text: &'static str) -> Self {
        let parts = [Part::Text(Bytes::from_static(text.as_bytes()))].into();
        Self { parts, left: text.len() as u64, pool: Pool::default(), raw: Vec::new() }
    }

    fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            match self.parts.front_mut() {
                None => return Ok(None),
                Some(Part::Text(text)) => {
                    let text = std::mem::take(text);
                    self.parts.pop_front();
                    return Ok(Some(text));
                }
                Some(Part::Image(image)) => {
                    if let Some(slice) = image.next_slice(CHUNK) {
                        return Ok(Some(encoded(&slice, &self.pool)));
                    }
                    let filled = image.read(&mut self.raw[..CHUNK])?;
                    if filled > 0 {
                        return Ok(Some(encoded(&self.raw[..filled], &self.pool)));
                    }
                    self.parts.pop_front();
                }
            }
        }
    }
}

fn encoded(raw: &[u8], pool: &Pool) -> Bytes {
    let mut buffer = pool.take();
    let length = STANDARD.encode(raw, buffer.as_mut_slice().as_out()).len();
    Bytes::from_owner(Pooled { buffer, length, pool: pool.clone() })
}

impl Part {
    fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Image(image) => image.length().div_ceil(3) * 4,
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if !self.raw.is_empty() {
            let raw = std::mem::take(&mut self.raw);
            self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(raw);
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        let chunk = self.next();
        if let Ok(Some(chunk)) = &chunk {
            self.left -= chunk.len() as u64;
        }
        Poll::Ready(chunk.transpose().map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
