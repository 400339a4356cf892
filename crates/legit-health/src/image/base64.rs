//! Decodes images from base64 text and base64 `data:` URLs.

use super::detect::{self, HEAD};
use super::source::SourceReader;
use super::{Image, ImageError, ImageErrorKind};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine, alphabet};
use bytes::Bytes;

/// The standard alphabet, with or without padding.
const BASE64: GeneralPurpose = standard(DecodePaddingMode::Indifferent);

/// The standard alphabet before the end of the text, where there is no padding.
const BASE64_WITHIN: GeneralPurpose = standard(DecodePaddingMode::RequireNone);

const fn standard(padding: DecodePaddingMode) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
    GeneralPurpose::new(&alphabet::STANDARD, config)
}

/// Decodes base64 text or a base64 `data:` URL.
pub(super) fn decode(text: &[u8]) -> Result<Bytes, ImageError> {
    let start = detect::base64_start(text)?;
    let mut decoder = Decoder::new(start as u64, text.len() as u64);
    decoder.push(&text[start..])?;
    decoder.finish()
}

/// Like [`decode`], for text in a file. Only the decoded bytes are held in memory.
pub(super) fn decode_file(text: &mut SourceReader) -> Result<Bytes, ImageError> {
    let decoder = read(text);
    // A read error, or a change of the file, takes precedence over what it looks like in the text.
    text.finish()?;
    decoder?.finish()
}

fn read(text: &mut SourceReader) -> Result<Decoder, ImageError> {
    let head = text.take(HEAD.min(text.length() as usize)).unwrap_or_default();
    let start = detect::base64_start(&head)? as u64;
    let mut decoder = Decoder::new(start, text.length());
    text.seek(start);
    loop {
        let window = text.window();
        let length = window.len() as u64;
        if length == 0 {
            break;
        }
        decoder.push(window)?;
        text.skip(length);
    }
    Ok(decoder)
}

/// Decodes text block by block, so that no copy of it without line breaks is needed.
struct Decoder {
    bytes: Vec<u8>,
    /// Text that was read and is not decoded yet, without white space.
    pending: Vec<u8>,
    /// Bytes of the text that were read, including what precedes the base64.
    read: u64,
}

impl Decoder {
    fn new(start: u64, length: u64) -> Self {
        let most = (length - start).min(Image::MAX_BYTES / 3 * 4) / 4 * 3 + 3;
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
        // The last group is not decoded yet, since it may be the padded one.
        let whole = self.pending.len().saturating_sub(1) / 4 * 4;
        let began_at = self.bytes.len();
        let decoded = BASE64_WITHIN.decode_vec(&self.pending[..whole], &mut self.bytes);
        self.pending.drain(..whole);
        if decoded.is_err() || self.pending.iter().any(is_invalid) {
            return Err(not_base64(block, self.read));
        }
        if began_at < HEAD && self.bytes.len() >= HEAD {
            detect::image_format(&self.bytes)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Bytes, ImageError> {
        match BASE64.decode_vec(&self.pending, &mut self.bytes) {
            Ok(()) => Ok(self.bytes.into()),
            Err(DecodeError::InvalidLength(_)) => Err(ImageError::new(
                ImageErrorKind::Truncated,
                "truncated base64: it ends in the middle of a byte; copy the whole text again",
            )),
            Err(_) => Err(not_base64(&[], self.read)),
        }
    }
}

/// Line by line where there are lines: byte by byte takes four times as long without optimisation.
fn append_without_white_space(to: &mut Vec<u8>, text: &[u8]) {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    if text.first().is_some_and(is_blank) && text[1..] == text[..text.len() - 1] {
        return;
    }
    let is_dense = memchr::memchr3_iter(b'\n', b'\r', b' ', text).nth(text.len() / 16).is_some();
    if is_dense || memchr::memchr2(b'\t', b'\x0C', text).is_some() {
        to.extend(text.iter().filter(|byte| !is_blank(byte)));
        return;
    }
    let mut start = 0;
    for end in memchr::memchr3_iter(b'\n', b'\r', b' ', text) {
        to.extend_from_slice(&text[start..end]);
        start = end + 1;
    }
    to.extend_from_slice(&text[start..]);
}

fn is_invalid(byte: &u8) -> bool {
    !(byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=".contains(byte))
}

/// Returns an error with the position of the invalid byte, but not the byte: it may be part of a password.
fn not_base64(text: &[u8], start: u64) -> ImageError {
    let message = match text.iter().position(is_invalid) {
        None => "invalid base64: wrong padding (=); encode the image again".to_owned(),
        Some(at) => {
            let what = match text[at] {
                b'%' => "is percent-encoded; pass the text without percent-encoding",
                b'-' | b'_' => {
                    "belongs to the URL-safe alphabet; encode the image with the standard alphabet"
                }
                _ => "is not in the base64 alphabet; encode the image again",
            };
            format!("invalid base64: byte {} {what}", start + at as u64)
        }
    };
    ImageError::new(ImageErrorKind::NotBase64, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(text: &str) -> (ImageErrorKind, String) {
        let error = decode(text.as_bytes()).expect_err("invalid text");
        (error.kind(), error.to_string())
    }

    #[test]
    fn padding_and_white_space_are_ignored() {
        for text in ["aGVsbG8h", " aGVs\r\nbG8h\n", "\u{FEFF}aGVsbG8h", "data:,;base64,aGVsbG8h"] {
            let expected = if text.starts_with("data") { None } else { Some(&b"hello!"[..]) };
            assert_eq!(decode(text.as_bytes()).ok().as_deref(), expected, "{text}");
        }
        assert_eq!(decode(b"aGk=").unwrap(), decode(b"aGk").unwrap());
    }

    #[test]
    fn a_data_url_is_decoded_whatever_its_media_type() {
        for declaration in
            [";base64", "image/png;base64", "IMAGE/JPEG;charset=utf-8; BASE64 ", "text/html;base64"]
        {
            let url = format!("Data:{declaration},aGVs\nbG8h");
            assert_eq!(decode(url.as_bytes()).unwrap(), "hello!", "{url}");
        }
    }

    #[test]
    fn a_data_url_that_is_not_base64_is_rejected() {
        for url in [
            "data:image/png,%89PNG",
            "data:,aGVsbG8h",
            "data:image/png;base64=1,aGVsbG8h",
            "data:base64,aGVs",
        ] {
            let message = "invalid data: URL: it is not base64; write it as data:image/jpeg;base64,…";
            assert_eq!(rejection(url), (ImageErrorKind::NotBase64, message.to_owned()), "{url}");
        }
        let message = "invalid data: URL: it has no comma, so no data; write it as data:image/jpeg;base64,…";
        assert_eq!(rejection("data:image/png;base64"), (ImageErrorKind::NotBase64, message.to_owned()));
    }

    #[test]
    fn the_error_has_the_position_of_an_invalid_byte_but_not_the_byte() {
        let cases = [
            ("data:;base64,aGVs%2Bbg", "byte 17 is percent-encoded; pass the text without percent-encoding"),
            (
                "aGVs_G8h",
                "byte 4 belongs to the URL-safe alphabet; encode the image with the standard alphabet",
            ),
            ("\n aGVs!G8h", "byte 6 is not in the base64 alphabet; encode the image again"),
        ];
        for (text, what) in cases {
            assert_eq!(rejection(text), (ImageErrorKind::NotBase64, format!("invalid base64: {what}")));
        }
        for text in ["aGk=aGk=", "aGVsbG8h=", "aGl="] {
            let message = "invalid base64: wrong padding (=); encode the image again";
            assert_eq!(rejection(text), (ImageErrorKind::NotBase64, message.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_surrounds_the_base64_is_named() {
        let message = "invalid base64: the text is in quotes; remove them";
        for text in ["\"data:image/jpeg;base64,/9j/4AAQ\"", " '/9j/4AAQ'"] {
            assert_eq!(rejection(text), (ImageErrorKind::NotBase64, message.to_owned()), "{text}");
        }
    }

    #[test]
    fn text_that_ends_within_a_byte_is_truncated() {
        assert_eq!(rejection("aGVsb").0, ImageErrorKind::Truncated);
    }
}
