//! Formats that are known by fixed bytes at a fixed place.

use super::Foreign;

pub(super) fn find(bytes: &[u8]) -> Option<Foreign> {
    let known = SIGNATURES
        .iter()
        .find(|(at, signature, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(signature)));
    known.map(|(_, _, foreign)| *foreign).or_else(|| bitmap(bytes)).or_else(|| icon(bytes))
}

/// Each with its place, its bytes and its name.
const SIGNATURES: &[(usize, &[u8], Foreign)] = &[
    (0, b"GIF87a", Foreign::Picture("a GIF picture")),
    (0, b"GIF89a", Foreign::Picture("a GIF picture")),
    (0, b"II\x2A\0", Foreign::Picture("a TIFF picture or camera raw file")),
    (0, b"MM\0\x2A", Foreign::Picture("a TIFF picture or camera raw file")),
    (0, b"II\x2B\0", Foreign::Picture("a BigTIFF picture")),
    (0, b"MM\0\x2B", Foreign::Picture("a BigTIFF picture")),
    (0, b"II\xBC\x01", Foreign::Picture("a JPEG XR picture")),
    (0, b"\0\0\0\x0CjP  ", Foreign::Picture("a JPEG 2000 picture")),
    (0, b"\xFF\x4F\xFF\x51", Foreign::Picture("a JPEG 2000 picture")),
    (0, b"\0\0\0\x0CJXL ", Foreign::Picture("a JPEG XL picture")),
    (0, b"\xFF\x0A", Foreign::Picture("a JPEG XL picture")),
    (0, b"8BPS", Foreign::Picture("a Photoshop picture")),
    (0, b"\x8AMNG", Foreign::Picture("an MNG animation")),
    (0, b"\x8BJNG", Foreign::Picture("a JNG picture")),
    (0, b"\x76\x2F\x31\x01", Foreign::Picture("an OpenEXR picture")),
    (0, b"qoif", Foreign::Picture("a QOI picture")),
    (128, b"DICM", Foreign::Picture("a DICOM file")),
    (0, b"%PDF-", Foreign::Document("a PDF document")),
    (0, b"%!PS", Foreign::Document("a PostScript document")),
    (0, b"{\\rtf", Foreign::Document("an RTF document")),
    (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Foreign::Document("an old Office document")),
    (0, b"PK\x03\x04", Foreign::Archive("a ZIP archive or Office document")),
    (0, b"PK\x05\x06", Foreign::Archive("an empty ZIP archive")),
    (0, b"\x1F\x8B", Foreign::Archive("a gzip archive")),
    (0, b"7z\xBC\xAF\x27\x1C", Foreign::Archive("a 7-Zip archive")),
    (0, b"Rar!\x1A\x07", Foreign::Archive("a RAR archive")),
    (0, b"\x28\xB5\x2F\xFD", Foreign::Archive("a Zstandard archive")),
    (0, b"\xFD7zXZ\0", Foreign::Archive("an xz archive")),
    (257, b"ustar", Foreign::Archive("a tar archive")),
    (8, b"AVI LIST", Foreign::Video("an AVI video")),
    (0, b"\x1A\x45\xDF\xA3", Foreign::Video("a Matroska or WebM video")),
    (0, b"\0\0\x01\xBA", Foreign::Video("an MPEG video")),
    (0, b"\0\0\x01\xB3", Foreign::Video("an MPEG video")),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Foreign::Video("a Windows Media video")),
    (0, b"version https://git-lfs.github.com/", Foreign::Text("a Git LFS pointer")),
    // What is left of a JPEG or PNG after a decoder for text replaced its bytes.
    (0, b"\xEF\xBF\xBD\xEF\xBF\xBD", Foreign::Ruin(READ_AS_TEXT)),
    (0, b"\xEF\xBF\xBDPNG", Foreign::Ruin(READ_AS_TEXT)),
    (0, b"\xC3\xBF\xC3\x98", Foreign::Ruin(READ_AS_TEXT)),
    (0, b"\xC2\x89PNG", Foreign::Ruin(READ_AS_TEXT)),
    (0, b"\x89PNG", Foreign::Ruin("the PNG's line ends were converted on the way, which destroys a picture")),
];

const READ_AS_TEXT: &str = "this was a picture until something on the way read it as text, which destroys it";

/// "BM" alone starts many a text; the size of the header that follows makes it a bitmap.
fn bitmap(bytes: &[u8]) -> Option<Foreign> {
    let header_size = u32::from_le_bytes(bytes.strip_prefix(b"BM")?.get(12..16)?.try_into().ok()?);
    matches!(header_size, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
        .then_some(Foreign::Picture("a BMP picture"))
}

/// Reserved 0, type 1, and then a small number of pictures.
fn icon(bytes: &[u8]) -> Option<Foreign> {
    let count = u16::from_le_bytes(bytes.strip_prefix(b"\0\0\x01\0")?.get(..2)?.try_into().ok()?);
    (1..=64).contains(&count).then_some(Foreign::Picture("an icon file (ICO)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_at_its_place_and_not_one_byte_later() {
        for (at, signature, foreign) in SIGNATURES {
            let bytes = [&vec![0xAA; *at], *signature].concat();
            assert_eq!(find(&bytes), Some(*foreign));
            assert_eq!(find(&bytes[..bytes.len() - 1]).filter(|found| found == foreign), None, "{foreign:?}");
            assert_eq!(find(&[&[0xAA], &bytes[..]].concat()), None, "{foreign:?}");
        }
    }

    #[test]
    fn a_text_that_starts_with_bm_is_no_bitmap() {
        assert_eq!(find(b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), Some(Foreign::Picture("a BMP picture")));
        assert_eq!(find(b"BMI is the body mass index"), None);
    }

    #[test]
    fn an_icon_has_pictures() {
        assert_eq!(find(b"\0\0\x01\0\x02\0"), Some(Foreign::Picture("an icon file (ICO)")));
        assert_eq!(find(b"\0\0\x01\0\0\0"), None);
    }
}
