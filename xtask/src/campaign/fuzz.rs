//! A million cases for each parser of foreign bytes.

mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::{cargo, write_figures};
use table::Row;

/// Where the properties stand, of which every build tries a thousand cases.
const MODULE: &str = "fuzz::";
const CASES: u32 = 1_000_000;
const FIGURES: &str = "docs/fuzz.md";

/// One property, in words for those who do not read the test.
#[derive(Debug, PartialEq, Eq)]
struct Property {
    name: &'static str,
    read: &'static str,
    holds: &'static str,
}

/// In the order of the test.
const PROPERTIES: [Property; 9] = [
    Property {
        name: "a_report",
        read: "The report of diagnosis support",
        holds: "a result, or an error of the kind `Contract`",
    },
    Property {
        name: "a_compressed_report",
        read: "The same in gzip or zstd, harmed after compression",
        holds: "a result, or an error of the kind `Contract`, `Connection` or `TooLarge`",
    },
    Property {
        name: "a_list_of_faults",
        read: "The body of a 422",
        holds: "an error of the kind `Rejected`, whatever can be read of the body",
    },
    Property {
        name: "a_pause",
        read: "The header `Retry-After` of a 429",
        holds: "an error of the kind `RateLimited`",
    },
    Property {
        name: "a_token",
        read: "The answer to the login",
        holds: "a login, or an error of the kind `Contract`",
    },
    Property {
        name: "a_picture",
        read: "A PNG, JPEG or WebP file, in memory",
        holds: "an image, or a refusal",
    },
    Property {
        name: "a_picture_in_text",
        read: "Base64, with and without `data:`",
        holds: "an image, or a refusal",
    },
    Property {
        name: "an_address",
        read: "A base URL",
        holds: "a refusal, or `https`, or a loopback address; never a user, a query or a fragment",
    },
    Property {
        name: "a_digest",
        read: "A SHA-256 digest in hexadecimal",
        holds: "a refusal, or what is written again as it was read",
    },
];

pub(super) fn run(root: &Path) -> Result<ExitCode, String> {
    let tests = built(root)?;
    all_are_described(&listed(&tests)?)?;
    let started = Instant::now();
    let mut rows = Vec::new();
    for property in &PROPERTIES {
        let row = try_all(&tests, property)?;
        println!("{}", row.line());
        rows.push(row);
    }
    write_figures(root, FIGURES, &table::render(&rows, CASES, started.elapsed()))?;
    Ok(if rows.iter().all(|row| row.holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The program with the tests. It is built once, so that an edit in the meantime does not change what is tried.
fn built(root: &Path) -> Result<PathBuf, String> {
    let mut command = cargo(root);
    command
        .args(["test", "--no-run", "--release", "--locked", "--message-format", "json"])
        .args(["-p", "legit-health-tests", "--test", "behaviour"])
        .stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("cargo cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    match programs.next() {
        Some(program) if output.status.success() => Ok(program),
        _ => Err("the tests cannot be built".into()),
    }
}

/// The names of the properties that there are.
fn listed(tests: &Path) -> Result<Vec<String>, String> {
    let output = asked(Command::new(tests).args(["--list", MODULE]))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = said.lines().filter_map(|line| line.strip_prefix(MODULE)?.strip_suffix(": test"));
    Ok(names.map(str::to_owned).collect())
}

fn asked(tests: &mut Command) -> Result<Output, String> {
    tests.output().map_err(|error| format!("the tests cannot be run: {error}"))
}

/// A property that is added must not be left out of the campaign.
fn all_are_described(listed: &[String]) -> Result<(), String> {
    let described = |name: &String| PROPERTIES.iter().any(|property| property.name == name);
    match listed.iter().find(|name| !described(name)) {
        Some(name) => Err(format!("xtask/src/campaign/fuzz.rs does not describe `{name}`: add it.")),
        None => Ok(()),
    }
}

/// What a failing test says is shown here and is not for the page: the case it found is in it.
fn try_all(tests: &Path, property: &'static Property) -> Result<Row, String> {
    let started = Instant::now();
    let name = format!("{MODULE}{}", property.name);
    let mut command = Command::new(tests);
    let output = asked(command.args(["--exact", &name]).env("LEGIT_HEALTH_CASES", CASES.to_string()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let holds = output.status.success();
    if !holds {
        eprintln!("{said}{}", String::from_utf8_lossy(&output.stderr));
    } else if !said.contains("1 passed") {
        return Err(format!("`{name}` did not run: take it off the list, or restore it."));
    }
    Ok(Row { property, holds, seconds: started.elapsed().as_secs_f64() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_that_nobody_described_is_not_left_out() {
        let names = |more: &[&str]| -> Vec<String> {
            PROPERTIES
                .iter()
                .map(|property| property.name)
                .chain(more.iter().copied())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(all_are_described(&names(&[])), Ok(()));
        let said = all_are_described(&names(&["a_new_one"])).unwrap_err();
        assert!(said.ends_with("does not describe `a_new_one`: add it."), "{said}");
    }
}
