//! The results of the campaign `spec-compat` as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use legit_health_codegen::Verdict;

/// The result of one change.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) expected: Verdict,
    pub(super) found: Verdict,
    pub(super) breaks_source: bool,
    pub(super) expected_failure: Option<ExpectedFailure>,
    pub(super) trial: Trial,
    pub(super) seconds: f64,
}

/// Tests that must fail after the change, because they check what it changes.
pub(super) struct ExpectedFailure {
    /// As cargo names them, such as `-p legit-health --test calls`.
    pub(super) tests: Vec<String>,
    pub(super) because: String,
}

/// What our own code does with what is generated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// The first error.
    DoesNotCompile(String),
    /// It compiles; its tests were not run.
    Compiles,
    /// It compiles and passes its tests.
    Passes,
    /// It compiles, and these tests fail.
    Fails(Vec<String>),
}

impl Row {
    /// True if the verdict is the expected one, and our own code agrees with it: a compatible change compiles and passes all
    /// tests but the expected failures; a change that does not compile was reported as breaking source.
    pub(super) fn is_as_expected(&self) -> bool {
        let agrees = match (&self.trial, &self.expected_failure) {
            (Trial::DoesNotCompile(_), _) => self.found == Verdict::Major && self.breaks_source,
            (Trial::Compiles | Trial::Passes, failure) => failure.is_none(),
            (Trial::Fails(tests), failure) => failure.as_ref().is_some_and(|failure| failure.tests == *tests),
        };
        self.found == self.expected && agrees
    }

    fn compiles(&self) -> bool {
        !matches!(self.trial, Trial::DoesNotCompile(_))
    }

    pub(super) fn line(&self) -> String {
        let mark = if self.is_as_expected() { "ok" } else { "NOT AS EXPECTED" };
        let found = match &self.trial {
            Trial::DoesNotCompile(error) => error.clone(),
            Trial::Compiles | Trial::Passes => "compiles".into(),
            Trial::Fails(tests) => format!("fails: {}", tests.join(", ")),
        };
        format!("{mark}: {} is {}; {found}", self.name, self.found.word())
    }

    fn cell(&self) -> String {
        match &self.trial {
            Trial::DoesNotCompile(error) => format!("does not compile: `{}`", file_of(error)),
            Trial::Compiles => "compiles".into(),
            Trial::Passes => "compiles, passes".into(),
            Trial::Fails(tests) => {
                let because = self.expected_failure.as_ref().map(|failure| format!(": {}", failure.because));
                format!("compiles, fails `{}`{}", tests.join("`, `"), because.unwrap_or_default())
            }
        }
    }
}

pub(super) fn render(rows: &[Row], vendor_rows: &[Row], took: Duration) -> String {
    let all = || rows.iter().chain(vendor_rows);
    let good = all().filter(|row| row.is_as_expected()).count();
    let compiled = all().filter(|row| row.compiles()).count();
    let compatible = || all().filter(|row| row.found < Verdict::Major);
    let passing = compatible().filter(|row| row.trial == Trial::Passes).count();
    let (kept, compatible) = (compatible().filter(|row| row.compiles()).count(), compatible().count());
    let mut text = format!(
        "# What a change of the contract does to our own code

**{good} of {} changes went as expected**, in {} s.

- {kept} of {compatible} compatible changes compile, and {passing} of them pass all tests.
- {compiled} of all changes compile. A major change that compiles breaks programs of others: by what the server accepts, or
  in generated items that our own code does not use in a way that breaks.

Written by `cargo xtask campaign spec-compat`. It applies each change of
`crates/legit-health-codegen/tests/spec_compat.yaml` to the contract, generates from it, and compiles `legit-health` and
`legit-health-cli`, with their examples and without an edit. If the change is compatible, it runs the tests of
`legit-health`. The verdict is that of `cargo xtask spec diff`, whose explanations are among the snapshots of
`legit-health-codegen`. A compatible change may make a test fail that checks what it changes: the list names the test and the
reason in advance, and only those tests may fail.

*Our code* compiles or not, and passes its tests or not. Of code that does not compile, the file with the first error is named; *s*
is the time in seconds.

{HEAD}",
        all().count(),
        took.as_secs(),
    );
    lines(&mut text, rows);
    if !vendor_rows.is_empty() {
        text.push_str(VENDOR);
        text.push_str(HEAD);
        lines(&mut text, vendor_rows);
    }
    text
}

const HEAD: &str = "\
| change | verdict | our code | s |
|---|---|---|---|
";

const VENDOR: &str = "
## In the document of another team

`crates/legit-health-codegen/tests/contract/vendor/fastapi.json` has the same wire with other names, as a FastAPI application
publishes it; taken up as it is, it is a patch. Each change is made there, and taken up with `cargo xtask spec update`.

";

fn lines(text: &mut String, rows: &[Row]) {
    for row in rows {
        let (name, verdict) = (row.name.replace('_', " "), row.found.word());
        let mark = if row.is_as_expected() { "" } else { "**not as expected**: " };
        let _ = writeln!(text, "| {name} | {verdict} | {mark}{} | {:.1} |", row.cell(), row.seconds);
    }
}

/// Of `file:line:column: error[number]: message`, the file.
fn file_of(error: &str) -> &str {
    error.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Major, Minor};

    fn row(expected: Verdict, found: Verdict, breaks_source: bool, trial: Trial) -> Row {
        Row {
            name: "a_b".into(),
            expected,
            found,
            breaks_source,
            expected_failure: None,
            trial,
            seconds: 1.0,
        }
    }

    fn broken() -> Trial {
        Trial::DoesNotCompile("x".into())
    }

    fn failing(tests: &[&str]) -> Trial {
        Trial::Fails(tests.iter().map(|test| (*test).to_owned()).collect())
    }

    #[test]
    fn a_compatible_change_must_compile() {
        assert!(row(Minor, Minor, false, Trial::Passes).is_as_expected());
        assert!(!row(Minor, Minor, false, broken()).is_as_expected());
        assert!(!row(Minor, Major, true, Trial::Compiles).is_as_expected());
        assert!(row(Major, Major, true, broken()).is_as_expected());
        assert!(!row(Major, Major, false, broken()).is_as_expected());
        assert!(row(Major, Major, false, Trial::Compiles).is_as_expected());
        let text = render(&[row(Minor, Minor, false, Trial::Passes)], &[], Duration::from_secs(7));
        assert!(
            text.contains("**1 of 1 changes went as expected**, in 7 s")
                && text.contains("| a b | minor | compiles, passes | 1.0 |")
        );
    }

    #[test]
    fn a_cell_has_the_file_and_no_words_of_the_compiler() {
        let error = "crates/a/src/b.rs:1:2: error[E0425]: cannot find `c`".to_owned();
        let text = render(&[row(Major, Major, true, Trial::DoesNotCompile(error))], &[], Duration::ZERO);
        assert!(text.contains("| a b | major | does not compile: `crates/a/src/b.rs` | 1.0 |"), "{text}");
    }

    #[test]
    fn exactly_the_tests_that_are_expected_to_fail_may_fail() {
        let failing_as_expected = |trial| Row {
            expected_failure: Some(ExpectedFailure {
                tests: vec!["--test one".into()],
                because: "it checks this".into(),
            }),
            ..row(Minor, Minor, false, trial)
        };
        assert!(failing_as_expected(failing(&["--test one"])).is_as_expected());
        for trial in
            [failing(&["--test two"]), failing(&["--test one", "--test two"]), Trial::Passes, broken()]
        {
            assert!(!failing_as_expected(trial).is_as_expected());
        }
        assert!(!row(Minor, Minor, false, failing(&["--test one"])).is_as_expected());
        let text = render(&[], &[failing_as_expected(failing(&["--test one"]))], Duration::ZERO);
        assert!(
            text.contains("| a b | minor | compiles, fails `--test one`: it checks this | 1.0 |"),
            "{text}"
        );
        assert!(text.contains("- 1 of 1 compatible changes compile, and 0 of them pass all tests"), "{text}");
    }
}
