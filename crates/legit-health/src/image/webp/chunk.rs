//! One chunk of a RIFF container: read, kept or written.

use crate::image::ImageError;
use crate::image::format::ImageFormat::WebP;
use crate::image::reader::Reader;
use crate::image::rope::Splice;
use std::ops::Range;

pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    pub(super) data: &'a [u8],
    /// The chunk in the file, with its padding if that is as it must be.
    place: Range<usize>,
    lacks_padding: bool,
}

pub(super) fn read<'a>(container: &mut Reader<'a>) -> Result<Chunk<'a>, ImageError> {
    let start = container.position();
    let mut parse = || {
        let kind = container.array()?;
        let length = container.array().map(u32::from_le_bytes)?;
        let data = container.take(usize::try_from(length).ok()?)?;
        let end = container.position();
        let is_odd = !data.len().is_multiple_of(2);
        // Some writers leave the padding of the last chunk out, and any byte can stand in for the 0.
        let is_padded = is_odd && container.byte() == Some(0);
        let place = start..end + usize::from(is_padded);
        Some(Chunk { kind, data, place, lacks_padding: is_odd && !is_padded })
    };
    parse().ok_or_else(|| ImageError::damaged(WebP, start, "a chunk reaches beyond the end of the container"))
}

impl Chunk<'_> {
    pub(super) fn keep(&self, splice: &mut Splice) {
        splice.keep(self.place.clone());
        if self.lacks_padding {
            splice.write(&[0]);
        }
    }

    pub(super) fn damage(&self, what: &str) -> ImageError {
        ImageError::damaged(WebP, self.place.start, what)
    }
}

/// Writes a chunk of an even length; there are no others to write.
pub(super) fn write<const LENGTH: usize>(splice: &mut Splice, kind: [u8; 4], data: &[u8; LENGTH]) {
    const { assert!(LENGTH.is_multiple_of(2) && LENGTH < 100) };
    splice.write(&kind);
    splice.write(&(LENGTH as u32).to_le_bytes());
    splice.write(data);
}
