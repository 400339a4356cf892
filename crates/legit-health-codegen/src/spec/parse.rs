//! Reads YAML or JSON text as a tree of JSON values, and refuses what JSON cannot say.

mod reader;

use serde::de::DeserializeSeed;

use self::reader::Place;
use crate::error::{Findings, Result};
use crate::spec::{Document, Node};

/// More than any description of an API needs, and small enough to be held in memory.
const LARGEST: usize = 6 << 20;
/// Deeper than any real document; the parser's time grows with the square of the depth.
const DEEPEST: usize = 500;

pub(super) fn parse(file: &str, text: &str) -> Result<Node> {
    let findings = Findings::of(file);
    small_enough(file, text.len())?;
    if depth(text) > DEEPEST {
        let what = format!("not YAML: brackets nested more than {DEEPEST} deep");
        return Err(findings.fatal("", what, "find the bracket that is not closed"));
    }
    let mut found = Findings::of(file);
    match Place::root(&mut found).deserialize(serde_yaml::Deserializer::from_str(text)) {
        Ok(root) => document_root(found, root),
        Err(error) => {
            let place = error.location().map(|at| format!("line {}", at.line())).unwrap_or_default();
            Err(findings.fatal(place, format!("not YAML: {error}"), "correct the text there or just before"))
        }
    }
}

fn parse_json(findings: &mut Findings, text: &str) -> serde_json::Result<Node> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let root = Place::root(findings).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(root)
}

fn document_root(findings: Findings, root: Node) -> Result<Node> {
    if matches!(root, Node::Null) {
        return Err(findings.fatal("", "the file is empty", "restore it from version control"));
    }
    if !matches!(root, Node::Map(_)) {
        let what = format!("the document is {}, not a map", root.kind());
        return Err(findings.fatal("", what, "begin it with `openapi: 3.0.3`"));
    }
    findings.into_result()?;
    Ok(root)
}

/// Refuses a text above the limit before it is parsed.
pub(super) fn small_enough(file: &str, bytes: usize) -> Result<()> {
    if bytes <= LARGEST {
        return Ok(());
    }
    let what = "larger than 6 MiB, the limit for an API description";
    Err(Findings::of(file).fatal("", what, "give the document that the server publishes"))
}

/// The depth of nested brackets; those inside of texts count too.
fn depth(text: &str) -> usize {
    let step = |(now, most): (usize, usize), byte: u8| match byte {
        b'[' | b'{' => (now + 1, most.max(now + 1)),
        b']' | b'}' => (now.saturating_sub(1), most),
        _ => (now, most),
    };
    text.bytes().fold((0, 0), step).1
}

/// At most this many `#` that are not comments are tried; each parses the text once more.
const MARKS: usize = 50;

/// Refuses comments. A `#` begins one if the text without the rest of its line parses to the same tree.
pub(super) fn refuse_comments(file: &str, text: &str, root: &Node) -> Result<()> {
    if has_no_comment(file, text, root) {
        return Ok(());
    }
    let mut start = 0;
    let mut marks = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        for (column, _) in line.match_indices('#') {
            let follows_space = column == 0 || line[..column].ends_with([' ', '\t']);
            if !follows_space {
                continue;
            }
            marks += 1;
            if marks > MARKS {
                let what = format!("more than {MARKS} times ` #`, too many to tell comments from text");
                return Err(Findings::of(file).fatal(
                    format!("line {}", number + 1),
                    what,
                    "write it another way",
                ));
            }
            let rest = &text[start + line.len()..];
            let without = format!("{}\n{rest}", &text[..start + column]);
            if parse(file, &without).is_ok_and(|tree| tree == *root) {
                let place = format!("line {}", number + 1);
                let remedy = "move it to a `description` or to `x-evidence`";
                return Err(Findings::of(file).fatal(
                    place,
                    "a comment, which is lost when a tool rewrites the file",
                    remedy,
                ));
            }
        }
        start += line.len();
    }
    Ok(())
}

/// Whether the text parses to the same tree with another sign in place of every `#`: then none of them begins a comment.
fn has_no_comment(file: &str, text: &str, root: &Node) -> bool {
    const OTHER: char = '\u{e023}';
    if !text.contains('#') {
        return true;
    }
    let replaced = text.replace('#', "\u{e023}");
    !text.contains(OTHER) && parse(file, &replaced).is_ok_and(|tree| restored(tree, OTHER) == *root)
}

fn restored(node: Node, other: char) -> Node {
    let text = |text: String| if text.contains(other) { text.replace(other, "#") } else { text };
    match node {
        Node::Text(words) => Node::Text(text(words)),
        Node::List(list) => Node::List(list.into_iter().map(|node| restored(node, other)).collect()),
        Node::Map(map) => {
            Node::Map(map.into_iter().map(|(key, node)| (text(key), restored(node, other))).collect())
        }
        scalar => scalar,
    }
}

impl Document {
    /// Parses a document of the vendor: JSON or YAML, at most 6 MiB. Comments are dropped.
    ///
    /// # Errors
    /// Fails if the text is not a well-formed document; the finding names the line or the pointer.
    pub fn of_vendor(file: &str, bytes: &[u8]) -> Result<Self> {
        let findings = || Findings::of(file);
        small_enough(file, bytes.len())?;
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let what = format!("invalid UTF-8 after {} bytes", error.valid_up_to());
            findings().fatal("", what, "save it as UTF-8, or download it again")
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_start().starts_with('<') {
            return Err(findings().fatal(
                "",
                "this is a web page (HTML), not an OpenAPI document",
                "download the document itself; FastAPI publishes it as /openapi.json",
            ));
        }
        let file_name = || file.to_owned();
        if text.trim_start().starts_with('{') {
            // Read as JSON first: YAML knows some of the escapes of JSON, not all.
            let mut found = findings();
            match parse_json(&mut found, text) {
                Ok(root) => return Ok(Self { file: file_name(), root: document_root(found, root)? }),
                Err(error) if parse(file, text).is_err() => {
                    let what = error.to_string();
                    let what = what.split(" at line ").next().unwrap_or(&what);
                    let what = format!("neither JSON nor YAML: {what}");
                    return Err(findings().fatal(
                        format!("line {}", error.line()),
                        what,
                        "download it again",
                    ));
                }
                Err(_) => {}
            }
        }
        Ok(Self { file: file_name(), root: parse(file, text)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    fn refusal(text: &str) -> String {
        parse("x.yaml", text).unwrap_err().to_string()
    }

    #[test]
    fn text_that_is_no_document_is_refused_in_one_line() {
        assert_eq!(refusal(""), "x.yaml: the file is empty — restore it from version control");
        assert_eq!(refusal("~"), "x.yaml: the file is empty — restore it from version control");
        assert_eq!(
            refusal("[1]"),
            "x.yaml: the document is a list, not a map — begin it with `openapi: 3.0.3`"
        );
        let cut = refusal("openapi: 3.0.3\ninfo: {title: Leg");
        assert!(
            cut.starts_with("x.yaml: line 2: not YAML: ") || cut.starts_with("x.yaml: line 3: "),
            "{cut}"
        );
        assert!(!cut.contains('\n'));
    }

    #[test]
    fn yaml_without_a_json_counterpart_is_refused_with_its_place() {
        assert_eq!(
            refusal("paths:\n  /login: {200: ok}\n"),
            "x.yaml: /paths/~1login: the key 200 is not text — put it in quotes"
        );
        assert_eq!(
            refusal("a:\n  - .nan\n"),
            "x.yaml: /a/0: .nan is not a JSON number — write a finite number, or quote it"
        );
        assert_eq!(
            refusal("a:\n  200: x\n  1.5: x\n  true: x\n  ~: x\n  [1]: x\n"),
            "x.yaml: /a: the key 200 is not text — put it in quotes\n\
             x.yaml: /a: the key 1.5 is not text — put it in quotes\n\
             x.yaml: /a: the key true is not text — put it in quotes\n\
             x.yaml: /a: the key null is not text — put it in quotes\n\
             x.yaml: /a: a list as a key is not text — put it in quotes"
        );
        assert_eq!(
            refusal("base: &b {x: 1}\nmore: {<<: *b}\n"),
            "x.yaml: /more: a merge key, which JSON does not have — write the members out"
        );
        assert_eq!(
            refusal("a: !secret x\n"),
            "x.yaml: /a: the tag !secret, which JSON does not have — remove it"
        );
    }

    #[test]
    fn a_key_given_twice_is_refused_and_not_overwritten() {
        let twice = refusal("a: 1\na: 2\n");
        assert!(twice.contains("duplicate entry with key \"a\""), "{twice}");
    }

    #[test]
    fn json_keeps_its_order_and_escapes_and_a_key_given_twice_is_refused() {
        let text = r#"{"b":[1,-2,2.5,null,true],"a":{"face":"\ud83d\ude00 \/ "}}"#;
        let document = Document::of_vendor("x.json", text.as_bytes()).unwrap();
        assert_eq!(
            serde_json::to_string(document.root()).unwrap(),
            "{\"b\":[1,-2,2.5,null,true],\"a\":{\"face\":\"😀 / \"}}"
        );
        let twice = Document::of_vendor("x.json", br#"{"a":1,"a":2}"#).unwrap_err().to_string();
        assert!(twice.contains("duplicate entry with key \"a\""), "{twice}");
    }

    #[test]
    fn a_web_page_is_refused_as_one() {
        for text in [
            "<!DOCTYPE html>\n<html lang=\"en\">",
            "\u{feff}\n  <html>",
            "<head><title>API: docs</title></head>",
        ] {
            for file in ["theirs.json", "theirs.yaml"] {
                assert_eq!(
                    Document::of_vendor(file, text.as_bytes()).unwrap_err().to_string(),
                    format!(
                        "{file}: this is a web page (HTML), not an OpenAPI document — download the document itself; \
                         FastAPI publishes it as /openapi.json"
                    )
                );
            }
        }
    }

    #[test]
    fn a_number_beyond_64_bits_is_the_same_in_yaml_and_in_json() {
        for number in ["-9223372036854776000", "18446744073709551615", "36893488147419103232", "1e3", "-0.5"]
        {
            let json = Document::of_vendor("x.json", format!("{{\"a\":{number}}}").as_bytes()).unwrap();
            let yaml = Document::of_vendor("x.yaml", format!("a: {number}").as_bytes()).unwrap();
            assert_eq!(json.root(), yaml.root(), "{number}");
        }
    }

    #[test]
    fn endless_nesting_and_multiplying_aliases_are_refused() {
        assert!(refusal(&"[".repeat(5_000)).contains("not YAML"));
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..20 {
            let previous = format!("*a{}, ", level - 1).repeat(10);
            bomb.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
        }
        assert!(refusal(&bomb).contains("repetition limit exceeded"));
    }

    #[test]
    fn comments_are_found_and_text_that_looks_like_one_is_not() {
        for (text, line) in [("# note\na: 1\n", 1), ("a: 1\nb: 2 # note\n", 2), ("a:\n  # note\n  b: 1\n", 2)]
        {
            let error = Document::parse("x.yaml", text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("x.yaml: line {line}: a comment")), "{error}");
        }
        let many = format!("a: '{}'\nb: 1 # note\n", " #".repeat(MARKS + 1));
        let error = Document::parse("x.yaml", &many).unwrap_err().to_string();
        assert!(error.starts_with("x.yaml: line 1: more than 50 times ` #`"), "{error}");
        for text in
            ["a: 'no # comment'\n", "a: >-\n  some\n  # heading\n", "a: x#y\n", "a: '#/components/x'\n"]
        {
            Document::parse("x.yaml", text).unwrap();
        }
    }
}
