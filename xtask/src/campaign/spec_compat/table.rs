//! The figures of the rehearsals as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use legit_health_codegen::Verdict;

/// What came of one rehearsal.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) expected: Verdict,
    pub(super) found: Verdict,
    pub(super) breaks_source: bool,
    /// The tests that are bound to fail, if any are.
    pub(super) refused: Option<Refused>,
    pub(super) outcome: Outcome,
    pub(super) seconds: f64,
}

/// Tests that fail because they are right.
pub(super) struct Refused {
    /// As cargo names them, such as `-p legit-health --test severity`.
    pub(super) tests: Vec<String>,
    pub(super) because: String,
}

/// How far our own code comes with what is generated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// With the first place.
    DoesNotCompile(String),
    /// Its tests were not run.
    Compiles,
    /// So do its tests.
    Passes,
    /// It compiles, and these tests fail.
    Fails(Vec<String>),
}

impl Row {
    /// The verdict is the expected one, and what is called compatible compiles and passes all tests but those that are bound
    /// to fail; where our own code does not compile, the verdict has said that source breaks.
    pub(super) fn is_as_expected(&self) -> bool {
        let as_expected = match (&self.outcome, &self.refused) {
            (Outcome::DoesNotCompile(_), _) => self.found == Verdict::Major && self.breaks_source,
            (Outcome::Compiles | Outcome::Passes, refused) => refused.is_none(),
            (Outcome::Fails(tests), refused) => {
                refused.as_ref().is_some_and(|refused| refused.tests == *tests)
            }
        };
        self.found == self.expected && as_expected
    }

    fn compiles(&self) -> bool {
        !matches!(self.outcome, Outcome::DoesNotCompile(_))
    }

    pub(super) fn line(&self) -> String {
        let mark = if self.is_as_expected() { "ok" } else { "NOT AS EXPECTED" };
        let outcome = match &self.outcome {
            Outcome::DoesNotCompile(place) => place.clone(),
            Outcome::Compiles | Outcome::Passes => "compiles".into(),
            Outcome::Fails(tests) => format!("fails: {}", tests.join(", ")),
        };
        format!("{mark}: {} is {}; {outcome}", self.name, self.found.word())
    }

    fn cell(&self) -> String {
        match &self.outcome {
            Outcome::DoesNotCompile(place) => format!("`{}]`", shortened(place)),
            Outcome::Compiles => "compiles".into(),
            Outcome::Passes => "compiles, passes".into(),
            Outcome::Fails(tests) => {
                let why =
                    self.refused.as_ref().map_or(String::new(), |refused| format!(": {}", refused.because));
                format!("compiles, fails `{}`{why}", tests.join("`, `"))
            }
        }
    }
}

pub(super) fn render(rows: &[Row], took: Duration) -> String {
    let good = rows.iter().filter(|row| row.is_as_expected()).count();
    let compiled = rows.iter().filter(|row| row.compiles()).count();
    let compatible = || rows.iter().filter(|row| row.found < Verdict::Major);
    let passing = compatible().filter(|row| row.outcome == Outcome::Passes).count();
    let (kept, compatible) = (compatible().filter(|row| row.compiles()).count(), compatible().count());
    let mut text = format!(
        "# Rehearsals

Written by `cargo xtask campaign spec-compat`. Each is a change of the contract, from
`crates/legit-health-codegen/tests/spec_compat.yaml`; `legit-health` and `legit-health-cli`, with their examples, are then
compiled without an edit against what is generated from it, and where the change is compatible the tests of `legit-health`
are run. The verdict is that of `cargo xtask spec diff`; its explanations are among the snapshots of
`legit-health-codegen`. A compatible change may still make a test fail that is right to fail: which, and why, is written
beside the change beforehand, and is as expected only if those tests fail and no other.

- {good} of {} went as expected, in {} s.
- {kept} of {compatible} compatible changes compile, and {passing} pass all tests; {compiled} of all compile.
- A major change that compiles breaks programs of others: by what the server takes, or in generated items that our own
  code does not name in a way that breaks.

| rehearsal | verdict | our code | s |
|---|---|---|---|
",
        rows.len(),
        took.as_secs(),
    );
    for row in rows {
        let (name, verdict) = (row.name.replace('_', " "), row.found.word());
        let mark = if row.is_as_expected() { "" } else { "**not as expected**: " };
        let _ = writeln!(text, "| {name} | {verdict} | {mark}{} | {:.1} |", row.cell(), row.seconds);
    }
    text
}

/// The place and the number of an error; what it says is for those who are there.
fn shortened(place: &str) -> &str {
    place.split_once("]: ").map_or(place, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Major, Minor};

    fn row(expected: Verdict, found: Verdict, breaks_source: bool, outcome: Outcome) -> Row {
        Row { name: "a_b".into(), expected, found, breaks_source, refused: None, outcome, seconds: 1.0 }
    }

    fn broken() -> Outcome {
        Outcome::DoesNotCompile("x".into())
    }

    fn failing(tests: &[&str]) -> Outcome {
        Outcome::Fails(tests.iter().map(|test| (*test).to_owned()).collect())
    }

    #[test]
    fn what_is_compatible_has_to_compile() {
        assert!(row(Minor, Minor, false, Outcome::Passes).is_as_expected());
        assert!(!row(Minor, Minor, false, broken()).is_as_expected());
        assert!(!row(Minor, Major, true, Outcome::Compiles).is_as_expected());
        assert!(row(Major, Major, true, broken()).is_as_expected());
        assert!(!row(Major, Major, false, broken()).is_as_expected());
        assert!(row(Major, Major, false, Outcome::Compiles).is_as_expected());
        let text = render(&[row(Minor, Minor, false, Outcome::Passes)], Duration::from_secs(7));
        assert!(
            text.contains("1 of 1 went as expected, in 7 s")
                && text.contains("| a b | minor | compiles, passes | 1.0 |")
        );
    }

    #[test]
    fn tests_that_are_bound_to_fail_do_and_no_other() {
        let refused = |outcome| Row {
            refused: Some(Refused { tests: vec!["--test one".into()], because: "it is right".into() }),
            ..row(Minor, Minor, false, outcome)
        };
        assert!(refused(failing(&["--test one"])).is_as_expected());
        for outcome in
            [failing(&["--test two"]), failing(&["--test one", "--test two"]), Outcome::Passes, broken()]
        {
            assert!(!refused(outcome).is_as_expected());
        }
        assert!(!row(Minor, Minor, false, failing(&["--test one"])).is_as_expected());
        let text = render(&[refused(failing(&["--test one"]))], Duration::ZERO);
        assert!(text.contains("| a b | minor | compiles, fails `--test one`: it is right | 1.0 |"), "{text}");
        assert!(text.contains("- 1 of 1 compatible changes compile, and 0 pass all tests"), "{text}");
    }
}
