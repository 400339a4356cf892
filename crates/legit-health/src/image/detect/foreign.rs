//! Names what is not a JPEG, PNG or WebP image, so that an error can say what was given.

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
    /// An image that was damaged in transfer.
    Corrupted(&'static str),
}

/// Returns the error for a file that begins with `bytes`.
pub(super) fn rejection(bytes: &[u8]) -> ImageError {
    let found = by_signature(bytes).or_else(|| by_container(bytes)).or_else(|| by_text(bytes));
    let (name, advice) = match found {
        Some(Foreign::Image(name)) => return ImageError::unsupported(name),
        Some(Foreign::Corrupted(what)) => {
            let message = format!("damaged image: {what}; copy the original image again as binary data");
            return ImageError::new(ImageErrorKind::Damaged, message);
        }
        Some(Foreign::Document(name)) => (name, "export the image itself as JPEG or PNG"),
        Some(Foreign::Video(name)) => (name, "export one frame as JPEG or PNG"),
        Some(Foreign::Archive(name)) => (name, "unpack it and pass the image inside"),
        Some(Foreign::Text(name)) => (name, "pass the image itself"),
        None => ("unknown format", "pass a JPEG or PNG file"),
    };
    ImageError::new(ImageErrorKind::NotAnImage, format!("not an image: {name}; {advice}"))
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
    (0, b"II\x2A\0", Foreign::Image("TIFF or camera raw")),
    (0, b"MM\0\x2A", Foreign::Image("TIFF or camera raw")),
    (0, b"II\x2B\0", Foreign::Image("BigTIFF")),
    (0, b"MM\0\x2B", Foreign::Image("BigTIFF")),
    (0, b"II\xBC\x01", Foreign::Image("JPEG XR")),
    (0, b"\0\0\0\x0CjP  ", Foreign::Image("JPEG 2000")),
    (0, b"\xFF\x4F\xFF\x51", Foreign::Image("JPEG 2000")),
    (0, b"\0\0\0\x0CJXL ", Foreign::Image("JPEG XL")),
    (0, b"\xFF\x0A", Foreign::Image("JPEG XL")),
    (0, b"8BPS", Foreign::Image("Photoshop")),
    (0, b"\x8AMNG", Foreign::Image("MNG animation")),
    (0, b"\x8BJNG", Foreign::Image("JNG")),
    (0, b"\x76\x2F\x31\x01", Foreign::Image("OpenEXR")),
    (0, b"qoif", Foreign::Image("QOI")),
    (128, b"DICM", Foreign::Image("DICOM")),
    (0, b"%PDF-", Foreign::Document("PDF document")),
    (0, b"%!PS", Foreign::Document("PostScript document")),
    (0, b"{\\rtf", Foreign::Document("RTF document")),
    (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Foreign::Document("old Office document")),
    (0, b"PK\x03\x04", Foreign::Archive("ZIP archive or Office document")),
    (0, b"PK\x05\x06", Foreign::Archive("empty ZIP archive")),
    (0, b"\x1F\x8B", Foreign::Archive("gzip archive")),
    (0, b"7z\xBC\xAF\x27\x1C", Foreign::Archive("7-Zip archive")),
    (0, b"Rar!\x1A\x07", Foreign::Archive("RAR archive")),
    (0, b"\x28\xB5\x2F\xFD", Foreign::Archive("Zstandard archive")),
    (0, b"\xFD7zXZ\0", Foreign::Archive("xz archive")),
    (257, b"ustar", Foreign::Archive("tar archive")),
    (8, b"AVI LIST", Foreign::Video("AVI video")),
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

/// Recognises what uses the ISO base media container: HEIC, AVIF, camera raw, MP4, QuickTime.
fn by_container(bytes: &[u8]) -> Option<Foreign> {
    let size = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    match bytes.get(4..8)? {
        b"ftyp" => {
            Some(by_brand(bytes.get(8..12)?, bytes.get(16..size.min(bytes.len())).unwrap_or_default()))
        }
        // Old QuickTime files have no type box.
        b"moov" | b"mdat" | b"wide" => Some(QUICKTIME),
        _ => None,
    }
}

const QUICKTIME: Foreign = Foreign::Video("QuickTime video");
const AVIF: Foreign = Foreign::Image("AVIF");

fn by_brand(major: &[u8], compatible: &[u8]) -> Foreign {
    match major {
        b"avif" | b"avis" => AVIF,
        // The brands for any still image leave the codec to the list of compatible brands.
        b"mif1" | b"msf1" if compatible.chunks(4).any(|brand| brand == b"avif") => AVIF,
        b"mif1" | b"msf1" | b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => {
            Foreign::Image("HEIC/HEIF")
        }
        b"crx " => Foreign::Image("camera raw"),
        b"qt  " => QUICKTIME,
        _ => Foreign::Video("MP4 video"),
    }
}

/// Bytes of a text that are read: enough for an XML prologue with a licence comment.
const TEXT_HEAD: usize = 1024;

/// Recognises kinds of text.
fn by_text(bytes: &[u8]) -> Option<Foreign> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some(Foreign::Text("text (UTF-16)"));
    }
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
        return Some(Foreign::Corrupted("it begins with zeros only, as after an interrupted copy"));
    }
    let text = readable(&bytes[..bytes.len().min(TEXT_HEAD)])?.trim_start().to_ascii_lowercase();
    Some(match text.as_bytes().first()? {
        b'<' => markup(&text),
        b'{' | b'[' => Foreign::Text("JSON text"),
        _ => Foreign::Text("plain text"),
    })
}

fn markup(text: &str) -> Foreign {
    if text.contains("<svg") {
        Foreign::Document("SVG drawing")
    } else if text.contains("<html") || text.starts_with("<!doctype html") {
        Foreign::Document("web page (HTML), perhaps a saved error page")
    } else {
        Foreign::Document("XML text")
    }
}

/// Returns the bytes as text if they are UTF-8, possibly cut within the last character, without control characters.
fn readable(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_text = text.chars().all(|c| !c.is_control() || c.is_ascii_whitespace());
    is_text.then_some(text)
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

    fn file(major: &[u8; 4], compatible: &[u8]) -> Vec<u8> {
        let size = (16 + compatible.len()) as u32;
        [&size.to_be_bytes(), &b"ftyp"[..], major, &[0; 4], compatible, b"\0\0\0\x08mdat"].concat()
    }

    #[test]
    fn the_brand_determines_the_format() {
        let heif = Foreign::Image("HEIC/HEIF");
        let cases = [
            (b"heic", &b"mif1heic"[..], heif),
            (b"mif1", b"mif1heic", heif),
            (b"mif1", b"mif1miafavif", AVIF),
            (b"avif", b"", AVIF),
            (b"crx ", b"", Foreign::Image("camera raw")),
            (b"qt  ", b"qt  ", QUICKTIME),
            (b"isom", b"isomiso2avc1mp41", Foreign::Video("MP4 video")),
            (b"3gp4", b"", Foreign::Video("MP4 video")),
        ];
        for (major, compatible, foreign) in cases {
            assert_eq!(by_container(&file(major, compatible)), Some(foreign));
        }
        assert_eq!(by_container(b"\0\0\0\x08wide\0\0"), Some(QUICKTIME));
    }

    #[test]
    fn a_brand_after_the_type_box_is_ignored() {
        assert_ne!(by_container(&[&file(b"mif1", b"heic")[..], b"avif"].concat()), Some(AVIF));
    }

    #[test]
    fn invalid_box_sizes_do_not_panic() {
        for size in [0_u32, 1, 8, 15, u32::MAX] {
            let bytes = [&size.to_be_bytes(), &b"ftypmif1\0\0\0\0"[..]].concat();
            assert!(by_container(&bytes).is_some());
        }
        assert_eq!(by_container(b"\0\0\0\x10ftypmi"), None);
    }

    #[test]
    fn kinds_of_text_are_distinguished() {
        let page = Foreign::Document("web page (HTML), perhaps a saved error page");
        let cases = [
            ("<svg xmlns=", Foreign::Document("SVG drawing")),
            ("<?xml version='1.0'?>\n<!-- by us --><SVG>", Foreign::Document("SVG drawing")),
            ("\n<!DOCTYPE html><title>502</title>", page),
            ("<html><body>", page),
            ("<?xml version='1.0'?><error/>", Foreign::Document("XML text")),
            (" {\"data\": \"...\"}", Foreign::Text("JSON text")),
            ("[1]", Foreign::Text("JSON text")),
            ("front.jpg", Foreign::Text("plain text")),
            ("\u{FEFF}Prénom", Foreign::Text("plain text")),
        ];
        for (text, foreign) in cases {
            assert_eq!(by_text(text.as_bytes()), Some(foreign), "{text}");
        }
        assert_eq!(by_text(b"\xFF\xFEh\0i\0"), Some(Foreign::Text("text (UTF-16)")));
    }

    #[test]
    fn binary_data_is_not_text() {
        for bytes in [&b"\x01\x02\x03\x04"[..], b"abc\0def", b"caf\xE9 con leche", b"", b"  "] {
            assert_eq!(by_text(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn text_cut_within_a_character_is_text() {
        let text = format!("{}é", "x".repeat(TEXT_HEAD - 1));
        assert_eq!(by_text(text.as_bytes()), Some(Foreign::Text("plain text")));
    }

    #[test]
    fn a_file_of_zeros_is_corrupted() {
        assert!(matches!(by_text(&[0; 5000]), Some(Foreign::Corrupted(_))));
        assert_eq!(by_text(&[&[0; 4999][..], &[1]].concat()), None);
    }
}
