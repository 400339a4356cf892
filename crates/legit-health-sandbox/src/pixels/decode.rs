//! From the bytes of a file to pixels, with a limit on what they may grow to.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbImage};

use crate::container::{self, Format};

/// Beyond these a picture is refused before it is decoded.
const MOST_PIXELS_A_SIDE: u32 = 20_000;
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// A decoded picture.
pub(crate) struct Picture(DynamicImage);

/// The bytes are no whole JPEG or PNG that fits the limits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Undecodable;

/// Decodes a JPEG or PNG, by content. As stored: an EXIF orientation is not applied.
pub(crate) fn decode(bytes: &[u8]) -> Result<Picture, Undecodable> {
    let format = match container::format(bytes).ok_or(Undecodable)? {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
    };
    if !container::is_whole(bytes) {
        return Err(Undecodable);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS_A_SIDE);
    limits.max_image_height = Some(MOST_PIXELS_A_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let image = reader.decode().map_err(|_| Undecodable)?;
    Ok(Picture(DynamicImage::ImageRgb8(image.into_rgb8())))
}

impl Picture {
    pub(crate) fn width(&self) -> u32 {
        self.0.width()
    }

    pub(crate) fn height(&self) -> u32 {
        self.0.height()
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.width(), self.height())
    }

    /// The pixels, row by row.
    pub(super) fn pixels(&self) -> &RgbImage {
        self.0.as_rgb8().expect("every picture is kept in this form")
    }

    /// The picture with no side longer than `side`, never enlarged.
    pub(super) fn at_most(&self, side: u32) -> RgbImage {
        if self.width().max(self.height()) <= side {
            self.0.to_rgb8()
        } else {
            self.0.thumbnail(side, side).into_rgb8()
        }
    }
}

#[cfg(test)]
impl From<RgbImage> for Picture {
    fn from(image: RgbImage) -> Self {
        Self(DynamicImage::ImageRgb8(image))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::testing::{encoded, skin};

    #[test]
    fn both_formats_are_decoded_by_content() {
        let image = skin([198, 150, 125], 64, 48);
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let picture = decode(&encoded(&image, format)).unwrap();
            assert_eq!((picture.width(), picture.height()), (64, 48));
        }
    }

    #[test]
    fn a_cut_jpeg_is_not_taken_for_a_grey_one() {
        let bytes = encoded(&skin([198, 150, 125], 200, 200), ImageFormat::Jpeg);
        let half = &bytes[..bytes.len() / 2];
        assert!(image::load_from_memory(half).is_ok(), "the decoder alone takes it");
        assert_eq!(decode(half).err(), Some(Undecodable));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [b"".as_slice(), b"abc", b"GIF89a", b"\xFF\xD8\xFF\xD9", b"\x89PNG\r\n\x1a\n"] {
            assert_eq!(decode(bytes).err(), Some(Undecodable));
        }
    }

    #[test]
    fn a_header_that_claims_too_much_is_refused_before_decoding() {
        let mut bytes = encoded(&skin([198, 150, 125], 64, 48), ImageFormat::Jpeg);
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
        assert_eq!(decode(&bytes).err(), Some(Undecodable));
    }

    #[test]
    fn a_small_picture_is_not_enlarged() {
        let picture = Picture::from(skin([198, 150, 125], 64, 48));
        assert_eq!(picture.at_most(512).dimensions(), (64, 48));
        assert_eq!(picture.at_most(32).dimensions(), (32, 24));
    }
}
