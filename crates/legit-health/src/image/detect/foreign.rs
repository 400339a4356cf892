//! Names what is not a JPEG, PNG or WebP image, so that an error can say what was given.

mod dicom;
mod iso_media;
mod text;
mod tiff;

use crate::image::{ImageError, ImageErrorKind};

/// Something that is not accepted, with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Foreign {
    /// An image in a format that the API does not take.
    Image(&'static str),
    Document(&'static str),
    Video(&'static str),
    Archive(&'static str),
    Text(&'static str),
    /// A file that stands for another one.
    Shortcut(&'static str),
    /// What macOS writes beside a file, named `._` and its name.
    SideFile,
    /// Base64 of an image that something surrounds: what it is, and what to do.
    Wrapped(&'static str),
    /// An image that was damaged in transfer.
    Corrupted(&'static str),
}

/// Returns the error for a file that begins with `bytes`.
pub(super) fn rejection(bytes: &[u8]) -> ImageError {
    let found = by_signature(bytes)
        .or_else(|| tiff::detect(bytes))
        .or_else(|| iso_media::detect(bytes))
        .or_else(|| text::detect(bytes))
        .or_else(|| dicom::detect(bytes));
    let (name, advice) = match found {
        Some(Foreign::Image(name)) => return ImageError::unsupported(name),
        Some(Foreign::Corrupted(what)) => {
            let message = format!("damaged image: {what}; copy the original image again as binary data");
            return ImageError::new(ImageErrorKind::Damaged, message);
        }
        Some(Foreign::Wrapped(what)) => return wrapped(what),
        Some(Foreign::SideFile) => {
            ("macOS side file (AppleDouble)", "pass the file of the same name without the leading ._")
        }
        Some(Foreign::Shortcut(name)) => (name, "pass the file that it points to"),
        Some(Foreign::Document(name)) => (name, "export the image itself as JPEG or PNG"),
        Some(Foreign::Video(name)) => (name, "export one frame as JPEG or PNG"),
        Some(Foreign::Archive(name)) => (name, "unpack it and pass the image inside"),
        Some(Foreign::Text(name)) => (name, "pass the image itself"),
        None => ("unknown format", "pass a JPEG or PNG file"),
    };
    ImageError::new(ImageErrorKind::NotAnImage, format!("not an image: {name}; {advice}"))
}

/// Returns the error for text that does not begin with base64 but holds base64 of an image.
pub(super) fn wrapped_base64(text: &[u8]) -> Option<ImageError> {
    text::wrapping(text).map(wrapped)
}

fn wrapped(what: &str) -> ImageError {
    ImageError::new(ImageErrorKind::NotBase64, format!("invalid base64: {what}"))
}

/// Recognises formats by fixed bytes at a fixed position.
fn by_signature(bytes: &[u8]) -> Option<Foreign> {
    let known = SIGNATURES
        .iter()
        .find(|(at, signature, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(signature)));
    known.map(|(_, _, foreign)| *foreign).or_else(|| bitmap(bytes)).or_else(|| icon(bytes))
}

/// Position, bytes, and what they identify.
const SIGNATURES: &[(usize, &[u8], Foreign)] = &[
    (0, b"GIF87a", Foreign::Image("GIF")),
    (0, b"GIF89a", Foreign::Image("GIF")),
    (0, b"IIRO", Foreign::Image("camera raw (Olympus ORF)")),
    (0, b"IIRS", Foreign::Image("camera raw (Olympus ORF)")),
    (0, b"MMOR", Foreign::Image("camera raw (Olympus ORF)")),
    (0, b"IIU\0", Foreign::Image("camera raw (Panasonic or Leica RW2)")),
    (0, b"II\x1A\0\0\0HEAPCCDR", Foreign::Image("camera raw (Canon CRW)")),
    (0, b"FUJIFILMCCD-RAW ", Foreign::Image("camera raw (Fujifilm RAF)")),
    (0, b"FOVb", Foreign::Image("camera raw (Sigma X3F)")),
    (0, b"\0MRM", Foreign::Image("camera raw (Minolta MRW)")),
    (0, b"II\xBC\x01", Foreign::Image("JPEG XR")),
    (0, b"\0\0\0\x0CjP  ", Foreign::Image("JPEG 2000")),
    (0, b"\xFF\x4F\xFF\x51", Foreign::Image("JPEG 2000")),
    (0, b"\0\0\0\x0CJXL ", Foreign::Image("JPEG XL")),
    (0, b"\xFF\x0A", Foreign::Image("JPEG XL")),
    (0, b"\0\0\0\x0CJXS ", Foreign::Image("JPEG XS")),
    (0, b"8BPS", Foreign::Image("Photoshop")),
    (0, b"gimp xcf", Foreign::Image("GIMP")),
    (0, b"BPG\xFB", Foreign::Image("BPG")),
    (0, b"FLIF", Foreign::Image("FLIF")),
    (0, b"P4\n", Foreign::Image("Netpbm")),
    (0, b"P5\n", Foreign::Image("Netpbm")),
    (0, b"P6\n", Foreign::Image("Netpbm")),
    (0, b"P7\n", Foreign::Image("Netpbm")),
    (0, b"SIMPLE  =", Foreign::Image("FITS")),
    (40, b" EMF", Foreign::Image("Windows metafile")),
    (0, b"\xD7\xCD\xC6\x9A", Foreign::Image("Windows metafile")),
    (0, b"\x8AMNG", Foreign::Image("MNG animation")),
    (0, b"\x8BJNG", Foreign::Image("JNG")),
    (0, b"\x76\x2F\x31\x01", Foreign::Image("OpenEXR")),
    (0, b"qoif", Foreign::Image("QOI")),
    (128, b"DICM", Foreign::Image("DICOM")),
    (0, b"DICM", Foreign::Image("DICOM")),
    (0, b"\0\x05\x16\x07", Foreign::SideFile),
    (0, b"L\0\0\0\x01\x14\x02\0", Foreign::Shortcut("Windows shortcut")),
    (0, b"book\0\0\0\0mark\0\0\0\0", Foreign::Shortcut("macOS alias")),
    (0, b"[InternetShortcut]", Foreign::Shortcut("internet shortcut")),
    (
        0,
        b"bplist00",
        Foreign::Document("Apple property list, perhaps the place of a file that is not downloaded"),
    ),
    (0, b"%PDF-", Foreign::Document("PDF document")),
    (0, b"%!PS", Foreign::Document("PostScript document")),
    (0, b"{\\rtf", Foreign::Document("RTF document")),
    (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Foreign::Document("old Office document or Windows thumbnails")),
    (0, b"PK\x03\x04", Foreign::Archive("ZIP archive or Office document")),
    (0, b"BZh", Foreign::Archive("bzip2 archive")),
    (0, b"PK\x05\x06", Foreign::Archive("empty ZIP archive")),
    (0, b"\x1F\x8B", Foreign::Archive("gzip archive")),
    (0, b"7z\xBC\xAF\x27\x1C", Foreign::Archive("7-Zip archive")),
    (0, b"Rar!\x1A\x07", Foreign::Archive("RAR archive")),
    (0, b"\x28\xB5\x2F\xFD", Foreign::Archive("Zstandard archive")),
    (0, b"\xFD7zXZ\0", Foreign::Archive("xz archive")),
    (257, b"ustar", Foreign::Archive("tar archive")),
    (8, b"AVI LIST", Foreign::Video("AVI video")),
    (0, b"FLV\x01", Foreign::Video("Flash video")),
    (0, b"\x1A\x45\xDF\xA3", Foreign::Video("Matroska or WebM video")),
    (0, b"\0\0\x01\xBA", Foreign::Video("MPEG video")),
    (0, b"\0\0\x01\xB3", Foreign::Video("MPEG video")),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Foreign::Video("Windows Media video")),
    (0, b"version https://git-lfs.github.com/", Foreign::Text("Git LFS pointer")),
    // The start of a JPEG or PNG after a text decoder replaced its bytes.
    (0, b"\xEF\xBF\xBD\xEF\xBF\xBD", Foreign::Corrupted(READ_AS_TEXT)),
    (0, b"\xEF\xBF\xBDPNG", Foreign::Corrupted(READ_AS_TEXT)),
    (0, b"\xC3\xBF\xC3\x98", Foreign::Corrupted(READ_AS_TEXT)),
    (0, b"\xC2\x89PNG", Foreign::Corrupted(READ_AS_TEXT)),
    (0, b"\x89PNG", Foreign::Corrupted("the line ends of the PNG were converted")),
];

const READ_AS_TEXT: &str = "a program has read it as text and replaced its bytes";

/// "BM" alone could begin a text, so the size of the header that follows is checked.
fn bitmap(bytes: &[u8]) -> Option<Foreign> {
    let header_size = u32::from_le_bytes(bytes.strip_prefix(b"BM")?.get(12..16)?.try_into().ok()?);
    matches!(header_size, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124).then_some(Foreign::Image("BMP"))
}

/// Reserved 0, type 1, and then a small number of images.
fn icon(bytes: &[u8]) -> Option<Foreign> {
    let count = u16::from_le_bytes(bytes.strip_prefix(b"\0\0\x01\0")?.get(..2)?.try_into().ok()?);
    (1..=64).contains(&count).then_some(Foreign::Image("icon (ICO)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signature_is_found_at_its_position_only() {
        for (at, signature, foreign) in SIGNATURES {
            let bytes = [&vec![0xAA; *at], *signature].concat();
            assert_eq!(by_signature(&bytes), Some(*foreign));
            assert_eq!(
                by_signature(&bytes[..bytes.len() - 1]).filter(|found| found == foreign),
                None,
                "{foreign:?}"
            );
            assert_eq!(by_signature(&[&[0xAA], &bytes[..]].concat()), None, "{foreign:?}");
        }
    }

    #[test]
    fn a_text_that_begins_with_bm_is_not_a_bitmap() {
        assert_eq!(by_signature(b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), Some(Foreign::Image("BMP")));
        assert_eq!(by_signature(b"BMI is the body mass index"), None);
    }

    #[test]
    fn an_icon_file_has_images() {
        assert_eq!(by_signature(b"\0\0\x01\0\x02\0"), Some(Foreign::Image("icon (ICO)")));
        assert_eq!(by_signature(b"\0\0\x01\0\0\0"), None);
    }
}
