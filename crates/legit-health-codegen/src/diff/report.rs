//! A comparison as text: for a terminal, a pull request, a changelog and machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::diff::{Change, Diff, RustEffect, Verdict, Wire};
use crate::update::Note;

impl Diff {
    /// Returns the comparison for a terminal of 80 columns.
    pub fn to_terminal(&self) -> String {
        let mut text = format!("{}\n", self.headline());
        if let Some(unsaid) = self.unsaid() {
            text.push('\n');
            wrap(&mut text, "", &unsaid);
        }
        for change in &self.changes {
            text.push('\n');
            paragraph(&mut text, change);
        }
        text
    }

    /// Returns the comparison as one JSON document; `verdict` says how much a release has to move.
    pub fn to_json(&self) -> String {
        self.to_json_with(&[])
    }

    /// The same with notes about the documents.
    pub fn to_json_with_notes(&self, notes: &[Note]) -> String {
        self.to_json_with(&[("notes", notes.iter().map(ToString::to_string).collect())])
    }

    /// The same with further lists of sentences.
    pub(crate) fn to_json_with(&self, lists: &[(&'static str, Vec<String>)]) -> String {
        let findings = self.not_generated.iter().flat_map(|error| error.findings());
        let report = JsonReport {
            verdict: self.verdict,
            not_generated: findings.map(ToString::to_string).collect(),
            changes: self.changes.iter().map(JsonEntry::of).collect(),
            lists: lists.iter().map(|(name, sentences)| (*name, &sentences[..])).collect(),
        };
        let text = serde_json::to_string_pretty(&report).expect("texts and lists of texts always are JSON");
        text + "\n"
    }

    /// Returns the comparison as Markdown, for a pull request.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("**Contract: {}**\n", self.headline());
        if let Some(unsaid) = self.unsaid() {
            let _ = write!(text, "\n> {}\n", escaped(&unsaid));
        }
        for verdict in [Verdict::Major, Verdict::Minor, Verdict::Patch] {
            let of_it: Vec<&Change> =
                self.changes.iter().filter(|change| change.verdict == verdict).collect();
            if of_it.is_empty() {
                continue;
            }
            let _ = write!(text, "\n### {}\n\n", capital(verdict.word()));
            of_it.into_iter().for_each(|change| markdown_entry(&mut text, change));
        }
        text
    }

    /// Returns a draft of the lines for the changelog; empty if nothing changed for users.
    pub fn to_changelog(&self) -> String {
        let (words, facts): (Vec<&Change>, Vec<&Change>) = self
            .changes
            .iter()
            .partition(|change| matches!(change.id.as_str(), "text-changed" | "evidence-changed"));
        // A new schema alone means nothing to users; the operations that use it are listed.
        let facts: Vec<&Change> = facts.into_iter().filter(|change| change.id != "schema-added").collect();
        let of = |verdict| facts.iter().copied().filter(move |change: &&Change| change.verdict == verdict);
        let mut sections = Vec::new();
        sections.push(("Changed, and breaking", of(Verdict::Major).map(changelog_entry).collect::<Vec<_>>()));
        sections.push(("Added", of(Verdict::Minor).map(changelog_entry).collect()));
        let mut patches: Vec<String> = of(Verdict::Patch).map(changelog_entry).collect();
        if !words.is_empty() {
            patches.push(format!("- Documentation of {} in the contract.", number(words.len(), "place")));
        }
        sections.push(("Changed", patches));
        let mut text = String::new();
        for (title, entries) in sections.into_iter().filter(|(_, entries)| !entries.is_empty()) {
            let space = if text.is_empty() { "" } else { "\n" };
            let _ = write!(text, "{space}### {title}\n\n{}\n", entries.join("\n"));
        }
        text
    }

    /// The verdict, and how many changes have led to it.
    fn headline(&self) -> String {
        if self.verdict == Verdict::None {
            return "none: both contracts mean the same".into();
        }
        let count = |verdict| self.changes.iter().filter(|change| change.verdict == verdict).count();
        let counts =
            [Verdict::Major, Verdict::Minor, Verdict::Patch].map(|verdict| (verdict, count(verdict)));
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(verdict, count)| format!("{count} {}", verdict.word()))
            .collect();
        let kinds = if counts.len() > 1 { format!(" ({})", counts.join(", ")) } else { String::new() };
        format!("{}: {}{kinds}", self.verdict.word(), number(self.changes.len(), "change"))
    }

    /// Why the effect on Rust is unknown, if it is.
    fn unsaid(&self) -> Option<String> {
        let error = self.not_generated.as_ref()?;
        let rest = error.findings().len() - 1;
        let more = if rest > 0 { format!(" (and {rest} more)") } else { String::new() };
        Some(format!(
            "Major, because code cannot be generated from one of the contracts and so the effect on Rust is unknown: \
             {}{more}",
            error.findings()[0]
        ))
    }
}

impl Change {
    /// The direction and the operations, in a sentence; `None` if there is no direction.
    fn travels(&self, at_most: usize) -> Option<String> {
        let way = self.direction.map(|direction| direction.to_string());
        let named = &self.operations[..self.operations.len().min(at_most)];
        let rest = self.operations.len() - named.len();
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        match (way, named.is_empty()) {
            (Some(way), false) => Some(format!("{} by {}{more}", capital(&way), named.join(", "))),
            (Some(way), true) => Some(capital(&way)),
            (None, _) => None,
        }
    }

    /// The effects on Rust items: equal ones once, with the members of an item together.
    fn effects(&self) -> Vec<(Vec<String>, &RustEffect)> {
        let mut groups: Vec<(Parents<'_>, &RustEffect)> = Vec::new();
        for effect in &self.rust {
            let (parent, member) = effect.item.rsplit_once("::").unwrap_or(("", &effect.item));
            let same = |group: &&mut (_, &RustEffect)| {
                (&group.1.what, group.1.breaks) == (&effect.what, effect.breaks)
            };
            let Some((parents, _)) = groups.iter_mut().find(same) else {
                groups.push((vec![(parent, vec![member])], effect));
                continue;
            };
            match parents.iter_mut().find(|(other, _)| *other == parent) {
                Some((_, members)) => members.push(member),
                None => parents.push((parent, vec![member])),
            }
        }
        let joined = |(parent, members): (&str, Vec<&str>)| match members[..] {
            [only] => format!("{parent}::{only}"),
            _ => format!("{parent}::{{{}}}", members.join(", ")),
        };
        groups
            .into_iter()
            .map(|(parents, effect)| (parents.into_iter().map(joined).collect(), effect))
            .collect()
    }

    /// The effect on existing programs, in a sentence.
    fn on_the_wire(&self) -> Option<&'static str> {
        match (self.wire, self.direction) {
            (Wire::Same, _) => None,
            (Wire::Compatible, _) => Some("Existing programs keep working."),
            (Wire::Breaking, Some(crate::Direction::Sent)) => {
                Some("Requests of existing programs may be refused.")
            }
            (Wire::Breaking, Some(crate::Direction::Received)) => {
                Some("Existing programs may fail to read the response.")
            }
            (Wire::Breaking, _) => Some("Existing programs may fail."),
        }
    }
}

/// Items with those of their members that something happens to.
type Parents<'a> = Vec<(&'a str, Vec<&'a str>)>;

fn number(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A sentence, with a capital and a full stop.
fn sentence(text: &str) -> String {
    let text = capital(text);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

const WIDTH: usize = 80;
const INDENT: &str = "       ";

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
        // A change of code alone has said so already.
        if items == [change.place.as_str()] && effect.what.as_ref() == Some(&change.what) {
            continue;
        }
        let head = if effect.breaks { "Rust, breaking" } else { "Rust" };
        let what = effect.what.as_deref().unwrap_or("unchanged");
        line(&format!("{head}: {} — {what}", items.join(", ")));
    }
    line(&format!("[{}] {} {}", change.id, change.file, change.pointer));
}

/// Adds words in lines of at most [`WIDTH`] columns, the first after `head`, the others indented as far. Long JSON pointers are
/// broken at slashes, and Rust paths at colons.
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

/// Splits a word that is too long.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    if word.chars().count() <= width {
        return vec![word.to_owned()];
    }
    for part in word.split_inclusive(['/', ':']) {
        let last = pieces.last_mut().expect("it begins with one");
        if !last.is_empty() && last.chars().count() + part.chars().count() > width {
            pieces.push(part.to_owned());
        } else {
            last.push_str(part);
        }
    }
    pieces
}

fn markdown_entry(text: &mut String, change: &Change) {
    let travels = change.travels(4).map(|travels| format!(" {}", sentence(&travels))).unwrap_or_default();
    let wire = change.on_the_wire().map(|wire| format!(" {wire}")).unwrap_or_default();
    let what = sentence(&change.what);
    let _ = writeln!(
        text,
        "- **{}**: {}{}{wire}",
        escaped(&capital(&change.place)),
        escaped(&what),
        escaped(&travels)
    );
    for (items, effect) in change.effects() {
        let breaks = if effect.breaks { "**breaking:** " } else { "" };
        let what = effect.what.as_deref().unwrap_or("unchanged");
        let _ = writeln!(text, "  - {breaks}`{}` — {}", items.join("`, `"), escaped(what));
    }
    let _ = writeln!(text, "  - `{}` at `{} {}`", change.id, change.file, change.pointer);
}

/// Escapes text of a contract, so that it does not become markup outside of code.
fn escaped(text: &str) -> String {
    let mut in_code = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        in_code ^= c == '`';
        match c {
            '<' | '>' | '*' | '_' | '#' | '[' | ']' | '|' if !in_code => out.extend(['\\', c]),
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonReport<'a> {
    verdict: Verdict,
    /// Why nothing can be generated from one of the contracts; left out if something can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_generated: Vec<String>,
    changes: Vec<JsonEntry<'a>>,
    #[serde(flatten)]
    lists: BTreeMap<&'static str, &'a [String]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonEntry<'a> {
    id: &'a str,
    verdict: Verdict,
    file: &'a str,
    pointer: String,
    place: &'a str,
    direction: Option<String>,
    operations: &'a [String],
    what: &'a str,
    wire: Wire,
    breaks_source: bool,
    rust: &'a [RustEffect],
}

impl<'a> JsonEntry<'a> {
    fn of(change: &'a Change) -> Self {
        let Change { id, file, place, pointer, direction, operations, what, wire, rust, verdict } = change;
        Self {
            id,
            verdict: *verdict,
            file,
            pointer: pointer.to_string(),
            place,
            direction: direction.map(|direction| direction.to_string()),
            operations,
            what,
            wire: *wire,
            breaks_source: change.breaks_source(),
            rust,
        }
    }
}

fn changelog_entry(change: &Change) -> String {
    let mut items: Vec<String> = Vec::new();
    for effect in change.rust.iter().filter(|effect| effect.what.is_some()) {
        let item = format!("`{}`", effect.item);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    let rest = items.len().saturating_sub(3);
    items.truncate(3);
    if rest > 0 {
        items.push(format!("{rest} more"));
    }
    let items = if items.is_empty() { String::new() } else { format!(" ({})", items.join(", ")) };
    format!("- {}: {}{items}.", capital(&change.place), change.what)
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
