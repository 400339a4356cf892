//! Writes documentation so that rustdoc shows a description of the contract as text: it runs none of it as a test, makes no
//! link or HTML element of it, and the compiler accepts every character.

use syn::visit_mut::VisitMut;
use syn::{AttrStyle, Attribute, parse_quote};

use super::doc_text;

/// Rewrites all documentation as `/// text`, a line each, and returns the number of places that changed.
pub(crate) fn harmless_docs(file: &mut syn::File) -> usize {
    let mut docs = Docs(0);
    docs.visit_file_mut(file);
    docs.0
}

struct Docs(usize);

impl VisitMut for Docs {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let mut written = Vec::with_capacity(attributes.len());
        let mut open: Vec<(Attribute, String)> = Vec::new();
        for attribute in std::mem::take(attributes) {
            match doc_text(&attribute) {
                Some(text) => open.push((attribute, text)),
                None => {
                    self.write(&mut open, &mut written);
                    written.push(attribute);
                }
            }
        }
        self.write(&mut open, &mut written);
        *attributes = written;
    }
}

impl Docs {
    /// Writes documentation whose attributes follow each other: a code block may begin in one and end in another.
    fn write(&mut self, open: &mut Vec<(Attribute, String)>, written: &mut Vec<Attribute>) {
        let Some((first, _)) = open.first() else { return };
        let style = first.style;
        let texts: Vec<String> = open.iter().map(|(_, text)| unpadded(text)).collect();
        let lines: Vec<String> = harmless(&texts.join("\n")).iter().map(|line| padded(line)).collect();
        let before: Vec<&String> = open.iter().map(|(_, text)| text).collect();
        if lines.iter().collect::<Vec<_>>() == before {
            written.extend(open.drain(..).map(|(attribute, _)| attribute));
            return;
        }
        self.0 += 1;
        open.clear();
        written.extend(lines.iter().map(|line| -> Attribute {
            match style {
                AttrStyle::Outer => parse_quote!(#[doc = #line]),
                AttrStyle::Inner(_) => parse_quote!(#![doc = #line]),
            }
        }));
    }
}

/// The text without the space that `///` puts before each line.
fn unpadded(text: &str) -> String {
    if text.contains('\n') || !text.starts_with(' ') {
        text.trim_matches('\n').into()
    } else {
        text[1..].into()
    }
}

fn padded(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

/// Lines of Markdown that rustdoc only shows.
fn harmless(text: &str) -> Vec<String> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line: String =
            line.chars().filter(|c| is_harmless(*c)).map(|c| if c == '\t' { ' ' } else { c }).collect();
        let line = line.trim_end();
        let marker = fence_marker(line);
        match (fence, marker) {
            (Some(open), Some(close)) if close == open => {
                fence = None;
                lines.push(open.to_owned());
            }
            (Some(_), _) => lines.push(line.to_owned()),
            (None, Some(open)) => {
                fence = Some(open);
                lines.push(format!("{open}text"));
            }
            (None, None) => lines.push(prose(line)),
        }
    }
    lines.extend(fence.map(str::to_owned));
    lines
}

fn is_harmless(c: char) -> bool {
    // Characters that change the direction of text may not stand in comments.
    let changes_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c == '\t' || !c.is_control()) && !changes_direction
}

/// The marker of a code block that begins or ends in this line, also within a list or a quotation.
fn fence_marker(line: &str) -> Option<&'static str> {
    let inner = line.trim_start_matches(|c: char| " >-*+.)".contains(c) || c.is_ascii_digit());
    if inner.starts_with("```") {
        // On one line, it is code within a sentence.
        (!inner.trim_start_matches('`').contains('`')).then_some("```")
    } else {
        inner.starts_with("~~~").then_some("~~~")
    }
}

/// A line outside of code blocks. Four spaces at the beginning of a line, a list item or a quotation would be one.
fn prose(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut spaces = 0;
    let mut code = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        spaces = if c == ' ' { spaces + 1 } else { 0 };
        let after = &rest[c.len_utf8()..];
        match c {
            ' ' if spaces > 3 => {}
            '`' => {
                code = !code && after.contains('`');
                text.push(c);
            }
            '<' if !code
                && after.starts_with(|c: char| c.is_alphabetic() || "/!?".contains(c))
                && !is_address(after) =>
            {
                text.push_str("&lt;");
            }
            '[' if !code && !is_kept_link(after) && !text.ends_with('\\') => text.push_str("\\["),
            _ => text.push(c),
        }
        rest = after;
    }
    text
}

/// Whether `https://…>` follows.
fn is_address(after: &str) -> bool {
    after.split_once('>').is_some_and(|(inside, _)| inside.contains("://") && !inside.contains(' '))
}

/// Whether `words](https://…)` follows, or a link that a template of ours has written. Any other target would be taken for
/// the path of a Rust item.
fn is_kept_link(after: &str) -> bool {
    const KEPT: [&str; 5] = ["#", "/", "mailto:", "crate::", "super::"];
    let target = after.split_once("](").and_then(|(words, rest)| Some((words, rest.split_once(')')?.0)));
    target.is_some_and(|(words, target)| {
        let is_kept = KEPT.iter().any(|start| target.starts_with(start));
        !words.contains('[') && (target.contains("://") || is_kept)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_written_in_lines() {
        let mut file = syn::parse_file(
            "#[doc = \"Title.\\n\\nMore  \\n\\n\"] pub struct A {\n #[doc = \"field\"] pub a: u8,\n /// done\n pub b: u8 }",
        )
        .unwrap();
        assert_eq!(harmless_docs(&mut file), 2);
        assert_eq!(
            prettyplease::unparse(&file),
            "/// Title.\n///\n/// More\npub struct A {\n    /// field\n    pub a: u8,\n    /// done\n    pub b: u8,\n}\n"
        );
    }

    #[test]
    fn code_is_shown_and_not_run() {
        let shown = |text: &str| harmless(text).join("\n");
        assert_eq!(shown("a\n```\nlet x: = 1;\n```\nb"), "a\n```text\nlet x: = 1;\n```\nb");
        assert_eq!(shown("```rust,should_panic\nx"), "```text\nx\n```");
        assert_eq!(shown("~~~\n```\n~~~"), "~~~text\n```\n~~~");
        assert_eq!(shown("> ```\n> x"), "```text\n> x\n```");
        assert_eq!(shown("a\n\n    let x = 1;\n- \t    y"), "a\n\n   let x = 1;\n-   y");
        assert_eq!(shown("use ```x``` and `[a]`"), "use ```x``` and `[a]`");
    }

    #[test]
    fn links_elements_and_odd_characters_are_text() {
        let shown = |text: &str| harmless(text).join("\n");
        assert_eq!(shown("[broken](link) <script> */ \\"), "\\[broken](link) &lt;script> */ \\");
        assert_eq!(
            shown("[good](https://a.example/b) <https://a.example> a < b"),
            "[good](https://a.example/b) <https://a.example> a < b"
        );
        assert_eq!(shown("[Item] a\rb\u{202e}c\u{0}"), "\\[Item] abc");
    }
}
