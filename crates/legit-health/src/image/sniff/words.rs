//! Tells kinds of text apart, and text from everything else.

use super::Foreign;

/// How much of a text is looked at: enough for an XML prologue with a licence comment.
const WINDOW: usize = 1024;

pub(super) fn find(bytes: &[u8]) -> Option<Foreign> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some(Foreign::Text("text (UTF-16)"));
    }
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
        return Some(Foreign::Ruin(
            "the file begins with nothing but zeros, as an interrupted copy leaves it",
        ));
    }
    let text = readable(&bytes[..bytes.len().min(WINDOW)])?.trim_start().to_ascii_lowercase();
    Some(match text.as_bytes().first()? {
        b'<' => markup(&text),
        b'{' | b'[' => Foreign::Text("JSON text"),
        _ => Foreign::Text("plain text"),
    })
}

fn markup(text: &str) -> Foreign {
    if text.contains("<svg") {
        Foreign::Document("an SVG drawing")
    } else if text.contains("<html") || text.starts_with("<!doctype html") {
        Foreign::Document("a web page (HTML), perhaps an error page saved in the photo's place")
    } else {
        Foreign::Document("XML text")
    }
}

/// The bytes as text, if they are: UTF-8 that may be cut at the end, without control characters.
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
    fn kinds_of_text_are_told_apart() {
        let page = Foreign::Document("a web page (HTML), perhaps an error page saved in the photo's place");
        let cases = [
            ("<svg xmlns=", Foreign::Document("an SVG drawing")),
            ("<?xml version='1.0'?>\n<!-- by us --><SVG>", Foreign::Document("an SVG drawing")),
            ("\n<!DOCTYPE html><title>502</title>", page),
            ("<html><body>", page),
            ("<?xml version='1.0'?><error/>", Foreign::Document("XML text")),
            (" {\"data\": \"...\"}", Foreign::Text("JSON text")),
            ("[1]", Foreign::Text("JSON text")),
            ("front.jpg", Foreign::Text("plain text")),
            ("\u{FEFF}Prénom", Foreign::Text("plain text")),
        ];
        for (text, foreign) in cases {
            assert_eq!(find(text.as_bytes()), Some(foreign), "{text}");
        }
        assert_eq!(find(b"\xFF\xFEh\0i\0"), Some(Foreign::Text("text (UTF-16)")));
    }

    #[test]
    fn bytes_are_not_text() {
        for bytes in [&b"\x01\x02\x03\x04"[..], b"abc\0def", b"caf\xE9 con leche", b"", b"  "] {
            assert_eq!(find(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn text_cut_within_a_character_by_the_window_is_text() {
        let text = format!("{}é", "x".repeat(WINDOW - 1));
        assert_eq!(find(text.as_bytes()), Some(Foreign::Text("plain text")));
    }

    #[test]
    fn a_file_of_zeros_is_an_interrupted_copy() {
        assert!(matches!(find(&[0; 5000]), Some(Foreign::Ruin(_))));
        assert_eq!(find(&[&[0; 4999][..], &[1]].concat()), None);
    }
}
