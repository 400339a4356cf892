//! Leaves the images of the device (heat maps, masks, overlays) out of a report, and nothing else.

/// Texts that are longer, and are base64 from end to end, are images too, whatever the name of their member.
const LONGEST_TEXT: usize = 1024;

/// Returns the document with each image replaced by an empty text, and how many there were. Every other byte stays the same:
/// parsing and writing would change numbers and the order of members.
pub(crate) fn leave_out(document: &str) -> (String, u32) {
    let bytes = document.as_bytes();
    let mut kept = String::new();
    let (mut copied, mut left_out) = (0, 0);
    let (mut at, mut name) = (0, "");
    while let Some(start) = bytes[at..].iter().position(|byte| *byte == b'"').map(|found| at + found) {
        let Some(end) = end_of_text(bytes, start) else { break };
        let text = &document[start + 1..end];
        if is_name(bytes, end) {
            name = text;
        } else if is_image(name, text) {
            kept.push_str(&document[copied..=start]);
            copied = end;
            left_out += 1;
        }
        at = end + 1;
    }
    kept.push_str(&document[copied..]);
    (kept, left_out)
}

/// The place of the closing quote.
fn end_of_text(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn is_name(bytes: &[u8], end: usize) -> bool {
    bytes[end + 1..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

fn is_image(name: &str, text: &str) -> bool {
    // A slash may be escaped.
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\\".contains(&byte);
    match name {
        "data" => !text.is_empty(),
        _ => text.len() > LONGEST_TEXT && text.bytes().all(is_base64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_are_left_out_and_every_other_byte_stays() {
        let long = "A".repeat(LONGEST_TEXT + 1);
        let escaped = r"\/9j\/".repeat(LONGEST_TEXT);
        let prose = "a b".repeat(LONGEST_TEXT);
        for (document, expected, left_out) in [
            (
                r#"{"a": {"data" : "/9j/"}, "b": 1.50}"#.to_owned(),
                r#"{"a": {"data" : ""}, "b": 1.50}"#.to_owned(),
                1,
            ),
            (r#"{"data":"x","data":"y"}"#.to_owned(), r#"{"data":"","data":""}"#.to_owned(), 2),
            (format!(r#"{{"mask":"{long}","text":"data"}}"#), r#"{"mask":"","text":"data"}"#.to_owned(), 1),
            (format!(r#"{{"mask":["{escaped}",2]}}"#), r#"{"mask":["",2]}"#.to_owned(), 1),
            (format!(r#"{{"text":"{prose}"}}"#), format!(r#"{{"text":"{prose}"}}"#), 0),
            (
                r#"{"a\"b":"\\","data":null,"c":""}"#.to_owned(),
                r#"{"a\"b":"\\","data":null,"c":""}"#.to_owned(),
                0,
            ),
            (String::new(), String::new(), 0),
            ("\"".to_owned(), "\"".to_owned(), 0),
        ] {
            assert_eq!(leave_out(&document), (expected, left_out), "{document}");
        }
    }
}
