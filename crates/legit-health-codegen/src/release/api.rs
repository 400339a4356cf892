//! Two texts of a public API, as [`public_api`](crate::public_api()) writes them, and what users notice between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::RustEffect;

/// An item of the text: its first line without marks, and what stands beneath.
#[derive(Default)]
struct Item<'a> {
    open: bool,
    private: bool,
    traits: BTreeSet<&'a str>,
    members: BTreeSet<&'a str>,
}

/// What users of a crate notice between two texts of its public API.
pub fn api_changes(old: &str, new: &str) -> Vec<RustEffect> {
    let (old, new) = (items(old), items(new));
    let mut effects = Vec::new();
    let mut note = |item: &str, what: String, breaks| {
        effects.push(RustEffect { item: item.to_owned(), what: Some(what), breaks });
    };
    for (head, was) in &old {
        let Some(is) = new.get(head) else {
            note(head, "removed".into(), true);
            continue;
        };
        if !was.open && is.open {
            note(head, "is `#[non_exhaustive]` now".into(), true);
        }
        if !was.private && is.private {
            note(head, "has private fields now".into(), true);
        }
        for name in was.traits.difference(&is.traits) {
            note(head, format!("no longer has the trait `{name}`"), true);
        }
        for name in is.traits.difference(&was.traits) {
            note(head, format!("has the trait `{name}` now"), false);
        }
        for member in was.members.difference(&is.members) {
            note(head, format!("`{member}` removed"), true);
        }
        // What implements a trait has to follow it; what builds or matches a type without room has to name all.
        let closed = head.starts_with("trait ") || !(was.open || was.private);
        for member in is.members.difference(&was.members) {
            note(
                head,
                format!("`{member}` added"),
                closed && (head.starts_with("trait ") || !is_function(member)),
            );
        }
    }
    for head in new.keys().filter(|head| !old.contains_key(*head)) {
        note(head, "added".into(), false);
    }
    effects
}

fn is_function(member: &str) -> bool {
    ["fn ", "async fn ", "const ", "unsafe fn "].iter().any(|start| member.starts_with(start))
}

fn items(text: &str) -> BTreeMap<String, Item<'_>> {
    let mut items: BTreeMap<String, Item<'_>> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let words = line.trim();
        if !line.starts_with(' ') {
            last = words.replace(" non_exhaustive", "");
            let item = Item { open: words.ends_with("non_exhaustive"), ..Item::default() };
            items.insert(last.clone(), item);
            continue;
        }
        let Some(item) = items.get_mut(&last) else { continue };
        match words.strip_prefix("impl ") {
            Some(traits) => item.traits.extend(traits.split(" + ")),
            None if words == ".." => item.private = true,
            None => {
                item.members.insert(words);
            }
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "\
enum Kind non_exhaustive
    impl Clone + Copy
    Config
struct Client
    impl Clone + Debug
    ..
    fn login(&self) -> Result<(), Error>
struct Condition
    impl Clone
    text: String
trait Wire
    fn send(&self)
use legit_health_api::codes::BodySite as BodySite
";

    fn breaks(passage: &str, replacement: &str) -> Vec<bool> {
        assert_eq!(API.matches(passage).count(), 1, "{passage}");
        api_changes(API, &API.replace(passage, replacement)).iter().map(|effect| effect.breaks).collect()
    }

    #[test]
    fn what_can_be_named_must_stay_and_what_has_room_may_grow() {
        assert_eq!(api_changes(API, API), []);
        for (passage, replacement) in [
            ("    Config\n", "    Config\n    Other\n"),
            ("    fn login", "    fn builder() -> Builder\n    fn login"),
            ("impl Clone + Copy", "impl Clone + Copy + Debug"),
            ("trait Wire\n", "struct More\ntrait Wire\n"),
            ("    text: String\n", "    text: String\n    fn new() -> Self\n"),
        ] {
            assert_eq!(breaks(passage, replacement), [false], "{replacement}");
        }
        for (passage, replacement) in [
            ("    Config\n", ""),
            ("impl Clone + Copy", "impl Clone"),
            ("    text: String\n", "    text: String\n    code: String\n"),
            ("    text: String\n", "    text: String\n    ..\n"),
            ("    fn send(&self)\n", "    fn send(&self)\n    fn close(&self)\n"),
            ("struct Condition", "struct Condition non_exhaustive"),
            ("use legit_health_api::codes::BodySite as BodySite\n", ""),
        ] {
            assert_eq!(breaks(passage, replacement), [true], "{replacement}");
        }
        let mut both =
            breaks("fn login(&self) -> Result<(), Error>", "async fn login(&self) -> Result<(), Error>");
        both.sort_unstable();
        assert_eq!(both, [false, true]);
    }
}
