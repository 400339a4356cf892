//! For the changelog: what its readers notice, in the sections they know.

use std::fmt::Write as _;

use super::{capital, number};
use crate::diff::{Change, Diff, Verdict};

pub(super) fn render(diff: &Diff) -> String {
    let (words, facts): (Vec<&Change>, Vec<&Change>) = diff
        .changes
        .iter()
        .partition(|change| matches!(change.id.as_str(), "text-changed" | "evidence-changed"));
    // A schema alone is nothing to anybody; what uses it is named.
    let facts: Vec<&Change> = facts.into_iter().filter(|change| change.id != "schema-added").collect();
    let of = |verdict| facts.iter().copied().filter(move |change: &&Change| change.verdict == verdict);
    let mut sections = Vec::new();
    sections.push(("Changed, and breaking", of(Verdict::Major).map(entry).collect::<Vec<_>>()));
    sections.push(("Added", of(Verdict::Minor).map(entry).collect()));
    let mut patches: Vec<String> = of(Verdict::Patch).map(entry).collect();
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

fn entry(change: &Change) -> String {
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
