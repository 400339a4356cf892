//! Walks a WebP through its RIFF container and leaves out what is not picture.
//!
//! Kept: the picture (VP8 or VP8L), its alpha channel (ALPH) and the colour profile (ICCP). Written anew: the RIFF
//! header with its size, VP8X with its flags, EXIF with the orientation alone. Every other chunk is dropped, and so
//! is what follows the container. As the reference decoder does, profile and Exif count only where VP8X says so.

mod announcement;
mod bitstream;
mod chunk;
mod extended;

use super::exif::Orientation;
use super::format::ImageFormat::WebP;
use super::original::Original;
use super::rope::Splice;
use super::{Header, ImageError, Walked};
use bitstream::{Dimensions, Picture};
use chunk::Chunk;
use std::ops::Range;

pub(super) fn walk(original: &mut Original) -> Result<Walked, ImageError> {
    let container = container(original)?;
    let cleaned = original.part(container, |container| {
        let first = chunk::read(container)?;
        match &first.kind {
            b"VP8X" => extended::clean(&first, container),
            b"VP8 " | b"VP8L" => simple(first, container),
            _ => Err(first.damage("it does not begin with a picture")),
        }
    })?;
    Ok(cleaned.into_walked(original))
}

/// The chunks of the RIFF container, which must be there to the last byte.
fn container(file: &mut Original) -> Result<Range<u64>, ImageError> {
    const SIZE: u64 = 4;
    const FIRST_CHUNK: u64 = 12;
    file.move_to(SIZE);
    let size = file.array().map(u32::from_le_bytes);
    let end = size.map(|size| file.position() + u64::from(size)).filter(|end| *end <= file.length());
    let end = end.ok_or_else(|| ImageError::truncated(WebP, file.length()))?;
    if end <= FIRST_CHUNK {
        return Err(ImageError::damaged(WebP, SIZE, "its size is too small for a picture"));
    }
    Ok(FIRST_CHUNK..end)
}

/// One picture chunk. What follows it in the container is not read by decoders.
fn simple(first: Chunk, container: &mut Original) -> Result<Cleaned, ImageError> {
    let Picture { chunk, dimensions } = Picture::parse(first)?;
    while !container.is_at_end() {
        chunk::read(container)?;
    }
    let mut body = Splice::default();
    chunk.keep(&mut body);
    Ok(Cleaned { dimensions, orientation: Orientation::AS_STORED, body })
}

/// The chunks to send, still without the container around them.
struct Cleaned {
    dimensions: Dimensions,
    orientation: Orientation,
    body: Splice,
}

impl Cleaned {
    fn into_walked(self, original: &Original) -> Walked {
        let Dimensions { width, height } = self.dimensions;
        let header = Header { format: WebP, width, height, orientation: self.orientation };
        let size = u32::try_from(4 + self.body.len()).expect("no longer than an image, at most 512 MiB");
        let mut clean = Splice::default();
        clean.write(b"RIFF");
        clean.write(&size.to_le_bytes());
        clean.write(b"WEBP");
        clean.extend(self.body);
        Walked { header, clean: clean.into_rope(original) }
    }
}
