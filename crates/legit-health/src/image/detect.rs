//! Detects a given file by its first bytes: an image, base64 text that holds one, or something else, which the error names.

mod foreign;

use super::error::check_size;
use super::file::NewFile;
use super::{ImageError, ImageErrorKind, ImageFormat};
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How much of a file is read to detect what it is.
pub(super) const HEAD: usize = 64 * 1024;

/// What was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Image(ImageFormat),
    /// Text that holds an image.
    Base64,
}

/// The first bytes of what was given, at most [`HEAD`].
pub(super) fn head(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(HEAD)]
}

/// Detects the content of `length` bytes that begin with `bytes`.
pub(super) fn detect(bytes: &[u8], length: u64) -> Result<Content, ImageError> {
    check_size(length)?;
    let text = without_lead(head(bytes));
    let is_base64 = match data_url(text) {
        // Any `data:` URL is text that holds an image, or an error.
        Some(url) => base64_of(url).map(|_| true)?,
        None => is_base64_of_image(text),
    };
    if is_base64 { Ok(Content::Base64) } else { image_format(bytes).map(Content::Image) }
}

/// Detects the content of a file. The first 12 bytes suffice for an image; anything else is read up to [`HEAD`].
pub(super) fn detect_file(file: &NewFile) -> Result<Content, ImageError> {
    const SIGNATURE: usize = 12;
    check_size(file.length())?;
    let mut head = Vec::new();
    for size in [SIGNATURE, HEAD] {
        file.read_into(0, size.min(file.length() as usize), &mut head)?;
        if let Some(format) = by_signature(&head) {
            return Ok(Content::Image(format));
        }
    }
    detect(&head, file.length())
}

/// Returns the format of an image that begins with `bytes`, or an error that names what it is instead.
pub(super) fn image_format(bytes: &[u8]) -> Result<ImageFormat, ImageError> {
    let bytes = head(bytes);
    by_signature(bytes).ok_or_else(|| foreign::rejection(bytes))
}

/// Returns the format by its signature, or by as much of it as there is, so that a truncated file is still reported as one.
fn by_signature(bytes: &[u8]) -> Option<ImageFormat> {
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

/// Returns where the base64 begins in text or in a `data:` URL.
pub(super) fn base64_start(text: &[u8]) -> Result<usize, ImageError> {
    let text = head(text);
    let without_lead = without_lead(text);
    if let Some(error) = foreign::wrapped_base64(without_lead) {
        return Err(error);
    }
    let base64 = match data_url(without_lead) {
        Some(url) => base64_of(url)?,
        None => without_lead,
    };
    Ok(text.len() - base64.len())
}

/// Removes a byte order mark and leading white space.
fn without_lead(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii_start()
}

/// Returns what follows the scheme of a `data:` URL.
fn data_url(text: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = text.split_at_checked(5)?;
    scheme.eq_ignore_ascii_case(b"data:").then_some(rest)
}

fn base64_of(url: &[u8]) -> Result<&[u8], ImageError> {
    let invalid = |what| {
        let message = format!("invalid data: URL: {what}; write it as data:image/jpeg;base64,…");
        Err(ImageError::new(ImageErrorKind::NotBase64, message))
    };
    let Some(comma) = memchr::memchr(b',', url) else {
        return invalid("it has no comma, so no data");
    };
    let (declaration, data) = (&url[..comma], &url[comma + 1..]);
    match memchr::memrchr(b';', declaration) {
        Some(at) if declaration[at + 1..].trim_ascii().eq_ignore_ascii_case(b"base64") => Ok(data),
        _ => invalid("it is not base64"),
    }
}

/// Whether text begins with base64 or a base64 `data:` URL of an image.
fn holds_image(text: &[u8]) -> bool {
    match data_url(text) {
        Some(url) => base64_of(url).is_ok_and(is_base64_of_image),
        None => is_base64_of_image(text),
    }
}

/// Whether text begins with base64 of an image, in the standard or the URL-safe alphabet.
fn is_base64_of_image(text: &[u8]) -> bool {
    const BASE64: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    const LONGEST_SIGNATURE: usize = 16;
    let standard = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => *byte,
    };
    let start: Vec<u8> = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(LONGEST_SIGNATURE)
        .map(standard)
        .collect();
    let whole_groups = &start[..start.len() / 4 * 4];
    let Ok(decoded) = BASE64.decode(whole_groups) else {
        return false;
    };
    match by_signature(&decoded) {
        // The two bytes of JPEG's signature are too few to distinguish its base64 from any text; the third is always 0xFF.
        Some(ImageFormat::Jpeg) => decoded.starts_with(b"\xFF\xD8\xFF"),
        format => format.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_detected_behind_many_blank_lines() {
        let text = ["\r\n".repeat(30_000).as_bytes(), b"/9j/4AAQSkZJRg=="].concat();
        assert_eq!(detect(&text, text.len() as u64).ok(), Some(Content::Base64));
    }

    #[test]
    fn formats_are_detected_from_truncated_signatures() {
        let cases: [(&[u8], usize, ImageFormat); 3] = [
            (b"\xFF\xD8\xFF\xE0", 2, ImageFormat::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", 4, ImageFormat::Png),
            (b"RIFF\x24\0\0\0WEBPVP8 ", 4, ImageFormat::WebP),
        ];
        for (bytes, shortest, format) in cases {
            for length in shortest..=bytes.len() {
                assert_eq!(image_format(&bytes[..length]).unwrap(), format, "{length}");
            }
        }
    }

    #[test]
    fn almost_a_signature_is_not_the_format() {
        for bytes in [&b"\x89PNX\r\n\x1A\n"[..], b"\xFF\xD9\xFF", b"RIFF\0\0\0\0WAVE", b"\x89PN", b"RIF"] {
            assert!(image_format(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn text_is_base64_only_if_it_holds_an_image() {
        let is_base64 = |text: &str| matches!(detect(text.as_bytes(), 1), Ok(Content::Base64));
        for text in ["/9j/", "_9j_", "iVBORw0KGgoAAAAN", "\n UklG\nRiQAAABXRUJQ", "data:image/png;base64,"] {
            assert!(is_base64(text), "{text}");
        }
        for text in [
            "",
            "/9j",
            "/9g/",
            "/home/images",
            "aGVsbG8h",
            "R0lGODlhAQABAA==",
            "\u{FF}\u{D8}",
            "UklGRiQAAABXQVZF",
        ] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
