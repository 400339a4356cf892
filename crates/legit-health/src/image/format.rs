//! The three formats that are taken.

use std::fmt;

/// The format of an image, as found in its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFormat {
    /// JPEG (ITU-T T.81), baseline, progressive, lossless or arithmetic-coded.
    Jpeg,
    /// PNG (W3C, third edition).
    Png,
    /// WebP (RFC 9649), lossy or lossless, not animated. The API's documents name JPEG and PNG only, so whether a
    /// WebP is scored is up to the server.
    WebP,
}

impl ImageFormat {
    /// The media type: `image/jpeg`, `image/png` or `image/webp`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// The format's usual name: `JPEG`, `PNG` or `WebP`.
impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}
