//! Text from a server, a file name or an argument, made safe to show: it could move the cursor, colour the screen, reverse the
//! text that follows, or hide in it.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

/// One line: nothing in it is hidden or steers a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Several lines, each as by [`plain`].
pub(crate) fn plain_lines(text: &str) -> Cow<'_, str> {
    let is_replaced = |c: char| is_hidden(c) && c != '\n';
    if !text.contains(is_replaced) {
        return text.into();
    }
    text.chars().map(|c| if is_replaced(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The same JSON document, with everything hidden written as an escape of JSON. Outside of its strings there is nothing of
/// the kind.
pub(crate) fn escaped_json(document: &str) -> Cow<'_, str> {
    let is_escaped = |c: char| is_hidden(c) && !c.is_ascii_whitespace();
    if !document.contains(is_escaped) {
        return document.into();
    }
    let mut escaped = String::with_capacity(document.len() + 64);
    for c in document.chars() {
        if is_escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(escaped, "\\u{unit:04x}").expect("writing to a string cannot fail");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped.into()
}

/// A path as it is shown.
pub(crate) fn shown(path: &Path) -> String {
    plain(&path.display().to_string())
}

/// Control characters, those that change the direction of text, and those that have no width (Unicode's
/// `Default_Ignorable_Code_Point`, line separators and annotations).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEERING: &str = "Psoriasis\u{1b}[31m\r\n\u{202E}x\u{9b}2J\u{200B}\u{E0041}";

    #[test]
    fn what_a_server_sends_cannot_steer_a_terminal() {
        assert_eq!(
            plain(STEERING),
            "Psoriasis\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}x\u{FFFD}2J\u{FFFD}\u{FFFD}"
        );
        assert_eq!(plain_lines("a\nb\u{1b}c"), "a\nb\u{FFFD}c");
        for text in ["Ekzem – Müller", "湿疹", "إكزيما", "👩\u{1F3FD}"] {
            assert_eq!((plain(text).as_str(), &*plain_lines(text), &*escaped_json(text)), (text, text, text));
        }
    }

    #[test]
    fn an_escaped_document_is_the_same_document() {
        let document = serde_json::json!({"text": STEERING, "other": [1, "Müller"]});
        let printed = format!("{document:#}");
        let escaped = escaped_json(&printed);
        assert!(escaped.chars().all(|c| !is_hidden(c) || c == '\n'), "{escaped}");
        assert!(escaped.contains("\\u202ex\\u009b2J\\u200b\\udb40\\udc41"), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), document);
    }
}
