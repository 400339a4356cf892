//! Writing pictures of an answer.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

const QUALITY: u8 = 75;

/// A JPEG in colour, and how large it is.
pub(crate) struct Jpeg {
    pub(crate) bytes: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Jpeg {
    /// From the colours of its pixels, row by row.
    pub(super) fn of((width, height): (u32, u32), colours: impl Iterator<Item = [u8; 3]>) -> Self {
        let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
        colours.for_each(|colour| pixels.extend_from_slice(&colour));
        Self::of_pixels((width, height), &pixels)
    }

    /// From red, green and blue of its pixels, row by row.
    pub(super) fn of_pixels((width, height): (u32, u32), pixels: &[u8]) -> Self {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY)
            .encode(pixels, width, height, ExtendedColorType::Rgb8)
            .expect("a decoded picture has a size that a JPEG can have, and memory does not fail to write");
        Self { bytes, width, height }
    }
}
