//! VP8X, the chunk that announces what surrounds the picture.

use super::bitstream::Dimensions;
use super::chunk::Chunk;
use crate::image::ImageError;
use crate::image::format::ImageFormat::WebP;

/// RFC 9649, 2.7.1. Bits and bytes that are reserved are read as 0.
pub(super) struct Announcement {
    flags: u8,
    canvas: [u8; 6],
}

const PROFILE: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

impl Announcement {
    pub(super) fn parse(chunk: &Chunk) -> Result<Self, ImageError> {
        let &[flags, _, _, _, ref canvas @ ..] = &chunk.start[..] else {
            return Err(chunk.damage("its extended header has a wrong length"));
        };
        let canvas = canvas.try_into().map_err(|_| chunk.damage("its extended header has a wrong length"))?;
        if flags & ANIMATION != 0 {
            return Err(ImageError::animated(WebP));
        }
        Ok(Self { flags, canvas })
    }

    pub(super) fn has_profile(&self) -> bool {
        self.flags & PROFILE != 0
    }

    pub(super) fn has_exif(&self) -> bool {
        self.flags & EXIF != 0
    }

    /// 24 bits less one for each side.
    pub(super) fn canvas(&self) -> Dimensions {
        let [w0, w1, w2, h0, h1, h2] = self.canvas;
        let side = |bytes| u32::from_le_bytes(bytes) + 1;
        Dimensions { width: side([w0, w1, w2, 0]), height: side([h0, h1, h2, 0]) }
    }

    /// The chunk's content for a file that has kept so much and nothing more.
    pub(super) fn to_bytes(&self, has_profile: bool, has_exif: bool) -> [u8; 10] {
        let mut flags = self.flags & ALPHA;
        if has_profile {
            flags |= PROFILE;
        }
        if has_exif {
            flags |= EXIF;
        }
        let [w0, w1, w2, h0, h1, h2] = self.canvas;
        [flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]
    }
}
