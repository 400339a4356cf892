//! What the source says: documentation comments, and constants that nothing exports.

use super::ROOT;
use std::fs;
use std::path::{Path, PathBuf};

/// A member of an item, and the first paragraph of its documentation.
pub(super) struct Documented {
    pub(super) name: String,
    pub(super) text: String,
}

impl Documented {
    pub(super) fn first_sentence(&self) -> String {
        match self.text.split_once(". ") {
            Some((sentence, _)) => format!("{sentence}."),
            None => self.text.clone(),
        }
    }
}

/// Returns a source file below `crates/`.
pub(super) fn source(path: &str) -> String {
    fs::read_to_string(format!("{ROOT}crates/{path}")).unwrap()
}

/// Returns the documented variants, public fields or public functions of the item that begins with the line `head`.
pub(super) fn documented(source: &str, head: &str) -> Vec<Documented> {
    let (_, body) = source.split_once(&format!("\n{head}\n")).unwrap_or_else(|| panic!("no line `{head}`"));
    let body = body.split("\n}\n").next().unwrap();
    let (mut members, mut comment) = (Vec::new(), Vec::new());
    for line in body.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            comment.push(words.trim());
        } else if !line.starts_with("#[") && !comment.is_empty() {
            let text = comment.split(|words| words.is_empty()).next().unwrap_or_default().join(" ");
            comment.clear();
            let is_public = line.starts_with("pub ") || line.starts_with(char::is_uppercase);
            if is_public {
                let name = line.trim_start_matches("pub ").trim_start_matches("fn ");
                let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
                members.push(Documented { name: name[..end].to_owned(), text: without_links(&text) });
            }
        }
    }
    assert!(!members.is_empty(), "nothing is documented in `{head}`");
    members
}

/// Returns the text of an expression that follows `start` and ends before `end`.
pub(super) fn between(source: &str, start: &str, end: &str) -> String {
    let (_, rest) = source.split_once(start).unwrap_or_else(|| panic!("no `{start}`"));
    rest.split(end).next().unwrap().to_owned()
}

/// Returns the Rust files of these crates that are shipped, without their unit tests.
pub(super) fn shipped(crates: &[&str]) -> Vec<String> {
    let (mut texts, mut folders) = (Vec::new(), Vec::new());
    folders.extend(crates.iter().map(|name| PathBuf::from(format!("{ROOT}crates/{name}/src"))));
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with("guide")).then_some(path));
            } else if path.extension() == Some("rs".as_ref()) && !is_test(&path) {
                let text = fs::read_to_string(&path).unwrap();
                let end = text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(text.len());
                texts.push(text[..end].to_owned());
            }
        }
    }
    assert!(!texts.is_empty());
    texts
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.ends_with("guide.rs") || path.ends_with("scripted.rs")
}

/// `[`X`](path)` and `[`X`]` become `X`, in its quotes.
fn without_links(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, link)) = rest.split_once('[') {
        let (words, after) = link.split_once(']').unwrap();
        plain = plain + before + words;
        rest = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').unwrap().1,
            None => after,
        };
    }
    plain + rest
}

#[test]
fn comments_are_read_without_links_up_to_the_first_empty_line() {
    let source = "
pub enum A {
    /// One, see [`B`](crate::B). Two
    /// more.
    ///
    /// Further.
    #[non_exhaustive]
    First { a: u8 },
    Second,
    /// Hidden.
    pub(crate) third: u8,
    /// Fourth ([`C`]).
    pub fn fourth(self) {}
}
";
    let found: Vec<_> =
        documented(source, "pub enum A {").into_iter().map(|member| (member.name, member.text)).collect();
    let expected = [("First", "One, see `B`. Two more."), ("fourth", "Fourth (`C`).")];
    assert_eq!(found, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    assert_eq!(documented(source, "pub enum A {")[0].first_sentence(), "One, see `B`.");
}
