//! Decoding an image within limits, and reducing it to the resolution that the sandbox works at.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbImage};

use super::container::{self, Format};
use super::jpeg::Resolution;

/// Larger images are rejected before they are decoded.
const MAX_PIXELS_A_SIDE: u32 = 20_000;
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Longest side, in pixels, of an image that is not reduced.
const WORKING_SIDE: u32 = 1024;

/// A decoded image, reduced so that the work on it does not grow with its size. Only the sizes are those of the file.
pub(crate) struct DecodedImage {
    resolution: Resolution,
    reduced: DynamicImage,
}

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
        let resolution = Resolution::to_fit(image.dimensions(), WORKING_SIDE);
        let reduced = if resolution.factor() == 1 { image } else { reduce(&image, resolution) };
        Self { resolution, reduced: DynamicImage::ImageRgb8(reduced) }
    }
}

impl DecodedImage {
    pub(crate) fn width(&self) -> u32 {
        self.resolution.width
    }

    pub(crate) fn height(&self) -> u32 {
        self.resolution.height
    }

    pub(super) fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// Returns the reduced image.
    pub(super) fn reduced(&self) -> &RgbImage {
        self.reduced.as_rgb8().expect("every decoded image is kept as RGB")
    }

    /// Returns a copy with no side longer than `side`, never enlarged and never larger than the reduced image.
    pub(super) fn thumbnail(&self, side: u32) -> RgbImage {
        if self.reduced.width().max(self.reduced.height()) <= side {
            self.reduced.to_rgb8()
        } else {
            self.reduced.thumbnail(side, side).into_rgb8()
        }
    }
}

/// Replaces each square of pixels by its mean.
fn reduce(image: &RgbImage, resolution: Resolution) -> RgbImage {
    let (width, height) = resolution.reduced();
    let (row_bytes, factor) = (image.width() as usize * 3, resolution.factor() as usize);
    let mut means = Vec::with_capacity(width as usize * height as usize * 3);
    let mut sums = vec![[0_u32; 3]; width as usize];
    for rows in image.as_raw().chunks(row_bytes * factor) {
        sums.fill([0; 3]);
        for row in rows.chunks_exact(row_bytes) {
            for (sum, pixels) in sums.iter_mut().zip(row.chunks(3 * factor)) {
                for pixel in pixels.chunks_exact(3) {
                    sum[0] += u32::from(pixel[0]);
                    sum[1] += u32::from(pixel[1]);
                    sum[2] += u32::from(pixel[2]);
                }
            }
        }
        // The last square of a row or a column may be smaller.
        let squares = rows[..row_bytes].chunks(3 * factor);
        for (sum, square) in sums.iter().zip(squares) {
            let count = (square.len() / 3 * (rows.len() / row_bytes)) as u32;
            means.extend(sum.map(|sum| ((sum + count / 2) / count) as u8));
        }
    }
    RgbImage::from_raw(width, height, means).expect("there is a mean for every square")
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
    fn a_large_image_is_reduced_to_means_and_keeps_its_size() {
        // Columns of 0, 10, 20, … with rows that add 0, 1, 2, …; the last squares are cut.
        let image = RgbImage::from_fn(2050, 3, |x, y| image::Rgb([(x % 4 * 10 + y) as u8; 3]));
        let decoded = DecodedImage::from(image);
        assert_eq!((decoded.width(), decoded.height()), (2050, 3));
        assert_eq!(decoded.reduced().dimensions(), (513, 1));
        assert_eq!(decoded.reduced().get_pixel(0, 0).0, [16; 3]);
        assert_eq!(decoded.reduced().get_pixel(512, 0).0, [6; 3]);
    }

    #[test]
    fn a_small_image_is_not_enlarged() {
        let decoded = DecodedImage::from(skin([198, 150, 125], 64, 48));
        assert_eq!(decoded.thumbnail(512).dimensions(), (64, 48));
        assert_eq!(decoded.thumbnail(32).dimensions(), (32, 24));
    }
}
