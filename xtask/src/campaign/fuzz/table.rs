//! The figures of foreign bytes as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use super::Property;

/// What came of one property.
pub(super) struct Row {
    pub(super) property: &'static Property,
    pub(super) holds: bool,
    pub(super) seconds: f64,
}

impl Row {
    fn outcome(&self) -> &'static str {
        if self.holds { "holds" } else { "FAILS" }
    }

    pub(super) fn line(&self) -> String {
        format!("{}: {} in {:.0} s", self.property.name, self.outcome(), self.seconds)
    }
}

pub(super) fn render(rows: &[Row], cases: u32, took: Duration) -> String {
    let good = rows.iter().filter(|row| row.holds).count();
    let cases = in_thousands(cases);
    let mut text = format!(
        "# Foreign bytes

Written by `cargo xtask campaign fuzz`. Each parser below gets {cases} inputs at random: a good one that is harmed
in one to three places (cut, bytes replaced or inserted, pieces repeated), or text made up that looks like it. The properties
are those of `tests/behaviour/fuzz.rs`, of which every test run tries a thousand cases; here they run one after the
other, in a release build. None may panic, and of each case has to come what its row says.

- {good} of {} hold, in {} s.

| what is read | what has to come of it | cases | outcome | s |
|---|---|---|---|---|
",
        rows.len(),
        took.as_secs(),
    );
    for row in rows {
        let Property { read, holds, .. } = row.property;
        let _ = writeln!(text, "| {read} | {holds} | {cases} | {} | {:.0} |", row.outcome(), row.seconds);
    }
    text
}

/// `1,000,000`.
fn in_thousands(number: u32) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_stands_out() {
        static ONE: Property = Property { name: "a_thing", read: "A thing", holds: "a refusal" };
        let row = |holds| Row { property: &ONE, holds, seconds: 1.2 };
        assert_eq!(row(false).line(), "a_thing: FAILS in 1 s");
        let text = render(&[row(true), row(false)], 1_000_000, Duration::from_secs(3));
        assert!(text.contains("- 1 of 2 hold, in 3 s."), "{text}");
        assert!(text.contains("| A thing | a refusal | 1,000,000 | FAILS | 1 |"), "{text}");
    }

    #[test]
    fn large_numbers_are_read_in_thousands() {
        let written = [7, 999, 1_000, 12_345, 1_000_000].map(in_thousands);
        assert_eq!(written, ["7", "999", "1,000", "12,345", "1,000,000"]);
    }
}
