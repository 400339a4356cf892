//! Writes a document as canonical YAML: the same tree gives the same text, and reading the text gives the same tree.
//!
//! Short values are on one line, as in `{type: string, nullable: true}`; long texts are folded.

use crate::spec::{Document, Node};

const WIDTH: usize = 120;
/// Sections, components and operations have a smaller indent, and are never put on one line.
const ALWAYS_OPEN: usize = 6;

/// The text of a tree of our own making, such as the map of names.
pub(crate) fn text(root: &Node) -> String {
    let mut text = String::new();
    members(root, 0, &mut text);
    text
}

/// Returns the text. If it does not read back as the same tree, the text is written by `serde_yaml` instead.
pub(crate) fn to_yaml(document: &Document) -> String {
    let mut text = String::new();
    members(document.root(), 0, &mut text);
    // There is no comment in it to be found.
    match Document::of_vendor(document.file(), text.as_bytes()) {
        Ok(read) if read.root() == document.root() => text,
        _ => serde_yaml::to_string(document.root()).expect("a tree with text keys always is YAML"),
    }
}

fn members(node: &Node, indent: usize, text: &mut String) {
    for (key, value) in node.entries() {
        text.extend(std::iter::repeat_n(' ', indent));
        let key = scalar(&Node::from(key), true);
        text.push_str(&key);
        text.push(':');
        value_after(value, indent, indent + key.chars().count() + 1, text);
    }
}

/// Writes the value after a key or a dash. `column` is the length of the line so far.
fn value_after(value: &Node, indent: usize, column: usize, text: &mut String) {
    let is_empty = match value {
        Node::Map(map) => map.is_empty(),
        Node::List(list) => list.is_empty(),
        _ => false,
    };
    let line = inline(value);
    let fits = column + 1 + line.chars().count() <= WIDTH;
    let may_close = indent >= ALWAYS_OPEN || matches!(value, Node::List(_));
    let closed = is_empty || (fits && may_close);
    match value {
        Node::Map(_) if !closed => {
            text.push('\n');
            members(value, indent + 2, text);
        }
        Node::List(list) if !closed => {
            text.push('\n');
            list.iter().for_each(|element| dash(element, indent + 2, text));
        }
        Node::Text(words) if !fits && can_be_folded(words) => {
            text.push_str(" >-\n");
            folded(words, indent + 2, text);
        }
        Node::Map(_) | Node::List(_) => push_line(text, &line),
        other => push_line(text, &scalar(other, false)),
    }
}

fn push_line(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line);
    text.push('\n');
}

fn dash(element: &Node, indent: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', indent));
    text.push('-');
    let line = inline(element);
    match element {
        Node::Map(map) if !map.is_empty() && indent + 2 + line.chars().count() > WIDTH => {
            let mut inner = String::new();
            members(element, indent + 2, &mut inner);
            text.push(' ');
            text.push_str(inner.trim_start_matches(' '));
        }
        _ => value_after(element, indent.max(ALWAYS_OPEN), indent + 1, text),
    }
}

/// On one line.
fn inline(node: &Node) -> String {
    match node {
        Node::Map(_) => {
            let member = |(key, value): (&str, &Node)| {
                format!("{}: {}", scalar(&Node::from(key), true), inline(value))
            };
            format!("{{{}}}", node.entries().map(member).collect::<Vec<_>>().join(", "))
        }
        Node::List(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        other => scalar(other, true),
    }
}

fn scalar(node: &Node, in_flow: bool) -> String {
    match node {
        Node::Text(text) if is_plain(text, in_flow) => text.clone(),
        // Only double quotes can hold control characters and, escaped, the further line ends of YAML.
        Node::Text(text) if text.contains(is_special) => double_quoted(text),
        Node::Text(text) => format!("'{}'", text.replace('\'', "''")),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// Whether text means itself without quotes.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let first = text.chars().next();
    // Numbers begin otherwise. Older readers take what begins with a digit for a date, and more words for truth values.
    let begins_well = first.is_some_and(|c| c.is_alphabetic() || "/_$".contains(c));
    let ends_well = !text.ends_with([' ', ':']);
    let special = |c: char| is_special(c) || (in_flow && ",[]{}".contains(c));
    let is_value = ["null", "true", "false", "y", "n", "yes", "no", "on", "off"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    begins_well
        && ends_well
        && !is_value
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(special)
}

fn double_quoted(text: &str) -> String {
    let escaped = |c: char| {
        if is_special(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
    };
    // JSON leaves some of them as they are.
    serde_json::to_string(text).unwrap_or_default().chars().map(escaped).collect()
}

fn is_special(c: char) -> bool {
    c.is_control() || "\u{feff}\u{2028}\u{2029}".contains(c)
}

fn can_be_folded(text: &str) -> bool {
    !text.contains("  ") && !text.contains(is_special) && text.trim() == text && text.contains(' ')
}

fn folded(text: &str, indent: usize, out: &mut String) {
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_yaml_is_read_back_unchanged() {
        let tricky = [
            "",
            " ",
            "a: b",
            "a #b",
            "# a",
            "- a",
            "no",
            "null",
            "~",
            "1",
            "1.5",
            "0x1",
            "2026-11-22",
            "'quoted'",
            "\"q\"",
            "a\nb",
            "a\n",
            "\ttab",
            "{a}",
            "[a]",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a`",
            "a:",
            "é ü 😀",
            "\u{feff}",
            "<<",
            "=",
            "a, b",
            "12e3",
            "yes",
            "a  b",
            "True",
            "NULL",
            "nan",
            "e5",
            "_1",
            "/:a",
            "a:b",
            "$#",
            "é:\u{85}",
            "a\u{a0}",
            "a\u{2028}b",
        ];
        let long = "words that are many ".repeat(20);
        let list: Vec<Node> =
            tricky.iter().map(|text| Node::from(*text)).chain([Node::from(long.trim())]).collect();
        let keys =
            tricky.iter().map(|text| ((*text).to_owned(), Node::from(*text))).filter(|(key, _)| key != "<<");
        let tree = [
            ("list".to_owned(), Node::List(list)),
            ("keys".to_owned(), Node::Map(keys.collect())),
            ("long".to_owned(), Node::from(long.trim())),
            ("empty".to_owned(), Node::List(vec![Node::Map(Default::default()), Node::List(Vec::new())])),
        ];
        let json = serde_json::to_string(&Node::Map(tree.into_iter().collect())).unwrap();
        let document = Document::of_vendor("x.json", json.as_bytes()).unwrap();
        let mut text = String::new();
        members(document.root(), 0, &mut text);
        assert_eq!(Document::parse("x.yaml", &text).unwrap().root(), document.root(), "{text}");
        assert_eq!(to_yaml(&document), text);
    }
}
