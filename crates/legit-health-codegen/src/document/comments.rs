//! Comments are refused: they are lost on the first round trip through a tool, and evidence is data here.

use super::{Node, yaml};
use crate::error::{Findings, Result};

/// So many marks that are no comments are looked at; each costs reading the text once more.
const MARKS: usize = 50;

/// A `#` begins a comment exactly when the text without the rest of its line means the same.
pub(super) fn refuse(file: &str, text: &str, root: &Node) -> Result<()> {
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
            if yaml::parse(file, &without).is_ok_and(|tree| tree == *root) {
                let place = format!("line {}", number + 1);
                let remedy = "say it in a `description` or as `x-evidence`";
                return Err(Findings::of(file).fatal(
                    place,
                    "a comment, which the next round trip loses",
                    remedy,
                ));
            }
        }
        start += line.len();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::MARKS;
    use crate::Document;

    #[test]
    fn comments_are_found_and_text_that_looks_like_one_is_not() {
        for (text, line) in [("# note\na: 1\n", 1), ("a: 1\nb: 2 # note\n", 2), ("a:\n  # note\n  b: 1\n", 2)]
        {
            let error = Document::parse("x.yaml", text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("x.yaml: line {line}: a comment")), "{error}");
        }
        let many = format!("a: '{}'\n", " #".repeat(MARKS + 1));
        let error = Document::parse("x.yaml", &many).unwrap_err().to_string();
        assert!(error.starts_with("x.yaml: line 1: more than 50 times ` #`"), "{error}");
        for text in
            ["a: 'no # comment'\n", "a: >-\n  some\n  # heading\n", "a: x#y\n", "a: '#/components/x'\n"]
        {
            Document::parse("x.yaml", text).unwrap();
        }
    }
}
