//! `cargo xtask campaign fuzz`: the property tests of all parsers of untrusted input, with a million cases each.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use super::{in_thousands, write_page};
use crate::cargo::build_release;
use crate::{Outcome, exit_code};

/// The module with the property tests.
const MODULE: &str = "fuzz::";
const CASES: u32 = 1_000_000;
const PAGE: &str = "docs/maintainers/fuzz.md";

/// One property test, in words for readers of the page.
#[derive(Debug, PartialEq, Eq)]
struct Property {
    name: &'static str,
    input: &'static str,
    expected: &'static str,
}

/// The tests of [`MODULE`], in the same order.
const PROPERTIES: [Property; 9] = [
    Property {
        name: "reports",
        input: "The report of diagnosis support",
        expected: "a result, or an error of the kind `InvalidResponse`",
    },
    Property {
        name: "compressed_reports",
        input: "The same in gzip or zstd, damaged after compression",
        expected: "a result, or an error of the kind `InvalidResponse`, `Connection` or `ResponseTooLarge`",
    },
    Property {
        name: "validation_errors",
        input: "The body of a 422",
        expected: "an error of the kind `Rejected`, whatever the body is",
    },
    Property {
        name: "retry_after_headers",
        input: "The header `Retry-After` of a 429",
        expected: "an error of the kind `RateLimited`",
    },
    Property {
        name: "login_responses",
        input: "The response to the login",
        expected: "a login, or an error of the kind `InvalidResponse`",
    },
    Property {
        name: "image_files",
        input: "A PNG, JPEG or WebP file, in memory",
        expected: "an image, or an `ImageError`",
    },
    Property {
        name: "base64_images",
        input: "Base64, with and without `data:`",
        expected: "an image, or an `ImageError`",
    },
    Property {
        name: "base_urls",
        input: "A base URL",
        expected: "an error, or `https`, or a loopback address; never a user, a query or a fragment",
    },
    Property {
        name: "digests",
        input: "A SHA-256 digest in hexadecimal",
        expected: "an error, or a digest that is written as it was read",
    },
];

/// The result of one property.
struct Row {
    property: &'static Property,
    holds: bool,
    seconds: f64,
}

pub(super) fn run(root: &Path) -> Outcome {
    // Built once, so that an edit in the meantime does not change what is tested.
    let arguments = ["test", "--no-run", "-p", "legit-health-tests", "--test", "behaviour"];
    let tests = build_release(root, &arguments)?.pop().ok_or("cargo has not built the tests")?;
    check_descriptions(&list(&tests)?)?;
    let started = Instant::now();
    let mut rows = Vec::new();
    for property in &PROPERTIES {
        let row = test(&tests, property)?;
        println!("{}: {} in {:.0} s", property.name, row.outcome(), row.seconds);
        rows.push(row);
    }
    write_page(root, PAGE, &render(&rows, CASES, started.elapsed()))?;
    Ok(exit_code(rows.iter().all(|row| row.holds)))
}

/// Returns the names of the property tests.
fn list(tests: &PathBuf) -> Result<Vec<String>, String> {
    let output = output_of(Command::new(tests).args(["--list", MODULE]))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let names = stdout.lines().filter_map(|line| line.strip_prefix(MODULE)?.strip_suffix(": test"));
    Ok(names.map(str::to_owned).collect())
}

fn output_of(tests: &mut Command) -> Result<Output, String> {
    tests.output().map_err(|error| format!("the tests cannot be run: {error}"))
}

/// Fails if there is a property test that the campaign would leave out.
fn check_descriptions(listed: &[String]) -> Result<(), String> {
    let is_described = |name: &String| PROPERTIES.iter().any(|property| property.name == name);
    match listed.iter().find(|name| !is_described(name)) {
        Some(name) => {
            Err(format!("the test `{name}` is not described: add it to xtask/src/campaign/fuzz.rs"))
        }
        None => Ok(()),
    }
}

/// Runs one property. What a failing test prints goes to stderr, with the case that it found; the page has only the
/// outcome.
fn test(tests: &PathBuf, property: &'static Property) -> Result<Row, String> {
    let started = Instant::now();
    let name = format!("{MODULE}{}", property.name);
    let mut command = Command::new(tests);
    let output = output_of(command.args(["--exact", &name]).env("LEGIT_HEALTH_CASES", CASES.to_string()))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let holds = output.status.success();
    if !holds {
        eprintln!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    } else if !stdout.contains("1 passed") {
        return Err(format!("there is no test `{name}`: remove it from xtask/src/campaign/fuzz.rs"));
    }
    Ok(Row { property, holds, seconds: started.elapsed().as_secs_f64() })
}

impl Row {
    fn outcome(&self) -> &'static str {
        if self.holds { "holds" } else { "FAILS" }
    }
}

fn render(rows: &[Row], cases: u32, took: Duration) -> String {
    let good = rows.iter().filter(|row| row.holds).count();
    let cases = in_thousands(cases.into());
    let mut text = format!(
        "# Damaged and hostile input

**{good} of {} properties hold for {cases} random inputs each**, in {} s.

Written by `cargo xtask campaign fuzz`. An input is a valid one that is damaged in one to three places (cut, bytes replaced
or inserted, pieces repeated), or random text that resembles one. No parser may panic, and each input must give what its row
says. The properties are the tests of `tests/behaviour/fuzz.rs`; every test run tries a thousand cases of each. Here they run
one after the other, in a release build.

*Cases* are the inputs that were tried; the property *holds* if each of them gave what is *expected*; *s* is the time in seconds.

| input | expected | cases | outcome | s |
|---|---|---|---|---|
",
        rows.len(),
        took.as_secs(),
    );
    for row in rows {
        let Property { input, expected, .. } = row.property;
        let _ = writeln!(text, "| {input} | {expected} | {cases} | {} | {:.0} |", row.outcome(), row.seconds);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_that_is_not_described_is_an_error() {
        let mut names = PROPERTIES.map(|property| property.name.to_owned()).to_vec();
        assert_eq!(check_descriptions(&names), Ok(()));
        names.push("a_new_one".into());
        let error = check_descriptions(&names).unwrap_err();
        assert!(error.starts_with("the test `a_new_one` is not described"), "{error}");
    }

    #[test]
    fn the_page_shows_failures() {
        static ONE: Property = Property { name: "a_thing", input: "A thing", expected: "an error" };
        let row = |holds| Row { property: &ONE, holds, seconds: 1.2 };
        let text = render(&[row(true), row(false)], 1_000_000, Duration::from_secs(3));
        assert!(
            text.contains("**1 of 2 properties hold for 1,000,000 random inputs each**, in 3 s."),
            "{text}"
        );
        assert!(text.contains("| A thing | an error | 1,000,000 | FAILS | 1 |"), "{text}");
    }
}
