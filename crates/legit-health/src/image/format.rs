//! `ImageFormat`: JPEG, PNG or WebP.

use std::fmt;

/// The format of an image, as found in its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFormat {
    /// JPEG (ITU-T T.81) of 8 bits per sample: baseline, progressive, lossless or arithmetic-coded.
    Jpeg,
    /// PNG (W3C, third edition).
    Png,
    /// WebP (RFC 9649), lossy or lossless, not animated. The API's documents name JPEG and PNG only, so the server decides
    /// whether it scores a WebP.
    WebP,
}

impl ImageFormat {
    /// Returns the media type: `image/jpeg`, `image/png` or `image/webp`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// Writes the usual name: `JPEG`, `PNG` or `WebP`.
impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}
