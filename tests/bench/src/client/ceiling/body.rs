//! The request body: JSON text and images in turn, encoded into buffers that are used again when the socket has taken them.

use super::super::Load;
use super::jpeg;
use base64_simd::{AsOut, STANDARD};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read, Result, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// Raw bytes that are encoded at a time: a multiple of three.
const CHUNK: usize = 48 * 1024;

/// Unused buffers.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

/// A buffer that returns to its pool when it is dropped.
struct Pooled {
    buffer: Vec<u8>,
    length: usize,
    pool: Pool,
}

impl Pool {
    fn take(&self) -> Pooled {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Pooled { buffer: free.unwrap_or_else(|| vec![0; CHUNK / 3 * 4]), length: 0, pool: self.clone() }
    }
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

pub(super) struct Body {
    parts: VecDeque<Part>,
    left: u64,
    pool: Pool,
    raw: Pooled,
}

enum Part {
    Text(Bytes),
    Image(Image),
}

impl Body {
    /// Opens and walks the images of a request.
    pub(super) fn new(load: &Load, memory: bool, pool: Pool) -> Result<Self> {
        let mut texts = text_around(load.images.len(), &load.views).into_iter();
        let mut parts: VecDeque<Part> =
            texts.next().map(|text| Part::Text(text.into())).into_iter().collect();
        for (path, text) in load.images.iter().zip(texts) {
            parts.extend([Part::Image(Image::open(path, memory)?), Part::Text(text.into())]);
        }
        let left = parts.iter().map(Part::encoded_length).sum();
        Ok(Self { parts, left, raw: pool.take(), pool })
    }

    pub(super) fn text(text: &'static str) -> Self {
        let pool = Pool::default();
        let parts = [Part::Text(Bytes::from_static(text.as_bytes()))].into();
        Self { parts, left: text.len() as u64, raw: pool.take(), pool }
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
                    let filled = image.read(&mut self.raw.buffer[..CHUNK])?;
                    if filled > 0 {
                        return Ok(Some(encoded(&self.raw.buffer[..filled], &self.pool)));
                    }
                    self.parts.pop_front();
                }
            }
        }
    }
}

fn encoded(raw: &[u8], pool: &Pool) -> Bytes {
    let mut pooled = pool.take();
    pooled.length = STANDARD.encode(raw, pooled.buffer.as_mut_slice().as_out()).len();
    Bytes::from_owner(pooled)
}

impl Part {
    fn encoded_length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Image(image) => {
                image.ranges.iter().map(|range| range.end - range.start).sum::<u64>().div_ceil(3) * 4
            }
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

/// What is left to send of an image that was walked.
struct Image {
    source: Source,
    /// In reverse order, so that the next is the last.
    ranges: Vec<Range<u64>>,
}

enum Source {
    /// The file was read once, whole.
    Memory(Bytes),
    /// The file is read twice, in pieces: to walk it, and to send it.
    File(File),
}

impl Image {
    fn open(path: &Path, memory: bool) -> Result<Self> {
        let (source, mut ranges) = if memory {
            let bytes = Bytes::from(std::fs::read(path)?);
            let ranges = jpeg::kept(&bytes[..])?;
            (Source::Memory(bytes), ranges)
        } else {
            let mut reader = BufReader::with_capacity(CHUNK, File::open(path)?);
            let ranges = jpeg::kept(&mut reader)?;
            let mut file = reader.into_inner();
            file.seek(SeekFrom::Start(ranges[0].start))?;
            (Source::File(file), ranges)
        };
        ranges.reverse();
        Ok(Self { source, ranges })
    }

    /// Returns the next `length` bytes of an image in memory, if they are in one piece.
    fn next_slice(&mut self, length: usize) -> Option<Bytes> {
        let Source::Memory(bytes) = &self.source else { return None };
        let range = self.ranges.last_mut().filter(|range| range.end - range.start >= length as u64)?;
        let start = range.start as usize;
        range.start += length as u64;
        Some(bytes.slice(start..start + length))
    }

    /// Fills the buffer, or as much of it as there are bytes.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let Some(range) = self.ranges.last_mut() else { break };
            let taken = (buffer.len() - filled).min((range.end - range.start) as usize);
            let into = &mut buffer[filled..filled + taken];
            match &mut self.source {
                Source::Memory(bytes) => into.copy_from_slice(&bytes[range.start as usize..][..taken]),
                Source::File(file) => file.read_exact(into)?,
            }
            filled += taken;
            range.start += taken as u64;
            if range.start == range.end {
                self.ranges.pop();
                if let (Source::File(file), Some(next)) = (&mut self.source, self.ranges.last()) {
                    file.seek(SeekFrom::Start(next.start))?;
                }
            }
        }
        Ok(filled)
    }
}

/// Returns the text around the images of a request: a piece before each, and one after the last.
fn text_around(images: usize, views: &[String]) -> Vec<String> {
    const MEDIA: &str = r#"{"contentAttachment":{"contentType":"image/jpeg","data":""#;
    let before = |number: usize| {
        let separator = if number == 0 { "" } else { "," };
        match views.get(number) {
            None => format!("{separator}{MEDIA}"),
            Some(view) => format!(r#"{separator}"{view}":{{"payload":{MEDIA}"#),
        }
    };
    let (opening, after, closing) = if views.is_empty() {
        (r#"{"payload":["#, r#""}}"#, "]}")
    } else {
        let opening =
            r#"{"knownCondition":{"conclusion":{"text":"vitiligo"}},"scoringSystem":{"avasi":{"item":{"#;
        (opening, r#""}}}"#, "}}}}")
    };
    let mut pieces = vec![format!("{opening}{}", before(0))];
    pieces.extend((1..images).map(|number| format!("{after}{}", before(number))));
    pieces.push(format!("{after}{closing}"));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use legit_health::views::View;
    use legit_health_api::device::types;

    #[test]
    fn the_body_is_what_the_contract_says() {
        for images in 1..=3 {
            let body = text_around(images, &[]).join("/9j/");
            let request: types::DiagnosisSupportRequest = serde_json::from_str(&body).unwrap();
            assert_eq!(request.payload.len(), images);
        }
        let views: Vec<String> = View::ALL.iter().map(|view| view.code().to_owned()).collect();
        let body = text_around(17, &views).join("/9j/");
        let request: types::GlobalSeverityRequest = serde_json::from_str(&body).unwrap();
        assert_eq!(request.scoring_system.values().map(|input| input.item.len()).sum::<usize>(), 17);
    }
}
