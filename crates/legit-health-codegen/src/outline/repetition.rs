//! Says once what most types of a file have in common, and of each type only what differs.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::Entry;

/// Fewer types than this are described one by one.
const FEW: usize = 6;

/// What more than two thirds of the types have: one more type must not turn the list over. Empty for few types.
pub(super) struct Repetition(BTreeSet<String>);

impl Repetition {
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let types: Vec<&Entry> = entries.filter(|entry| is_type(entry)).collect();
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        for feature in types.iter().flat_map(|entry| &entry.features) {
            *counts.entry(feature).or_default() += 1;
        }
        let common =
            counts.into_iter().filter(|(_, count)| types.len() >= FEW && *count * 3 > types.len() * 2);
        Self(common.map(|(feature, _)| feature.clone()).collect())
    }

    pub(super) fn heading(&self) -> Option<String> {
        let list = self.0.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        (!list.is_empty()).then(|| format!("types, unless said otherwise: {list}"))
    }

    pub(super) fn lines(&self, entry: &Entry) -> Vec<String> {
        let is_item = |feature: &&String| {
            ["fn ", "const ", "async ", "unsafe "].iter().any(|word| feature.starts_with(word))
        };
        let own = || entry.features.difference(&self.0);
        let sign = if self.0.is_empty() { "" } else { "+ " };
        let mut notes: Vec<String> =
            own().filter(|own| !is_item(own)).map(|own| format!("{sign}{own}")).collect();
        if is_type(entry) {
            notes.extend(self.0.difference(&entry.features).map(|missing| format!("- {missing}")));
        }
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        let mut lines = vec![format!("{}{notes}", entry.head)];
        lines.extend(entry.members.iter().chain(own().filter(is_item)).map(|member| format!("  {member}")));
        lines
    }
}

fn is_type(entry: &Entry) -> bool {
    entry.head.starts_with("struct ") || entry.head.starts_with("enum ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_most_types_have_is_said_once() {
        let plain = |name: &str| format!("#[derive(Clone, PartialEq)] pub struct {name};");
        let source: String = ["A", "B", "C", "D", "E"].map(plain).concat()
            + "#[derive(Clone, Copy)] pub struct Odd; impl Odd { pub fn own(&self) {} }";
        let text = crate::outline("x.rs", &source).unwrap();
        assert_eq!(
            text,
            "types, unless said otherwise: Clone, PartialEq\nstruct A\nstruct B\nstruct C\nstruct D\nstruct E\n\
             struct Odd (+ Copy, - PartialEq)\n  fn own(&self)\n"
        );
    }
}
