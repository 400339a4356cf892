//! Text from a server, a file name or an argument, made safe to show: it could move the cursor, colour the screen, reverse the
//! text that follows, or hide in it.

use crate::style::is_mark;
use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

/// One line: nothing in it is hidden, steers a terminal or is taken for a mark of this program's own.
pub(crate) fn plain(text: &str) -> String {
    let is_replaced = |c| is_hidden(c) || is_mark(c);
    text.chars().map(|c| if is_replaced(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Several lines, each as by [`plain`], which may have marks.
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

/// The text in lines of at most `width` columns, broken between words. The lines after the first begin with `indent`. A word
/// that is too long, such as a path, stays whole, so that it can be copied.
pub(crate) fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let own = &paragraph[..paragraph.len() - paragraph.trim_start().len()];
        let (mut line, mut used, mut is_first) = (own.to_owned(), own.chars().count(), true);
        for word in paragraph.trim_start().split(' ') {
            let length = word.chars().filter(|c| !is_mark(*c)).count();
            if !is_first && used + 1 + length > width {
                lines.push(std::mem::replace(&mut line, format!("{own}{indent}")));
                (used, is_first) = (line.chars().count(), true);
            }
            if !is_first {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            (used, is_first) = (used + length, false);
        }
        lines.push(line);
    }
    lines.join("\n")
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
    fn a_server_cannot_use_our_marks() {
        let marked = crate::style::Style::Bad.of("x");
        assert_eq!(plain(&marked), "\u{FFFD}x\u{FFFD}");
        assert_eq!(&*plain_lines(&marked), marked);
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 7, "  "), "one two\n  three");
        assert_eq!(wrapped("  one two three", 9, "  "), "  one two\n    three");
        assert_eq!(wrapped("a-word-that-is-long b\nc", 5, "  "), "a-word-that-is-long\n  b\nc");
        assert_eq!(wrapped("", 5, "  "), "");
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
