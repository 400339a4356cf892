//! A change between two contracts, its meaning, and the kinds of changes.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde::Serialize;

use crate::spec::{Direction, Pointer};

/// How much a release has to move. Ordered: the verdict on many changes is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Both contracts mean the same.
    None,
    /// No Rust item changes: documentation, or the server accepts more.
    Patch,
    /// Rust items are added; existing code compiles.
    Minor,
    /// Existing code may not compile, or an existing program may fail.
    Major,
}

impl Verdict {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// The verdict with this word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::None, Self::Patch, Self::Minor, Self::Major].into_iter().find(|verdict| verdict.word() == word)
    }
}

/// The effect of a change on existing programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Wire {
    /// The same bytes mean the same.
    Same,
    /// Requests are still accepted and responses still read.
    Compatible,
    /// A request may be refused, or a response not be readable.
    Breaking,
}

/// The effect of a change on a Rust item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RustEffect {
    /// The full path of the item and its member.
    pub item: String,
    /// What happened to it; `None` if it is only the item at the place of the change.
    pub what: Option<String>,
    /// Whether code that uses it may no longer compile.
    pub breaks: bool,
}

/// One change, in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change: the id of oasdiff's check where it has one; see [`checks`](crate::checks()).
    pub id: String,
    /// The document, as the reader knows it.
    pub file: String,
    /// The place in words.
    pub place: String,
    /// The place as a JSON pointer, into the old document for what was removed and into the new one for all else.
    pub pointer: Pointer,
    /// Whether it is sent or received; `None` if neither.
    pub direction: Option<Direction>,
    /// The operations it concerns; none for what concerns all, or none.
    pub operations: Vec<String>,
    /// What happened, in a sentence.
    pub what: String,
    /// What it means to existing programs.
    pub wire: Wire,
    /// What it does to Rust items.
    pub rust: Vec<RustEffect>,
    /// How much a release has to move for it.
    pub verdict: Verdict,
}

impl Change {
    /// Whether code that compiled may no longer do so.
    pub fn breaks_source(&self) -> bool {
        self.rust.iter().any(|effect| effect.breaks)
    }
}

/// One kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// A check of oasdiff, made here under its id.
    Covered(&'static str),
    /// A check that oasdiff does not have, and what it is about.
    Ours(&'static str, &'static str),
    /// A check of oasdiff that has nothing to find in a contract like this one, and the reason.
    LeftOut(&'static str, &'static str),
}

impl Check {
    /// The id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Covered(id) | Self::Ours(id, _) | Self::LeftOut(id, _) => id,
        }
    }
}

/// Every kind of change: the checks of oasdiff, all of them, and ours. Those of oasdiff are the 509 of its source of
/// 2026-08-08 (commit 4553c69, two days after release 1.28.0).
pub fn checks() -> Vec<Check> {
    let mut found = Vec::new();
    let mut heading = "";
    let mut heads = true;
    for line in include_str!("checks.txt").lines() {
        if line.is_empty() {
            heads = true;
        } else if heads {
            (heading, heads) = (line, false);
        } else if heading == "covered" {
            found.push(Check::Covered(line));
        } else if let Some(reason) = heading.strip_prefix("left out: ") {
            found.push(Check::LeftOut(line, reason));
        } else if let Some((id, meaning)) = line.split_once(": ") {
            found.push(Check::Ours(id, meaning));
        }
    }
    found
}

/// Whether changes are reported under this id.
pub(super) fn is_reported(id: &str) -> bool {
    static IDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let ids =
        || checks().into_iter().filter(|check| !matches!(check, Check::LeftOut(..))).map(Check::id).collect();
    IDS.get_or_init(ids).contains(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_of_oasdiff_is_made_or_left_out_for_a_reason() {
        let checks = checks();
        let ids: HashSet<&str> = checks.iter().map(|check| check.id()).collect();
        assert_eq!(ids.len(), checks.len(), "one stands there twice");
        let theirs = checks.iter().filter(|check| !matches!(check, Check::Ours(..))).count();
        assert_eq!(theirs, 509, "oasdiff has as many");
        assert!(
            is_reported("endpoint-added") && is_reported("text-changed") && !is_reported("webhook-added")
        );
    }
}
