//! The kinds of changes: which of oasdiff's checks are made here, which are not and why, and which are ours.

use std::collections::HashSet;
use std::sync::OnceLock;

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

/// Every kind of change: the checks of oasdiff, all of them, and ours.
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
