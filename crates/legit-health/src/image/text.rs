//! Unwraps images that come as text: base64, and base64 `data:` URLs.

use super::format::ImageFormat;
use super::original::Original;
use super::sniff::{self, Content, HEAD, head};
use super::{ImageError, ImageErrorKind};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine, alphabet};
use bytes::Bytes;

/// The standard alphabet, with or without padding.
const BASE64: GeneralPurpose = standard(DecodePaddingMode::Indifferent);

/// The standard alphabet where text goes on, so that there is no padding.
const BASE64_WITHIN: GeneralPurpose = standard(DecodePaddingMode::RequireNone);

const fn standard(padding: DecodePaddingMode) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
    GeneralPurpose::new(&alphabet::STANDARD, config)
}

/// Whether bytes that begin so are text that holds a picture. A `data:` URL is, or is refused.
pub(super) fn holds_picture(bytes: &[u8]) -> Result<bool, ImageError> {
    let text = without_lead(head(bytes));
    match data_url(text) {
        Some(url) => base64_of(url).map(|_| true),
        None => Ok(is_base64_of_a_picture(text)),
    }
}

/// The bytes that base64 text or a base64 `data:` URL stands for.
pub(super) fn decode(text: &[u8]) -> Result<Bytes, ImageError> {
    let start = payload(text)?;
    let mut unwrapped = Unwrapped::new(start as u64, text.len() as u64);
    unwrapped.push(&text[start..])?;
    unwrapped.finish()
}

/// Like [`decode`], for text that is not in memory: only what it stands for is held.
pub(super) fn decode_file(text: &mut Original) -> Result<Bytes, ImageError> {
    let unwrapped = unwrap(text);
    // What could not be read, or was changed meanwhile, is not the text's fault.
    text.conclude()?;
    unwrapped?.finish()
}

fn unwrap(text: &mut Original) -> Result<Unwrapped, ImageError> {
    let head = text.take(HEAD.min(text.length() as usize)).unwrap_or_default();
    let start = payload(&head)? as u64;
    let mut unwrapped = Unwrapped::new(start, text.length());
    text.move_to(start);
    loop {
        let seen = text.window();
        let length = seen.len() as u64;
        if length == 0 {
            break;
        }
        unwrapped.push(seen)?;
        text.skip(length);
    }
    Ok(unwrapped)
}

/// The bytes of which the text was read so far. Neither the text nor a copy of it without line breaks is held.
struct Unwrapped {
    bytes: Vec<u8>,
    /// Text that was read and is not decoded yet, without white space.
    pending: Vec<u8>,
    /// How much of the text was read, with all that comes before the base64.
    read: u64,
}

impl Unwrapped {
    fn new(start: u64, length: u64) -> Self {
        let most = (length - start).min(super::Image::MAX_BYTES / 3 * 4) / 4 * 3 + 3;
        Self { bytes: Vec::with_capacity(most as usize), pending: Vec::new(), read: start }
    }

    fn push(&mut self, text: &[u8]) -> Result<(), ImageError> {
        const BLOCK: usize = 16 * 1024;
        for block in text.chunks(BLOCK) {
            self.push_block(block)?;
            self.read += block.len() as u64;
        }
        Ok(())
    }

    fn push_block(&mut self, block: &[u8]) -> Result<(), ImageError> {
        append_without_white_space(&mut self.pending, block);
        // The last group waits, since it may be the padded one.
        let whole = self.pending.len().saturating_sub(1) / 4 * 4;
        let began_at = self.bytes.len();
        let decoded = BASE64_WITHIN.decode_vec(&self.pending[..whole], &mut self.bytes);
        self.pending.drain(..whole);
        if decoded.is_err() || self.pending.iter().any(is_foreign) {
            return Err(not_base64(block, self.read));
        }
        if began_at < HEAD && self.bytes.len() >= HEAD {
            sniff::picture(&self.bytes)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Bytes, ImageError> {
        match BASE64.decode_vec(&self.pending, &mut self.bytes) {
            Ok(()) => Ok(self.bytes.into()),
            Err(DecodeError::InvalidLength(_)) => Err(ImageError::new(
                ImageErrorKind::Truncated,
                "the base64 text ends in the middle of a byte: part of it is missing; copy it again, whole",
            )),
            Err(_) => Err(not_base64(&[], self.read)),
        }
    }
}

/// Where the base64 begins.
fn payload(text: &[u8]) -> Result<usize, ImageError> {
    let text = head(text);
    let unwrapped = without_lead(text);
    let payload = match data_url(unwrapped) {
        Some(url) => base64_of(url)?,
        None => unwrapped,
    };
    Ok(text.len() - payload.len())
}

/// What follows the scheme of a `data:` URL.
fn data_url(text: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = text.split_at_checked(5)?;
    scheme.eq_ignore_ascii_case(b"data:").then_some(rest)
}

fn base64_of(url: &[u8]) -> Result<&[u8], ImageError> {
    let refused = |what| {
        let sentence = format!("the data: URL {what}; write it as data:image/jpeg;base64,…");
        Err(ImageError::new(ImageErrorKind::NotBase64, sentence))
    };
    let Some(comma) = memchr::memchr(b',', url) else {
        return refused("has no comma, so it holds no data");
    };
    let (declaration, data) = (&url[..comma], &url[comma + 1..]);
    match memchr::memrchr(b';', declaration) {
        Some(at) if declaration[at + 1..].trim_ascii().eq_ignore_ascii_case(b"base64") => Ok(data),
        _ => refused("is not in base64"),
    }
}

fn is_base64_of_a_picture(text: &[u8]) -> bool {
    const LONGEST_SIGNATURE: usize = 16;
    let start: Vec<u8> =
        text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(LONGEST_SIGNATURE).collect();
    let whole_groups = &start[..start.len() / 4 * 4];
    let Ok(decoded) = BASE64.decode(whole_groups) else {
        return false;
    };
    match sniff::sniff(&decoded) {
        // A JPEG's two bytes are too few to tell its base64 from any text; the third is the same in all of them.
        Content::Picture(ImageFormat::Jpeg) => decoded.starts_with(b"\xFF\xD8\xFF"),
        Content::Picture(_) => true,
        Content::Foreign(_) => false,
    }
}

/// Without a byte order mark and white space at the start. The end stays, so that positions can be told from it.
fn without_lead(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii_start()
}

fn append_without_white_space(to: &mut Vec<u8>, text: &[u8]) {
    let has_white_space =
        memchr::memchr3(b'\n', b'\r', b' ', text).or_else(|| memchr::memchr2(b'\t', b'\x0C', text)).is_some();
    if has_white_space {
        to.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace()));
    } else {
        to.extend_from_slice(text);
    }
}

fn is_foreign(byte: &u8) -> bool {
    !(byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=".contains(byte))
}

/// Says where the text stops being base64, without repeating any of it: it may be part of a picture or a password.
fn not_base64(text: &[u8], start: u64) -> ImageError {
    let sentence = match text.iter().position(is_foreign) {
        None => "the text is not base64: its padding (=) is wrong; encode the image again".to_owned(),
        Some(at) => {
            let what = match text[at] {
                b'%' => "is percent-encoded; give the base64 text unescaped",
                b'-' | b'_' => "belongs to the URL-safe alphabet; encode the image with the standard one",
                _ => "is not in its alphabet; encode the image again",
            };
            format!("the text is not base64: byte {} {what}", start + at as u64)
        }
    };
    ImageError::new(ImageErrorKind::NotBase64, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (ImageErrorKind, String) {
        let error = decode(text.as_bytes()).expect_err("text that is no base64");
        (error.kind(), error.to_string())
    }

    #[test]
    fn padding_and_white_space_do_not_matter() {
        for text in ["aGVsbG8h", " aGVs\r\nbG8h\n", "\u{FEFF}aGVsbG8h", "data:,;base64,aGVsbG8h"] {
            let expected = if text.starts_with("data") { None } else { Some(&b"hello!"[..]) };
            assert_eq!(decode(text.as_bytes()).ok().as_deref(), expected, "{text}");
        }
        assert_eq!(decode(b"aGk=").unwrap(), decode(b"aGk").unwrap());
    }

    #[test]
    fn a_data_url_is_unwrapped_whatever_type_it_names() {
        for declaration in
            [";base64", "image/png;base64", "IMAGE/JPEG;charset=utf-8; BASE64 ", "text/html;base64"]
        {
            let url = format!("Data:{declaration},aGVs\nbG8h");
            assert_eq!(decode(url.as_bytes()).unwrap(), "hello!", "{url}");
        }
    }

    #[test]
    fn a_data_url_that_is_not_base64_is_refused() {
        for url in [
            "data:image/png,%89PNG",
            "data:,aGVsbG8h",
            "data:image/png;base64=1,aGVsbG8h",
            "data:base64,aGVs",
        ] {
            let sentence = "the data: URL is not in base64; write it as data:image/jpeg;base64,…";
            assert_eq!(refusal(url), (ImageErrorKind::NotBase64, sentence.to_owned()), "{url}");
        }
        let sentence =
            "the data: URL has no comma, so it holds no data; write it as data:image/jpeg;base64,…";
        assert_eq!(refusal("data:image/png;base64"), (ImageErrorKind::NotBase64, sentence.to_owned()));
    }

    #[test]
    fn the_place_of_a_foreign_character_is_told_but_not_the_character() {
        let cases = [
            ("data:;base64,aGVs%2Bbg", "byte 17 is percent-encoded; give the base64 text unescaped"),
            ("aGVs_G8h", "byte 4 belongs to the URL-safe alphabet; encode the image with the standard one"),
            ("\n aGVs!G8h", "byte 6 is not in its alphabet; encode the image again"),
        ];
        for (text, what) in cases {
            assert_eq!(refusal(text), (ImageErrorKind::NotBase64, format!("the text is not base64: {what}")));
        }
        for text in ["aGk=aGk=", "aGVsbG8h=", "aGl="] {
            let sentence = "the text is not base64: its padding (=) is wrong; encode the image again";
            assert_eq!(refusal(text), (ImageErrorKind::NotBase64, sentence.to_owned()), "{text}");
        }
    }

    #[test]
    fn text_that_ends_within_a_byte_is_incomplete() {
        assert_eq!(refusal("aGVsb").0, ImageErrorKind::Truncated);
    }

    #[test]
    fn bytes_are_unwrapped_only_if_they_hold_a_picture() {
        for wrapped in ["/9j/", "iVBORw0KGgoAAAAN", "\n UklG\nRiQAAABXRUJQ", "data:image/png;base64,"] {
            assert_eq!(holds_picture(wrapped.as_bytes()).ok(), Some(true), "{wrapped}");
        }
        for other in [
            "",
            "/9j",
            "/9g/",
            "/home/photos",
            "aGVsbG8h",
            "R0lGODlhAQABAA==",
            "\u{FF}\u{D8}",
            "UklGRiQAAABXQVZF",
        ] {
            assert_eq!(holds_picture(other.as_bytes()).ok(), Some(false), "{other}");
        }
    }
}
