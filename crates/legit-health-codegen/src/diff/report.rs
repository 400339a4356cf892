//! A difference as text: for a terminal, for machines, for a pull request, for the changelog.

mod changelog;
mod json;
mod markdown;
mod terminal;

use super::{Change, Diff, RustEffect, Verdict, Wire};

impl Diff {
    /// For a terminal of 80 columns.
    pub fn to_terminal(&self) -> String {
        terminal::render(self)
    }

    /// One JSON document; `verdict` says how much a release has to move.
    pub fn to_json(&self) -> String {
        json::render(self)
    }

    /// Markdown, for a pull request.
    pub fn to_markdown(&self) -> String {
        markdown::render(self)
    }

    /// A draft of what the changelog says about it; empty if there is nothing to say.
    pub fn to_changelog(&self) -> String {
        changelog::render(self)
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

    /// Why nothing could be said about Rust, if so.
    fn unsaid(&self) -> Option<String> {
        let error = self.not_generated.as_ref()?;
        let rest = error.findings().len() - 1;
        let more = if rest > 0 { format!(" (and {rest} more)") } else { String::new() };
        Some(format!(
            "Major because nothing can be generated from one of the contracts, so what this does to Rust is not known: \
             {}{more}",
            error.findings()[0]
        ))
    }
}

impl Change {
    /// Who it concerns, in a sentence; nothing if it concerns no operation.
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

    /// What happens to Rust items, and to which: the same said once, members of an item together.
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

    /// What it means to programs that were built before.
    fn on_the_wire(&self) -> Option<&'static str> {
        match (self.wire, self.direction) {
            (Wire::Same, _) => None,
            (Wire::Compatible, _) => Some("Programs built before go on working."),
            (Wire::Breaking, Some(crate::Direction::Sent)) => {
                Some("Requests of programs built before may be refused.")
            }
            (Wire::Breaking, Some(crate::Direction::Received)) => {
                Some("Programs built before may not read the answer.")
            }
            (Wire::Breaking, _) => Some("Programs built before may fail."),
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
