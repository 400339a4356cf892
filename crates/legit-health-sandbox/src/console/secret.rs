//! Recognising a body that may hold a password or a token, where none belongs.

/// Names of members and fields that hold secrets.
const NAMES: [&str; 6] = ["password", "passwd", "secret", "token", "authorization", "credential"];
/// Longer texts in a JSON document are images, and not searched; nor is the rest of a body without quotes.
const MOST_BYTES: usize = 4096;

/// Whether a body is a form, or has such a name in it. Requests of the contract are JSON and have none of these names.
pub(super) fn may_hold_secret(content_type: Option<&str>, body: &[u8]) -> bool {
    let is_form = content_type.is_some_and(|it| it.to_ascii_lowercase().contains("form"));
    let body = if body.contains(&b'"') { body } else { &body[..body.len().min(MOST_BYTES)] };
    let mut texts = body.split(|byte| *byte == b'"').filter(|text| text.len() <= MOST_BYTES);
    is_form || texts.any(has_name)
}

fn has_name(text: &[u8]) -> bool {
    // UTF-16 has a zero beside each letter.
    let letters: Vec<u8> = text.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    NAMES.iter().any(|name| letters.windows(name.len()).any(|part| part == name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_documents_with_a_name_of_a_secret_are_found() {
        let utf16: Vec<u8> = r#"{"Password": 1}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (content_type, body) in [
            (Some("application/x-www-form-urlencoded"), b"a=b".as_slice()),
            (Some("multipart/form-data; boundary=x"), b""),
            (Some("application/json"), br#"{"username": "a", "Password": "b"}"#),
            (None, b"username=a&password=b"),
            (None, &utf16),
            (None, &[b"password=b&image=".as_slice(), &[b'x'; 5000]].concat()),
        ] {
            assert!(may_hold_secret(content_type, body), "{content_type:?}");
        }
    }

    #[test]
    fn documents_of_the_contract_are_not() {
        let image = "A".repeat(100_000);
        let body = format!(
            r#"{{"payload": [{{"contentAttachment": {{"data": "{image}", "title": "left arm"}}}}]}}"#
        );
        assert!(!may_hold_secret(Some("application/json"), body.as_bytes()));
        assert!(!may_hold_secret(None, b""));
    }
}
