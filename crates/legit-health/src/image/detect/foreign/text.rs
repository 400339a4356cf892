//! Kinds of text, among them base64 of an image that something surrounds.

use super::Foreign;
use crate::image::detect::holds_image;
use std::borrow::Cow;

/// Bytes of a text that are read: enough for an XML prologue with a licence comment.
const TEXT_HEAD: usize = 1024;

pub(super) fn detect(bytes: &[u8]) -> Option<Foreign> {
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
        return Some(Foreign::Corrupted("it begins with zeros only, as after an interrupted copy"));
    }
    let head = &bytes[..bytes.len().min(TEXT_HEAD)];
    let (text, plain) = match utf16(head) {
        Some(text) if holds_image(text.trim_start().as_bytes()) => {
            return Some(Foreign::Wrapped("the text is UTF-16; save it as UTF-8"));
        }
        Some(text) => (Cow::Owned(text), "text (UTF-16)"),
        None => (Cow::Borrowed(readable(head)?), "plain text"),
    };
    let text = text.trim_start();
    Some(match text.as_bytes().first()? {
        b'<' => markup(&text.to_ascii_lowercase()),
        b'{' | b'[' => Foreign::Text("JSON text"),
        _ => match wrapping(text.as_bytes()) {
            Some(what) => Foreign::Wrapped(what),
            None if text.starts_with(PEM) => Foreign::Text("PEM text, such as a certificate or a key"),
            None => Foreign::Text(plain),
        },
    })
}

const PEM: &str = "-----BEGIN ";

/// Returns what precedes base64 of an image in a text that does not begin with it, and what to do about it.
pub(super) fn wrapping(text: &[u8]) -> Option<&'static str> {
    // JSON may write a slash as `\/`.
    let text: Vec<u8> = text.iter().take(TEXT_HEAD).copied().filter(|byte| *byte != b'\\').collect();
    let is_part_of_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let lead = text.iter().position(|byte| !is_part_of_base64(*byte) && !byte.is_ascii_whitespace());
    let lead = if text.starts_with(PEM.as_bytes()) { 0 } else { lead? };
    let begins = |at: &usize| !is_part_of_base64(text[at - 1]) && holds_image(&text[*at..]);
    if holds_image(&text) {
        return None;
    }
    let at = (lead + 1..text.len()).find(begins)?;
    Some(match text[..at].trim_ascii() {
        b"\"" | b"'" | b"`" | b"b'" | b"b\"" => "the text is in quotes; remove them",
        lead if lead.starts_with(PEM.as_bytes()) => {
            "the text is between BEGIN and END lines, as certutil writes it; remove these lines"
        }
        _ => "other text precedes the base64; remove it",
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

/// Returns the text if it is UTF-16: with a byte order mark, or of ASCII characters alone.
fn utf16(bytes: &[u8]) -> Option<String> {
    let decode = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    let is_ascii = |text: &String| {
        text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => Some(decode(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Some(decode(rest, u16::from_be_bytes)),
        _ => Some(decode(bytes, u16::from_le_bytes))
            .filter(is_ascii)
            .or_else(|| Some(decode(bytes, u16::from_be_bytes)).filter(is_ascii)),
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
            assert_eq!(detect(text.as_bytes()), Some(foreign), "{text}");
        }
        for text in [&b"\xFF\xFEh\0i\0"[..], b"\xFE\xFF\0h\0i", b"f\0r\0o\0n\0t\0", b"\0f\0r\0o\0n\0t"] {
            assert_eq!(detect(text), Some(Foreign::Text("text (UTF-16)")), "{text:?}");
        }
        assert_eq!(detect(b"\xFF\xFE<\0h\0t\0m\0l\0>\0"), Some(page));
        let pem = Foreign::Text("PEM text, such as a certificate or a key");
        assert_eq!(detect(b"-----BEGIN CERTIFICATE-----\nMIIC"), Some(pem));
    }

    #[test]
    fn binary_data_is_not_text() {
        for bytes in [&b"\x01\x02\x03\x04"[..], b"abc\0def", b"caf\xE9 con leche", b"", b"  "] {
            assert_eq!(detect(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn text_cut_within_a_character_is_text() {
        let text = format!("{}é", "x".repeat(TEXT_HEAD - 1));
        assert_eq!(detect(text.as_bytes()), Some(Foreign::Text("plain text")));
    }

    #[test]
    fn a_file_of_zeros_is_corrupted() {
        assert!(matches!(detect(&[0; 5000]), Some(Foreign::Corrupted(_))));
        assert_eq!(detect(&[&[0; 4999][..], &[1]].concat()), None);
    }

    #[test]
    fn what_surrounds_base64_of_an_image_is_named() {
        let quotes = Some("the text is in quotes; remove them");
        let lines =
            Some("the text is between BEGIN and END lines, as certutil writes it; remove these lines");
        let other = Some("other text precedes the base64; remove it");
        for (text, what) in [
            ("\"/9j/4AAQ\"", quotes),
            (" 'data:image/png;base64,iVBORw0KGgo='", quotes),
            ("\"\\/9j\\/4AAQSkZJRgABAQAAAQ\"", quotes),
            ("b'_9j_4AAQSkZJRgABAQAAAQ'", quotes),
            ("-----BEGIN CERTIFICATE-----\r\n/9j/4AAQ\r\n-----END CERTIFICATE-----", lines),
            ("url(data:image/png;base64,iVBORw0KGgo=)", other),
            ("image: UklGRiQAAABXRUJQ", other),
            ("begin-base64 644 a.jpg\n/9j/4AAQ", other),
            ("/9j/4AAQSkZJRgAB\n!/9j/", None),
            ("/9j/4AAQ", None),
            ("data:image/png;base64,iVBORw0KGgo=", None),
            ("-----BEGIN CERTIFICATE-----\nMIIC", None),
            ("\"R0lGODlhAQABAA==\"", None),
            ("", None),
        ] {
            assert_eq!(wrapping(text.as_bytes()), what, "{text}");
        }
        let utf16 = Foreign::Wrapped("the text is UTF-16; save it as UTF-8");
        let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for text in
            ["\u{FEFF}/9j/4AAQSkZJRgAB", "/9j/4AAQSkZJRgAB", "\u{FEFF}\r\ndata:;base64,/9j/4AAQSkZJRgAB"]
        {
            assert_eq!(detect(&units(text)), Some(utf16), "{text}");
        }
    }
}
