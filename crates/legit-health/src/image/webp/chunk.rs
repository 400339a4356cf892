//! One chunk of a RIFF container: read, kept or written.

use crate::image::ImageError;
use crate::image::format::ImageFormat::WebP;
use crate::image::original::Original;
use crate::image::rope::Splice;
use bytes::Bytes;
use std::ops::Range;

pub(super) struct Chunk {
    pub(super) kind: [u8; 4],
    /// The first bytes of the data: more than there are in any header.
    pub(super) start: Bytes,
    /// The data in the file.
    pub(super) data: Range<u64>,
    /// The chunk in the file, with its padding if that is as it must be.
    place: Range<u64>,
    lacks_padding: bool,
}

pub(super) fn read(container: &mut Original) -> Result<Chunk, ImageError> {
    let place = container.position();
    let mut parse = || {
        const START: u32 = 16;
        let kind = container.array()?;
        let length = container.array().map(u32::from_le_bytes)?;
        let start = container.take(length.min(START) as usize)?;
        container.skip(length.saturating_sub(START).into())?;
        let end = container.position();
        let is_odd = !length.is_multiple_of(2);
        // Some writers leave the padding of the last chunk out, and any byte can stand in for the 0.
        let is_padded = is_odd && container.byte() == Some(0);
        let data = end - u64::from(length)..end;
        let place = place..end + u64::from(is_padded);
        Some(Chunk { kind, start, data, place, lacks_padding: is_odd && !is_padded })
    };
    parse().ok_or_else(|| ImageError::damaged(WebP, place, "a chunk reaches beyond the end of the container"))
}

impl Chunk {
    /// The length of the data.
    pub(super) fn length(&self) -> u64 {
        self.data.end - self.data.start
    }

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
