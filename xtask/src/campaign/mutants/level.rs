//! The levels at which a test may notice, the nearest first, and which tests are of which level.

use super::modules::Module;

/// How near to the code the tests are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Level {
    /// The tests in the crate's sources.
    Unit,
    /// The tests of the crate's public interface.
    Crate,
    /// The tests that need several crates.
    Across,
    /// What the command line prints, most of it as snapshots.
    CommandLine,
}

impl Level {
    pub(super) const ALL: [Self; 4] = [Self::Unit, Self::Crate, Self::Across, Self::CommandLine];

    /// The name in the results.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Crate => "crate",
            Self::Across => "across",
            Self::CommandLine => "command line",
        }
    }

    /// How long a run of the tests may take before it counts as hanging, in seconds. On an idle machine the slowest takes an
    /// eighth of it.
    pub(super) fn timeout(self) -> &'static str {
        match self {
            Self::Unit => "120",
            Self::Crate | Self::Across | Self::CommandLine => "240",
        }
    }
}

/// Tests that one command of cargo builds and runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Suite {
    /// The package whose tests they are; without one, the whole workspace is searched for the targets.
    pub(super) package: Option<String>,
    pub(super) targets: Vec<&'static str>,
    /// Parts of the names of tests: only those that have one of them, if there are any.
    pub(super) only: Vec<&'static str>,
    /// Parts of the names of tests that are left out.
    pub(super) skipped: Vec<&'static str>,
}

/// What is left out at the last levels: tests that build programs, measure memory, or read the sources. A mutant that only they
/// would notice counts as not noticed.
const SKIPPED: &[&str] = &[
    "examples::",
    "new_contract::",
    "regenerating::",
    "memory::",
    "hostile_images::",
    "tidy::",
    "layers::",
    "ten_thousand",
];

/// Nine tenths of the time of `tests/behaviour`: these tests see only what the others have not noticed.
const SLOW: &[&str] = &[
    "fuzz::",
    "a_required_client_certificate",
    "a_revoked_password_is_tried_once",
    "a_server_never_receives_a_complete_body",
    "a_thousand_concurrent_calls",
    "abandoned_calls_leave_nothing",
    "bodies_match_a_plain_encoder",
    "concurrent_calls_do_not_mix",
    "cut_at_any_byte",
    "dropped_calls_do_not_cancel",
    "duplicate_members_are_rejected",
    "missing_members_never_become_numbers",
    "no_output_contains_a_needle",
    "no_token_expires_during_a_day",
    "the_retry_budget_bounds_retries",
    "unknown_members_are_reported_up_to_a_limit",
    "unknown_texts_are_kept",
];

/// The tests of images decode thousands of pictures, and touch no other module.
const IMAGE: &str = "image::";

impl Suite {
    /// Returns the tests of this level that could notice a mutant of the module, the quick ones first; none if they do not use
    /// its crate.
    pub(super) fn of(module: &Module, level: Level) -> Vec<Self> {
        let package = module.package();
        let is_image = module.file.contains("/src/image");
        let own = |target, skipped| {
            vec![Suite {
                package: Some(package.to_owned()),
                targets: vec![target],
                only: Vec::new(),
                skipped,
            }]
        };
        match (level, package) {
            (Level::Unit, "legit-health") if !is_image => own("--lib", vec![IMAGE]),
            (Level::Unit, _) => own("--lib", Vec::new()),
            (Level::Crate, "legit-health") if is_image => own("--test=image", Vec::new()),
            (Level::Crate, "legit-health") => own("--test=calls", Vec::new()),
            (Level::Crate, "legit-health-codegen") => own("--test=contract", Vec::new()),
            (Level::Crate, _) => own("--tests", Vec::new()),
            (_, "legit-health-codegen") => Vec::new(),
            (Level::Across, "legit-health") => across(&[]),
            (Level::Across, "legit-health-api") => across(&["--test=calls"]),
            // The slow ones are of the client.
            (Level::Across, _) => across(&["--test=router", "--test=vectors"]).into_iter().take(1).collect(),
            (Level::CommandLine, _) => vec![Suite {
                package: None,
                targets: vec!["--test=cli"],
                only: Vec::new(),
                skipped: Vec::new(),
            }],
        }
    }
}

/// The tests of the workspace, and those of crates that use the module's.
fn across(others: &[&'static str]) -> Vec<Suite> {
    let behaviour = "--test=behaviour";
    let quick = Suite {
        package: None,
        targets: [others, &["--test=conformance", behaviour]].concat(),
        only: Vec::new(),
        skipped: [SKIPPED, SLOW].concat(),
    };
    let slow = Suite { package: None, targets: vec![behaviour], only: SLOW.into(), skipped: SKIPPED.into() };
    vec![quick, slow]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suites(file: &str, level: Level) -> Vec<Suite> {
        Suite::of(&Module { file: file.into(), because: String::new(), may_live: Vec::new() }, level)
    }

    #[test]
    fn the_tests_of_images_run_for_images_alone() {
        let triage = &suites("crates/legit-health/src/triage.rs", Level::Unit)[0];
        assert_eq!((triage.package.as_deref(), &*triage.skipped), (Some("legit-health"), &[IMAGE][..]));
        assert!(suites("crates/legit-health/src/image/png.rs", Level::Unit)[0].skipped.is_empty());
        assert_eq!(suites("crates/legit-health/src/image.rs", Level::Crate)[0].targets, ["--test=image"]);
    }

    #[test]
    fn only_tests_that_use_a_crate_can_notice_its_mutants() {
        assert!(suites("crates/legit-health-codegen/src/diff.rs", Level::Across).is_empty());
        assert!(suites("crates/legit-health-scoring/src/item.rs", Level::Across)[0].package.is_none());
    }

    #[test]
    fn what_the_quick_tests_leave_out_is_in_the_slow_ones() {
        let [quick, slow] = &across(&[])[..] else { panic!("two of them") };
        let left_out: Vec<_> = quick.skipped.iter().filter(|name| !slow.skipped.contains(name)).collect();
        assert_eq!(left_out, slow.only.iter().collect::<Vec<_>>());
    }
}
