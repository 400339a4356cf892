//! `cargo xtask campaign batch`: 100,000 cases against a device in the process, and 2,000 through the sandbox with 20 kills.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use super::measured::Measured;
use super::write_page;
use crate::Outcome;

const PAGE: &str = "docs/batch.md";
const START: &str = "<!-- figures -->\n";
const END: &str = "<!-- /figures -->";

const THROUGHPUT: Measured<'static> = Measured {
    package: "legit-health-batch",
    target: "batch",
    test: "running::many_cases_and_how_many_a_second",
    settings: &[("LEGIT_HEALTH_BATCH_CASES", "100000")],
};

const KILLS: Measured<'static> = Measured {
    package: "legit-health-cli",
    target: "cli",
    test: "batch::killed_at_random_moments_every_case_is_recorded_once",
    settings: &[("LEGIT_HEALTH_BATCH_PHOTOS", "2000"), ("LEGIT_HEALTH_BATCH_KILLS", "20")],
};

pub(super) fn run(root: &Path) -> Outcome {
    let mut text = String::new();
    for (title, measured) in [
        ("A device in the process, which answers at once", &THROUGHPUT),
        ("The program and the sandbox, each a process; the sandbox takes 0.1 s for a call", &KILLS),
    ] {
        let started = Instant::now();
        let figures = measured.figures(root)?;
        println!("{}: {:.0} s", measured.test, started.elapsed().as_secs_f64());
        let _ = write!(text, "{title}:\n\n| | |\n|---|---|\n");
        for (name, value) in figures.as_object().ok_or("the figures are not a JSON object")? {
            let _ = writeln!(text, "| {} | {value} |", in_words(name));
        }
        text.push('\n');
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

/// `storeBytes` becomes `store bytes`.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.ends_with(|last: char| last.is_ascii_uppercase()) {
            words.push(' ');
            words.push(c.to_ascii_lowercase());
        } else {
            words.push(c);
        }
    }
    words
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
            ["cases", "ranPerSecond", "storeBytes"].map(in_words),
            ["cases", "ran per second", "store bytes"]
        );
    }
}
