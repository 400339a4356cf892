//! `cargo xtask campaign batch`: batches of 100,000 cases and plans of a million on both stores, and runs that are killed.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use super::measured::Measured;
use super::{in_thousands, write_page};
use crate::Outcome;

const PAGE: &str = "docs/batch.md";
const START: &str = "<!-- figures -->\n";
const END: &str = "<!-- /figures -->";

const CASES: &[(&str, &str)] = &[("LEGIT_HEALTH_BATCH_CASES", "100000")];
const PLANNED: &[(&str, &str)] = &[("LEGIT_HEALTH_BATCH_PLANNED", "1000000")];

const ALL: [(&str, Measured<'static>); 7] = [
    (
        "a file, and a device in the process that answers at once",
        library("running::many_cases_and_how_many_a_second", CASES),
    ),
    (
        "a database (PostgreSQL on the same machine), and the same device",
        library("postgres::many_cases_and_how_many_a_second", CASES),
    ),
    (
        "a plan of pairs of photos in a file",
        library("planning::very_many_cases_are_planned_in_little_memory", PLANNED),
    ),
    (
        "the same plan in a database",
        library("postgres::very_many_cases_are_planned_in_little_memory", PLANNED),
    ),
    (
        "a folder whose names all lead to one photo",
        library("hostile::a_folder_with_very_many_names", &[("LEGIT_HEALTH_BATCH_NAMES", "1000000")]),
    ),
    (
        "the program with a file, killed, and the sandbox, which takes 0.1 s for a call",
        program(
            "batch::killed_at_random_moments_every_case_is_recorded_once",
            &[("LEGIT_HEALTH_BATCH_PHOTOS", "2000"), ("LEGIT_HEALTH_BATCH_KILLS", "20")],
        ),
    ),
    (
        "three programs with a database: one is killed, one stopped past its lease; the server crashes, connections are cut",
        program(
            "shared_batch::three_workers_of_which_one_is_killed_and_one_stopped_record_every_case_once",
            &[("LEGIT_HEALTH_BATCH_PHOTOS", "2000")],
        ),
    ),
];

const fn library(test: &'static str, settings: &'static [(&'static str, &'static str)]) -> Measured<'static> {
    Measured { package: "legit-health-batch", target: "batch", test, settings }
}

const fn program(test: &'static str, settings: &'static [(&'static str, &'static str)]) -> Measured<'static> {
    Measured { package: "legit-health-cli", target: "cli", test, settings }
}

pub(super) fn run(root: &Path) -> Outcome {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!(
        "Written by `cargo xtask campaign batch`: release builds on {processors} processors, which other work may share.\n\n\
         | what | figures |\n|---|---|\n"
    );
    for (what, measured) in &ALL {
        let started = Instant::now();
        let figures = measured.figures(root)?;
        println!("{}: {:.0} s", measured.test, started.elapsed().as_secs_f64());
        let figures = figures.as_object().ok_or("the figures are not a JSON object")?;
        let value =
            |value: &serde_json::Value| value.as_u64().map_or_else(|| value.to_string(), in_thousands);
        let figures: Vec<_> =
            figures.iter().map(|(name, figure)| format!("{} {}", in_words(name), value(figure))).collect();
        let _ = writeln!(text, "| {what} | {} |", figures.join(" · "));
    }
    let page = std::fs::read_to_string(root.join(PAGE))
        .map_err(|error| format!("{PAGE} cannot be read: {error}"))?;
    write_page(root, PAGE, &with_figures(&page, &text)?)?;
    Ok(std::process::ExitCode::SUCCESS)
}

fn with_figures(page: &str, figures: &str) -> Result<String, String> {
    let parts = page.split_once(START).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("{PAGE} has no place for the figures"))?;
    Ok(format!("{before}{START}{figures}{END}{after}"))
}

/// `storeBytes` becomes `store bytes`, and `mostMemoryKiB` `most memory in KiB`.
fn in_words(name: &str) -> String {
    let (name, unit) = name.strip_suffix("KiB").map_or((name, ""), |name| (name, " in KiB"));
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.ends_with(|last: char| last.is_ascii_uppercase()) {
            words.push(' ');
            words.push(c.to_ascii_lowercase());
        } else {
            words.push(c);
        }
    }
    words + unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_take_their_place_in_the_page() {
        let page = "a\n<!-- figures -->\nold\n<!-- /figures -->\nb\n";
        assert_eq!(with_figures(page, "new\n").unwrap(), "a\n<!-- figures -->\nnew\n<!-- /figures -->\nb\n");
        assert!(with_figures("a", "new").is_err());
    }

    #[test]
    fn names_become_words() {
        assert_eq!(
            ["cases", "ranPerSecond", "storeBytes", "mostMemoryKiB"].map(in_words),
            ["cases", "ran per second", "store bytes", "most memory in KiB"]
        );
    }
}
