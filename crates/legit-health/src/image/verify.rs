//! The full check: reads the compressed picture data to its end, code by code, and finds what stands behind it.

mod jpeg;
mod png;
mod reader;
mod webp;

use super::file::OpenFile;
use super::removed::{Removals, RemovedKind};
use super::{Header, Image, ImageError, ImageErrorKind, ImageFormat, Segment, Segments};
use bytes::Bytes;
use reader::{Reader, Sent};
use std::ops::Range;
use std::sync::Arc;

impl Image {
    /// Reads the compressed picture data to its last code, which is the full check, and removes what stands behind it.
    /// Blocks meanwhile; in async code, use [`verify_async`](Self::verify_async).
    ///
    /// The constructors count what can be counted without decoding. This finds the rest:
    ///
    /// - **Data that end early**, although every marker, length and checksum is right: half a scan, a restart interval, a
    ///   row or a partition that is missing. The error ([`ImageErrorKind::Truncated`]) names the line.
    /// - **Damaged data**: codes that do not exist or cannot be meant, restart markers out of order, a PNG whose rows go on
    ///   below its height or whose zlib checksum does not match ([`ImageErrorKind::Damaged`]).
    /// - **Bytes that no decoder uses** between the last code and what follows it, where text could be hidden. They are
    ///   removed: cut from a JPEG or PNG, overwritten with zeros in a WebP. After
    ///   [`keep_metadata`](Self::keep_metadata) they are sent, as everything is.
    ///
    /// The pixels stay the same bit for bit, and none is computed. So changed bits that still are valid codes are not found,
    /// except by the checksums of a PNG; nor is text within the data of a JPEG or WebP that is a run of valid codes; nor is
    /// what the picture itself shows.
    ///
    /// JPEGs with arithmetic coding and lossless JPEGs cannot be checked and are rejected
    /// ([`ImageErrorKind::Unsupported`]); no browser shows them. A PNG whose rows go on below its height is rejected although
    /// viewers show it: anything could stand in these rows, and they cannot be removed without compressing the picture again.
    ///
    /// It takes 5 to 95 ms of processor time for each encoded MB, by format (`docs/performance.md`), and 0.2 MB of memory for
    /// a photograph, at most 0.7 MB, [streamed](Self::stream) or not. Three kinds need more: a progressive JPEG a bit for each
    /// coefficient, 0.4 MB for a megapixel in full colour and half of that in 4:2:0; a lossless WebP a quarter of a byte for
    /// each pixel at most, and up to 32 MB for its tables; and a file with something to remove in thousands of places, 3 MB.
    ///
    /// ```no_run
    /// use legit_health::Image;
    ///
    /// let image = Image::open("lesion.jpg")?.verify()?;
    /// # Ok::<(), legit_health::images::ImageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As said above; and for a streamed image [`ImageErrorKind::Changed`] or [`ImageErrorKind::Unreadable`] as for an
    /// attempt to send it, with [`ImageError::path`] set.
    pub fn verify(self) -> Result<Self, ImageError> {
        let file = self.file().map(|file| file.reopen()).transpose()?;
        let edits = match (check(self.header, &self.segments, file.as_ref()), &file) {
            (Err(error), Some(file)) => return Err(error.at(file.path())),
            (checked, _) => checked?,
        };
        let mut removed = self.removed;
        edits.note(Arc::make_mut(&mut removed));
        Ok(Self { segments: edits.apply(&self.segments), removed, ..self })
    }

    /// Makes the full check, like [`verify`](Self::verify), without blocking the async runtime.
    ///
    /// It runs on tokio's threads for blocking work. Outside a tokio runtime, it runs in place.
    ///
    /// # Errors
    ///
    /// The errors of [`verify`](Self::verify), and [`ImageErrorKind::Unreadable`] if the runtime shuts down meanwhile.
    pub async fn verify_async(self) -> Result<Self, ImageError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return self.verify();
        }
        let verified = tokio::task::spawn_blocking(move || self.verify()).await;
        // As in `off_runtime`.
        verified.unwrap_or_else(|_| Err(ImageError::abandoned()))
    }
}

/// Checks the picture data of what is sent for an image that was cleaned. Returns how to remove what no decoder reads.
fn check(header: Header, segments: &Segments, file: Option<&OpenFile>) -> Result<Edits, ImageError> {
    let sent = Sent::new(segments, file);
    let mut reader = Reader::new(&sent);
    let edits = match header.format {
        ImageFormat::Jpeg => jpeg::check(&mut reader, header.height),
        ImageFormat::Png => png::check(&mut reader),
        ImageFormat::WebP => webp::check(&mut reader, header.width, header.height),
    };
    drop(reader);
    // A read error looks like the end of the file to these functions, so it takes precedence.
    sent.finish()?;
    edits
}

/// What is replaced in the bytes that are sent, in their order.
#[derive(Default)]
struct Edits {
    replaced: Vec<(Range<u64>, Bytes)>,
    /// In how many places something is removed or overwritten, and how many bytes.
    places: u64,
    bytes: u64,
}

/// Each takes memory, and only a file that was made for that needs so many.
const MOST_EDITS: usize = 10_000;

impl Edits {
    /// Replaces a range with bytes of the same meaning, at most as many, and removes the rest.
    fn replace(&mut self, range: Range<u64>, bytes: &[u8]) -> Result<(), ImageError> {
        self.remove(range.end - range.start - bytes.len() as u64);
        self.push(range, Bytes::copy_from_slice(bytes))
    }

    fn remove(&mut self, bytes: u64) {
        self.places += u64::from(bytes > 0);
        self.bytes += bytes;
    }

    fn note(&self, removed: &mut Removals) {
        removed.add_places(RemovedKind::BehindPictureData, self.places, self.bytes);
    }

    /// Overwrites a range with zeros, unless it has nothing else.
    fn blank(&mut self, range: Range<u64>, reader: &mut Reader<'_>) -> Result<(), ImageError> {
        static ZEROS: [u8; 4096] = [0; 4096];
        let mut is_blank = true;
        reader.seek(range.start);
        reader.visit(range.end, |window| is_blank &= window.iter().all(|byte| *byte == 0));
        if !is_blank {
            self.remove(range.end - range.start);
        }
        let mut start = range.start;
        while !is_blank && start < range.end {
            let end = range.end.min(start + ZEROS.len() as u64);
            self.push(start..end, Bytes::from_static(&ZEROS[..(end - start) as usize]))?;
            start = end;
        }
        Ok(())
    }

    fn push(&mut self, range: Range<u64>, bytes: Bytes) -> Result<(), ImageError> {
        if self.replaced.len() == MOST_EDITS {
            let message = "damaged image: something else stands in its picture data in 10000 places; export the image again";
            return Err(ImageError::new(ImageErrorKind::Damaged, message));
        }
        self.replaced.push((range, bytes));
        Ok(())
    }

    fn apply(self, segments: &Segments) -> Segments {
        let mut kept = 0;
        let mut parts = Vec::new();
        for (range, bytes) in self.replaced {
            parts.extend(segments.part(kept..range.start));
            parts.push(Segment::Bytes(bytes));
            kept = range.end;
        }
        parts.extend(segments.part(kept..segments.len()));
        parts.into_iter().collect()
    }
}

/// Picture data that ends too early.
fn incomplete(format: ImageFormat, at: &str) -> ImageError {
    ImageError::incomplete(format, &format!("its picture data ends at {at}"))
}

fn damaged(format: ImageFormat, what: &str) -> ImageError {
    let message = format!("damaged {format}: {what}; copy or export the image again");
    ImageError::new(ImageErrorKind::Damaged, message)
}
