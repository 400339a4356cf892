//! A document without its long texts. They are pictures, which hold no members, and nearly all of an answer.

use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// The same document with an empty text for every value that is a longer one, if that is ASCII without escapes.
///
/// Of JSON this makes JSON with the same members; what is no JSON stays none, but for control characters in what is left
/// out.
pub(super) fn without_texts_over(longest: usize, document: &[u8]) -> Cow<'_, [u8]> {
    let mut thin = Vec::new();
    let (mut taken, mut at) = (0, 0);
    // Outside of texts, JSON has neither quotes nor backslashes.
    while let Some(quote) = document.get(at..).and_then(|rest| memchr(b'"', rest)) {
        let begin = at + quote + 1;
        let Some(Text { end, has_escapes }) = text(document, begin) else { break };
        at = end + 1;
        let is_left_out = end - begin > longest
            && !has_escapes
            && document[begin..end].is_ascii()
            && !is_name_before(&document[at..]);
        if is_left_out {
            thin.extend_from_slice(&document[taken..begin]);
            taken = end;
        }
    }
    if taken == 0 {
        return document.into();
    }
    thin.extend_from_slice(&document[taken..]);
    thin.into()
}

struct Text {
    /// Where the closing quote is.
    end: usize,
    has_escapes: bool,
}

/// The text that begins here; `None` if it does not end.
fn text(document: &[u8], begin: usize) -> Option<Text> {
    let (mut at, mut has_escapes) = (begin, false);
    loop {
        let found = at + memchr2(b'"', b'\\', document.get(at..)?)?;
        if document[found] == b'"' {
            return Some(Text { end: found, has_escapes });
        }
        // Whatever comes after a backslash ends no text.
        (at, has_escapes) = (found + 2, true);
    }
}

/// Whether the text before this names a member.
fn is_name_before(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thin(document: &str) -> String {
        String::from_utf8(without_texts_over(3, document.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn long_values_become_empty_and_names_stay() {
        assert_eq!(thin(r#"{"a": "long", "long": ["abc", "abcd"]}"#), r#"{"a": "", "long": ["abc", ""]}"#);
        assert_eq!(thin("{\"names\" \r\n\t: \"values\"}"), "{\"names\" \r\n\t: \"\"}");
        for as_it_is in [
            "\"ééé\"",
            r#"["a\"b\\", "c\u0022d"] "#,
            "",
            "7",
            r#""abc""#,
            r#"{"aaaa": {}}"#,
            "\"open",
            r#""open\"#,
            r#""\""#,
        ] {
            assert_eq!(thin(as_it_is), as_it_is);
        }
    }

    /// Every change of one letter is the same to a reader of either.
    #[test]
    fn what_is_no_json_stays_none() {
        let whole = br#" {"names": "abcdefgh", "b": [1.5, "\"\\ x", {"c\n": null}], "long name": "tail"} "#;
        let is_left_out = |at, letter: u8| (12..20).contains(&at) && letter.is_ascii_control();
        let is_json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).ok();
        assert!(is_json(whole).is_some());
        let mut cases = 0;
        for at in 0..whole.len() {
            for letter in b"\"\\:,{}[]1a \n\0\x80".iter().copied().filter(|letter| !is_left_out(at, *letter))
            {
                let mut changed = whole.to_vec();
                changed[at] = letter;
                let thin = without_texts_over(5, &changed);
                let read = (is_json(&changed).map(emptied), is_json(&thin).map(emptied));
                assert_eq!(read.0, read.1, "{}", String::from_utf8_lossy(&changed));
                cases += 1;
            }
        }
        assert!(cases > 900, "{cases}");
    }

    fn emptied(mut value: serde_json::Value) -> serde_json::Value {
        fn empty(value: &mut serde_json::Value) {
            match value {
                serde_json::Value::String(text) if text.len() > 3 => text.clear(),
                serde_json::Value::Array(list) => list.iter_mut().for_each(empty),
                serde_json::Value::Object(members) => members.values_mut().for_each(empty),
                _ => {}
            }
        }
        empty(&mut value);
        value
    }
}
