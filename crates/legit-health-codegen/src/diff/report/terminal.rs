//! For a terminal: every change a paragraph, no line over 80 columns.

use std::fmt::Write as _;

use super::sentence;
use crate::diff::{Change, Diff};

const WIDTH: usize = 80;
const INDENT: &str = "       ";

pub(super) fn render(diff: &Diff) -> String {
    let mut text = format!("{}\n", diff.headline());
    if let Some(unsaid) = diff.unsaid() {
        text.push('\n');
        wrap(&mut text, "", &unsaid);
    }
    for change in &diff.changes {
        text.push('\n');
        paragraph(&mut text, change);
    }
    text
}

fn paragraph(text: &mut String, change: &Change) {
    let verdict = change.verdict.word().to_uppercase();
    wrap(text, &format!("{verdict:<INDENT$}", INDENT = INDENT.len()), &change.place);
    let mut line = |words: &str| wrap(text, INDENT, words);
    line(&sentence(&change.what));
    if let Some(travels) = change.travels(4) {
        line(&sentence(&travels));
    }
    if let Some(wire) = change.on_the_wire() {
        line(wire);
    }
    for (items, effect) in change.effects() {
        let head = if effect.breaks { "Rust, breaking" } else { "Rust" };
        let what = effect.what.as_deref().unwrap_or("stays as it is");
        line(&format!("{head}: {} — {what}", items.join(", ")));
    }
    let mut place = String::new();
    let _ = write!(place, "[{}] {} {}", change.id, change.file, change.pointer);
    line(&place);
}

/// Adds words in lines of at most [`WIDTH`] columns, the first after `head`, the others as far in. Ways through a
/// document are broken at their slashes and paths in Rust at their colons, if they must be.
fn wrap(text: &mut String, head: &str, words: &str) {
    let indent = " ".repeat(head.chars().count());
    let mut line = head.to_owned();
    let mut fresh = true;
    for word in words.split_whitespace() {
        for (index, piece) in pieces(word, WIDTH - indent.len()).into_iter().enumerate() {
            let space = usize::from(!fresh && index == 0);
            if !fresh && line.chars().count() + space + piece.chars().count() > WIDTH {
                text.push_str(line.trim_end());
                text.push('\n');
                line = indent.clone();
            } else if space == 1 {
                line.push(' ');
            }
            line.push_str(&piece);
            fresh = false;
        }
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// A word that is too long, in pieces that are not.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    if word.chars().count() <= width {
        return vec![word.to_owned()];
    }
    let mut at_break = false;
    for part in word.split_inclusive(['/', ':']) {
        let last = pieces.last_mut().expect("it begins with one");
        at_break |= last.chars().count() + part.chars().count() > width;
        if at_break && !last.is_empty() {
            pieces.push(part.to_owned());
        } else {
            last.push_str(part);
        }
        at_break = false;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_the_width_and_lose_no_word() {
        let long = format!("/components/{}/end", "properties/item/".repeat(12));
        let words =
            format!("some words before and then a way that is far too long: {long} and more words after it");
        let mut text = String::new();
        wrap(&mut text, "MAJOR  ", &words);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeezed(&text), squeezed(&format!("MAJOR {words}")));
        assert!(text.lines().skip(1).all(|line| line.starts_with(INDENT)), "{text}");
    }
}
