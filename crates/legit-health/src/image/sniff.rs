//! Tells what bytes are by their first ones, so that a refusal can name what was given.

use super::format::ImageFormat;
use super::{ImageError, ImageErrorKind};

mod container;
mod signatures;
mod words;

/// What some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Picture(ImageFormat),
    Foreign(Foreign),
}

/// Something that is not taken, with its name and article: "a PDF document".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    /// A picture in a format that the API does not take.
    Picture(&'static str),
    Document(&'static str),
    Video(&'static str),
    Archive(&'static str),
    Text(&'static str),
    /// A picture that something on the way destroyed.
    Ruin(&'static str),
    Unknown,
}

/// So many bytes tell a picture that is taken.
pub(super) const SIGNATURE: usize = 12;

/// How much of a file is looked at. A foreign file is not read beyond it.
pub(super) const HEAD: usize = 64 * 1024;

/// The part of `bytes` that is looked at.
pub(super) fn head(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(HEAD)]
}

pub(super) fn sniff(bytes: &[u8]) -> Content {
    let bytes = head(bytes);
    if let Some(format) = taken(bytes) {
        return Content::Picture(format);
    }
    let foreign = signatures::find(bytes).or_else(|| container::find(bytes)).or_else(|| words::find(bytes));
    Content::Foreign(foreign.unwrap_or(Foreign::Unknown))
}

/// The format of a picture that is taken; everything else is refused.
pub(super) fn picture(bytes: &[u8]) -> Result<ImageFormat, ImageError> {
    match sniff(bytes) {
        Content::Picture(format) => Ok(format),
        Content::Foreign(foreign) => Err(foreign.refusal()),
    }
}

/// The format by its signature, or by as much of it as there is: a file cut this short is still named.
fn taken(bytes: &[u8]) -> Option<ImageFormat> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";
    let start = &bytes[..bytes.len().min(PNG.len())];
    if bytes.starts_with(b"\xFF\xD8") {
        Some(ImageFormat::Jpeg)
    } else if start.len() >= 4 && PNG.starts_with(start) {
        Some(ImageFormat::Png)
    } else if bytes.starts_with(b"RIFF") {
        let kind = bytes.get(8..).unwrap_or_default();
        let kind = &kind[..kind.len().min(4)];
        b"WEBP".starts_with(kind).then_some(ImageFormat::WebP)
    } else {
        None
    }
}

impl Foreign {
    fn refusal(self) -> ImageError {
        use ImageErrorKind::{Damaged, NotAnImage};
        let (kind, sentence) = match self {
            Self::Picture(name) => return ImageError::unsupported(name),
            Self::Document(name) => {
                (NotAnImage, format!("this is {name}, not a photo; export the photo itself as JPEG or PNG"))
            }
            Self::Video(name) => {
                (NotAnImage, format!("this is {name}, not a photo; export one frame as JPEG or PNG"))
            }
            Self::Archive(name) => {
                (NotAnImage, format!("this is {name}, not a photo; unpack it and give the photo inside"))
            }
            Self::Text(name) => (NotAnImage, format!("this is {name}, not a photo; give the photo itself")),
            Self::Ruin(what) => (Damaged, format!("{what}; copy the photo again, as binary data")),
            Self::Unknown => {
                (NotAnImage, "the bytes are in no known image format; give a JPEG or PNG file".to_owned())
            }
        };
        ImageError::new(kind, sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_formats_are_known_even_when_cut_within_their_signature() {
        let cases: [(&[u8], usize, ImageFormat); 3] = [
            (b"\xFF\xD8\xFF\xE0", 2, ImageFormat::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", 4, ImageFormat::Png),
            (b"RIFF\x24\0\0\0WEBPVP8 ", 4, ImageFormat::WebP),
        ];
        for (bytes, shortest, format) in cases {
            for length in shortest..=bytes.len() {
                assert_eq!(sniff(&bytes[..length]), Content::Picture(format), "{format} {length}");
            }
        }
    }

    #[test]
    fn a_neighbour_of_a_signature_is_not_the_format() {
        for bytes in [&b"\x89PNX\r\n\x1A\n"[..], b"\xFF\xD9\xFF", b"RIFF\0\0\0\0WAVE", b"\x89PN", b"RIF"] {
            assert!(matches!(sniff(bytes), Content::Foreign(_)), "{bytes:?}");
        }
    }
}
