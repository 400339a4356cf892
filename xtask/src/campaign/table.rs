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
    /// The first place that does not compile.
    pub(super) broken: Option<String>,
    pub(super) seconds: f64,
}

impl Row {
    /// The verdict is the expected one, and what is called compatible compiles; where our own code does not compile,
    /// the verdict has said that source breaks.
    pub(super) fn is_as_expected(&self) -> bool {
        self.found == self.expected
            && (self.broken.is_none() || (self.found == Verdict::Major && self.breaks_source))
    }

    pub(super) fn line(&self) -> String {
        let mark = if self.is_as_expected() { "ok" } else { "NOT AS EXPECTED" };
        let outcome = self.broken.as_deref().unwrap_or("compiles");
        format!("{mark}: {} is {}; {outcome}", self.name, self.found.word())
    }
}

pub(super) fn render(rows: &[Row], took: Duration) -> String {
    let good = rows.iter().filter(|row| row.is_as_expected()).count();
    let compiled = rows.iter().filter(|row| row.broken.is_none()).count();
    let compatible = rows.iter().filter(|row| row.found < Verdict::Major);
    let (kept, compatible) =
        (compatible.clone().filter(|row| row.broken.is_none()).count(), compatible.count());
    let mut text = format!(
        "# Rehearsals

Written by `cargo xtask campaign rehearsals`. Each is a change of the contract, from
`crates/legit-health-codegen/tests/rehearsals.yaml`; `legit-health` and `legit-health-cli`, with their examples, are then
compiled without an edit against what is generated from it, and where the change is compatible the tests of `legit-health`
are run. The verdict is that of `cargo xtask spec diff`; its explanations are among the snapshots of
`legit-health-codegen`.

- {good} of {} went as expected, in {} s.
- {kept} of {compatible} compatible changes compile and pass the tests; {compiled} of all compile.
- A major change that compiles breaks programs of others: by what the server takes, or in generated items that our own
  code does not name in a way that breaks.

| rehearsal | verdict | our code | s |
|---|---|---|---|
",
        rows.len(),
        took.as_secs(),
    );
    for row in rows {
        let good = if row.found < Verdict::Major { "compiles, passes" } else { "compiles" };
        let outcome = row.broken.as_ref().map_or(good.to_owned(), |place| format!("`{}]`", shortened(place)));
        let name = row.name.replace('_', " ");
        let _ = writeln!(text, "| {name} | {} | {outcome} | {:.1} |", row.found.word(), row.seconds);
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

    fn row(expected: Verdict, found: Verdict, breaks_source: bool, broken: Option<&str>) -> Row {
        Row {
            name: "a_b".into(),
            expected,
            found,
            breaks_source,
            broken: broken.map(str::to_owned),
            seconds: 1.0,
        }
    }

    #[test]
    fn what_is_compatible_has_to_compile() {
        use Verdict::{Major, Minor};
        assert!(row(Minor, Minor, false, None).is_as_expected());
        assert!(!row(Minor, Minor, false, Some("x")).is_as_expected());
        assert!(!row(Minor, Major, true, None).is_as_expected());
        assert!(row(Major, Major, true, Some("x")).is_as_expected());
        assert!(!row(Major, Major, false, Some("x")).is_as_expected());
        assert!(row(Major, Major, false, None).is_as_expected());
        let text = render(&[row(Minor, Minor, false, None)], Duration::from_secs(7));
        assert!(
            text.contains("1 of 1 went as expected, in 7 s")
                && text.contains("| a b | minor | compiles, passes | 1.0 |")
        );
    }
}
