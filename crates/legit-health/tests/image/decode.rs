//! Looks at pictures through a decoder that is not ours.

use image::{DynamicImage, ImageDecoder, ImageReader};
use std::io::Cursor;

/// What somebody sees who opens the file.
#[derive(PartialEq)]
pub(crate) struct Seen {
    pub(crate) picture: DynamicImage,
    /// Exif orientation, 1 to 8.
    pub(crate) orientation: u8,
    pub(crate) colour_profile: Option<Vec<u8>>,
}

pub(crate) fn decode(bytes: &[u8]) -> Seen {
    try_decode(bytes).expect("a picture that the decoder reads")
}

pub(crate) fn try_decode(bytes: &[u8]) -> image::ImageResult<Seen> {
    let mut decoder = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?.into_decoder()?;
    let orientation = decoder.orientation()?.to_exif();
    let colour_profile = decoder.icc_profile()?;
    Ok(Seen { picture: DynamicImage::from_decoder(decoder)?, orientation, colour_profile })
}
