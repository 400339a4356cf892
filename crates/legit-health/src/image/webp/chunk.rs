//! One chunk of a RIFF container: read, kept or written.

use crate::image::ImageError;
use crate::image::format::ImageFormat::WebP;
use crate::image::reader::Reader;
use crate::image::rope::Splice;
use std::ops::Range;

pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    pub(super) data: &'a [u8],
    /// The chunk in the file, without the byte that pads it.
    place: Range<usize>,
}

pub(super) fn read<'a>(container: &mut Reader<'a>) -> Result<Chunk<'a>, ImageError> {
    let start = container.position();
    let mut parse = || {
        let kind = container.array()?;
        let length = container.array().map(u32::from_le_bytes)?;
        let data = container.take(usize::try_from(length).ok()?)?;
        let place = start..container.position();
        if data.len() % 2 == 1 {
            // Some writers leave the padding of the last chunk out.
            container.byte();
        }
        Some(Chunk { kind, data, place })
    };
    parse().ok_or_else(|| ImageError::damaged(WebP, start, "a chunk reaches beyond the end of the container"))
}

impl Chunk<'_> {
    pub(super) fn keep(&self, splice: &mut Splice) {
        splice.keep(self.place.clone());
        pad(splice, self.data.len());
    }

    pub(super) fn damage(&self, what: &str) -> ImageError {
        ImageError::damaged(WebP, self.place.start, what)
    }
}

pub(super) fn write(splice: &mut Splice, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("only Exif and VP8X are written, some 30 bytes");
    splice.write(&kind);
    splice.write(&length.to_le_bytes());
    splice.write(data);
    pad(splice, data.len());
}

fn pad(splice: &mut Splice, length: usize) {
    if length % 2 == 1 {
        splice.write(&[0]);
    }
}
