//! Decoding an image within limits, and encoding the images of a response.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat, ImageReader, Limits, RgbImage};

use super::container::{self, Format};

/// Larger images are rejected before they are decoded.
const MAX_PIXELS_A_SIDE: u32 = 20_000;
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// A decoded image.
pub(crate) struct DecodedImage(DynamicImage);

/// Error for bytes that are not a complete JPEG, PNG or WebP within the limits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecodeError;

/// Decodes a JPEG, PNG or WebP, detected by content. An EXIF orientation is not applied.
pub(crate) fn decode(bytes: &[u8]) -> Result<DecodedImage, DecodeError> {
    let format = match container::detect(bytes).ok_or(DecodeError)? {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::WebP => ImageFormat::WebP,
    };
    if !container::is_complete(bytes) {
        return Err(DecodeError);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_PIXELS_A_SIDE);
    limits.max_image_height = Some(MAX_PIXELS_A_SIDE);
    limits.max_alloc = Some(MAX_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let image = reader.decode().map_err(|_| DecodeError)?;
    Ok(image.into_rgb8().into())
}

impl From<RgbImage> for DecodedImage {
    fn from(image: RgbImage) -> Self {
        Self(DynamicImage::ImageRgb8(image))
    }
}

impl DecodedImage {
    pub(crate) fn width(&self) -> u32 {
        self.0.width()
    }

    pub(crate) fn height(&self) -> u32 {
        self.0.height()
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.width(), self.height())
    }

    /// Returns the pixels, row by row.
    pub(super) fn pixels(&self) -> &RgbImage {
        self.0.as_rgb8().expect("every decoded image is kept as RGB")
    }

    /// Returns a copy with no side longer than `side`, never enlarged.
    pub(super) fn thumbnail(&self, side: u32) -> RgbImage {
        if self.width().max(self.height()) <= side {
            self.0.to_rgb8()
        } else {
            self.0.thumbnail(side, side).into_rgb8()
        }
    }
}

/// A JPEG in a response, with its size in pixels.
pub(crate) struct Jpeg {
    pub(crate) bytes: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Jpeg {
    /// Encodes the colours of the pixels, row by row.
    pub(super) fn from_colors(size: (u32, u32), colors: impl Iterator<Item = [u8; 3]>) -> Self {
        let pixels: Vec<u8> = colors.flatten().collect();
        Self::from_rgb(size, &pixels)
    }

    /// Encodes red, green and blue of the pixels, row by row.
    pub(super) fn from_rgb((width, height): (u32, u32), pixels: &[u8]) -> Self {
        const QUALITY: u8 = 75;
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY)
            .encode(pixels, width, height, ExtendedColorType::Rgb8)
            .expect("a decoded image has a valid JPEG size, and writing to a vector does not fail");
        Self { bytes, width, height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::testing::{encoded, skin};

    #[test]
    fn every_format_is_decoded_by_content() {
        let image = skin([198, 150, 125], 64, 48);
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let decoded = decode(&encoded(&image, format)).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (64, 48));
        }
    }

    #[test]
    fn a_lossy_webp_is_decoded() {
        const STRIP: &[u8] = b"RIFF\x46\0\0\0WEBPVP8 \x3A\0\0\0\x10\x03\0\x9D\x01\x2A\x11\0\x01\0\x3E\x6D\x2C\x91\x45\xA4\x22\xA1\x98\x04\0\x40\x06\xC4\xA0\x07\x60\x0F\xC0\0\x10\x8A\0\0\xFE\xEF\xBD\x57\xFF\xFD\x26\xCF\x13\x67\x89\xB3\xE4\x91\xFF\xFF\x36\x05\x73\x5C\xFC\xD4\0\0";
        let decoded = decode(STRIP).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (17, 1));
        assert_eq!(decode(&STRIP[..STRIP.len() - 2]).err(), Some(DecodeError));
    }

    #[test]
    fn a_truncated_jpeg_is_rejected() {
        let bytes = encoded(&skin([198, 150, 125], 200, 200), ImageFormat::Jpeg);
        let half = &bytes[..bytes.len() / 2];
        assert!(image::load_from_memory(half).is_ok(), "the decoder alone takes it");
        assert_eq!(decode(half).err(), Some(DecodeError));
    }

    #[test]
    fn other_bytes_are_rejected() {
        for bytes in [b"".as_slice(), b"abc", b"GIF89a", b"\xFF\xD8\xFF\xD9", b"\x89PNG\r\n\x1a\n"] {
            assert_eq!(decode(bytes).err(), Some(DecodeError));
        }
    }

    #[test]
    fn a_header_with_a_huge_size_is_rejected_before_decoding() {
        let mut bytes = encoded(&skin([198, 150, 125], 64, 48), ImageFormat::Jpeg);
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
        assert_eq!(decode(&bytes).err(), Some(DecodeError));
    }

    #[test]
    fn a_small_image_is_not_enlarged() {
        let decoded = DecodedImage::from(skin([198, 150, 125], 64, 48));
        assert_eq!(decoded.thumbnail(512).dimensions(), (64, 48));
        assert_eq!(decoded.thumbnail(32).dimensions(), (32, 24));
    }
}
