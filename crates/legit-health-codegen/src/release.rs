//! Checks whether a version number is high enough for what changed since the last release.
//!
//! Two things are compared with the last release: the contract ([`diff`](crate::diff())), and the public API of the crates
//! that users name ([`RELEASED_CRATES`], [`api_changes`]).

use std::fmt;
use std::path::Path;

use semver::Version;

use crate::diff::{RustEffect, Verdict};
use crate::error::Result;
use crate::public_api::changes::{Surface, compare};
use crate::public_api::public_api;

/// A crate whose public API decides about the version number.
#[derive(Debug, Clone, Copy)]
pub struct ReleasedCrate {
    /// Its name.
    pub name: &'static str,
    /// Its root file, below the root of the workspace.
    pub lib: &'static str,
    /// The snapshot of its public API, below the root of the workspace. It is committed, so that every revision has one.
    pub snapshot: &'static str,
    /// The root files of the crates whose re-exports are part of it.
    pub dependencies: &'static [&'static str],
}

/// The crates whose public API decides about the version number.
pub const RELEASED_CRATES: [ReleasedCrate; 2] = [
    ReleasedCrate {
        name: "legit-health-api",
        lib: API,
        snapshot: "crates/legit-health-codegen/tests/snapshots/public_api__legit_health_api.snap",
        dependencies: &[],
    },
    ReleasedCrate {
        name: "legit-health",
        lib: "crates/legit-health/src/lib.rs",
        snapshot: "crates/legit-health-codegen/tests/snapshots/public_api__legit_health.snap",
        dependencies: &[API],
    },
];

const API: &str = "crates/legit-health-api/src/lib.rs";

impl ReleasedCrate {
    /// Returns its public API as text, read from the workspace at `root`.
    ///
    /// # Errors
    /// As [`public_api`].
    pub fn public_api(&self, root: &Path) -> Result<String> {
        let dependencies: Vec<_> = self.dependencies.iter().map(|lib| root.join(lib)).collect();
        let dependencies: Vec<_> = dependencies.iter().map(|lib| lib.as_path()).collect();
        public_api(&root.join(self.lib), &dependencies)
    }
}

/// Returns what users of a crate notice between two texts of its public API, as [`public_api`] writes them.
pub fn api_changes(old: &str, new: &str) -> Vec<RustEffect> {
    let effects = compare(&Surface::of_text(old), &Surface::of_text(new)).into_iter();
    effects
        .map(|effect| RustEffect {
            item: effect.member.map_or(effect.item.clone(), |member| format!("{}::{member}", effect.item)),
            what: Some(effect.what),
            breaks: effect.breaks,
        })
        .collect()
}

/// Returns how much a release has to move for these effects.
pub fn verdict_on(effects: &[RustEffect]) -> Verdict {
    match effects {
        [] => Verdict::None,
        effects if effects.iter().any(|effect| effect.breaks) => Verdict::Major,
        _ => Verdict::Minor,
    }
}

/// A version that is too low for the changes. Displays as one sentence with the lowest that is high enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooSmall {
    released: String,
    next: String,
    verdict: Verdict,
    least: String,
}

/// Checks whether what changed since `released` may be released as `next`.
///
/// Before 1.0 the leftmost number that is not zero is the one that breaking changes move: 0.1.9 to 0.2.0, 0.0.3 to 0.0.4.
///
/// # Errors
/// Fails if the version is too low; the error names the lowest that is high enough.
pub fn may_release(released: &Version, next: &Version, verdict: Verdict) -> Result<(), TooSmall> {
    let least = least(released, verdict);
    // A pre-release comes before its release, and what it may contain is the same.
    let reached = (next.major, next.minor, next.patch) >= (least.major, least.minor, least.patch);
    let is_new = verdict == Verdict::None || next > released;
    if reached && is_new {
        return Ok(());
    }
    Err(TooSmall {
        released: released.to_string(),
        next: next.to_string(),
        verdict,
        least: least.to_string(),
    })
}

/// Returns the lowest version that is high enough for the verdict.
pub fn least(released: &Version, verdict: Verdict) -> Version {
    let &Version { major, minor, patch, .. } = released;
    // The release after its own pre-release may hold any change.
    if !released.pre.is_empty() {
        return Version::new(major, minor, patch);
    }
    match (verdict, major, minor) {
        (Verdict::None, ..) => released.clone(),
        (Verdict::Major, 0, 0) | (Verdict::Minor | Verdict::Patch, 0, _) | (Verdict::Patch, ..) => {
            Version::new(major, minor, patch + 1)
        }
        (Verdict::Major, 0, _) | (Verdict::Minor, ..) => Version::new(major, minor + 1, 0),
        (Verdict::Major, ..) => Version::new(major + 1, 0, 0),
    }
}

impl fmt::Display for TooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { released, next, verdict, least } = self;
        let changes = match verdict {
            Verdict::None => {
                return write!(f, "version {next} is lower than {released}; use at least {least}");
            }
            Verdict::Patch => "changes",
            Verdict::Minor => "additions",
            Verdict::Major => "breaking changes",
        };
        write!(f, "version {next} is too low: there are {changes} since {released}; use at least {least}")
    }
}

impl std::error::Error for TooSmall {}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn the_smallest_step_follows_the_rules_of_cargo() {
        for (released, none, patch, minor, major) in [
            ("1.2.3", "1.2.3", "1.2.4", "1.3.0", "2.0.0"),
            ("0.1.2", "0.1.2", "0.1.3", "0.1.3", "0.2.0"),
            ("0.0.3", "0.0.3", "0.0.4", "0.0.4", "0.0.4"),
        ] {
            let least = |verdict| least(&version(released), verdict).to_string();
            let all = [Verdict::None, Verdict::Patch, Verdict::Minor, Verdict::Major].map(least);
            assert_eq!(all, [none, patch, minor, major], "{released}");
        }
    }

    #[test]
    fn a_breaking_change_is_never_released_under_a_minor_number() {
        let may = |released, next, verdict| may_release(&version(released), &version(next), verdict).is_ok();
        for (released, next) in [
            ("0.1.0", "0.1.1"),
            ("1.0.0", "1.1.0"),
            ("1.9.9", "1.9.10"),
            ("0.1.0", "0.1.0"),
            ("0.2.0", "0.1.9"),
        ] {
            assert!(!may(released, next, Verdict::Major), "{released} {next}");
        }
        for (released, next) in [
            ("0.1.0", "0.2.0"),
            ("0.1.0", "1.0.0"),
            ("1.4.0", "2.0.0"),
            ("0.0.1", "0.0.2"),
            ("0.1.0", "0.2.0-alpha.1"),
        ] {
            assert!(may(released, next, Verdict::Major), "{released} {next}");
        }
        assert!(may("0.1.0", "0.1.1", Verdict::Minor) && !may("0.1.0", "0.1.0", Verdict::Minor));
        assert!(may("1.0.0", "1.0.0", Verdict::None) && !may("1.0.0", "1.0.0", Verdict::Patch));
        assert!(!may("1.0.0", "1.0.1", Verdict::Minor) && may("1.0.0", "1.1.0", Verdict::Minor));
        assert!(
            may("0.2.0-alpha.1", "0.2.0-alpha.2", Verdict::Major)
                && may("0.2.0-alpha.1", "0.2.0", Verdict::Major)
        );
    }

    #[test]
    fn the_error_names_the_lowest_version_that_is_high_enough() {
        let said = may_release(&version("0.1.0"), &version("0.1.1"), Verdict::Major).unwrap_err().to_string();
        assert_eq!(
            said,
            "version 0.1.1 is too low: there are breaking changes since 0.1.0; use at least 0.2.0"
        );
    }
}
