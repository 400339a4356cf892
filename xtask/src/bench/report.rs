//! The figures as Markdown, beside what they are meant to be. Everything goes to stdout as soon as it is known.

use std::fmt;
use std::process::Command;
use std::time::Instant;

use super::spread::Spread;
use super::{Bench, Wanted};

/// What a median has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn is_met_by(self, median: f64) -> bool {
        match self {
            Self::AtLeast(bound) => median >= bound,
            Self::AtMost(bound) => median <= bound,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, "≥ {bound}"),
            Self::AtMost(bound) => write!(f, "≤ {bound}"),
        }
    }
}

/// One figure.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) spread: Spread,
    /// Without one it is told, and not judged.
    pub(super) target: Option<Target>,
}

impl Row {
    fn is_missed(&self) -> bool {
        self.target.is_some_and(|target| !target.is_met_by(self.spread.median))
    }

    fn line(&self) -> String {
        let verdict = match self.target {
            None => "",
            Some(_) if self.is_missed() => "**missed**",
            Some(_) => "met",
        };
        let target = self.target.map(|target| target.to_string()).unwrap_or_default();
        format!("| {} | {} | {target} | {verdict} |", self.what, self.spread)
    }
}

/// What was found out so far.
pub(super) struct Report {
    started: Instant,
    judged: usize,
    missed: Vec<String>,
}

impl Report {
    pub(super) fn begin(bench: &Bench, wanted: &Wanted) -> Self {
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        println!("`cargo xtask bench --rounds {}`, {processors} processors, {}.", wanted.rounds, load());
        println!("{}.", bench.programs.versions.join(", "));
        for skipped in &bench.programs.skipped {
            println!("Skipped: {skipped}.");
        }
        println!(
            "\nFigures are `median [min–max]` over the rounds; ratios are taken within each round. MB is 10^6 bytes of image.\n"
        );
        Self { started: Instant::now(), judged: 0, missed: Vec::new() }
    }

    pub(super) fn note(&self, sentence: &str) {
        println!("{sentence}\n");
    }

    /// Figures that have, or could have, a target. `figure` says what the second column holds.
    pub(super) fn judged(&mut self, title: &str, figure: &str, rows: &[Row]) {
        println!("### {title}\n\n| | {figure} | target | |\n|---|---|---|---|");
        for row in rows {
            println!("{}", row.line());
        }
        println!();
        self.judged += rows.iter().filter(|row| row.target.is_some()).count();
        self.missed
            .extend(rows.iter().filter(|row| row.is_missed()).map(|row| format!("{title}, {}", row.what)));
    }

    /// Figures of their own, for reading.
    pub(super) fn plain(&self, heads: &[&str], rows: &[Vec<String>]) {
        println!("| {} |\n|{}", heads.join(" | "), "---|".repeat(heads.len()));
        for row in rows {
            println!("| {} |", row.join(" | "));
        }
        println!();
    }

    pub(super) fn end(&self) {
        let met = self.judged - self.missed.len();
        println!(
            "{met} of {} targets met, in {} s; {}.",
            self.judged,
            self.started.elapsed().as_secs(),
            load()
        );
        for missed in &self.missed {
            println!("- missed: {missed}");
        }
    }
}

/// How busy the machine is with everything else.
fn load() -> String {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", averages.split(' ').next().unwrap_or("unknown"))
}

/// The first line that a program says to such a question; nothing if it is not there or fails.
pub(super) fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(|line| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(median: f64, target: Option<Target>) -> String {
        Row { what: "1 MB".into(), spread: Spread::of([median]), target }.line()
    }

    #[test]
    fn a_median_at_the_bound_meets_it() {
        assert_eq!(line(10.0, Some(Target::AtLeast(10.0))), "| 1 MB | 10.0 | ≥ 10 | met |");
        assert_eq!(line(9.99, Some(Target::AtLeast(10.0))), "| 1 MB | 9.99 | ≥ 10 | **missed** |");
        assert_eq!(line(1.1, Some(Target::AtMost(1.1))), "| 1 MB | 1.10 | ≤ 1.1 | met |");
        assert_eq!(line(1.11, Some(Target::AtMost(1.1))), "| 1 MB | 1.11 | ≤ 1.1 | **missed** |");
        assert_eq!(line(7.0, None), "| 1 MB | 7.00 |  |  |");
    }

    #[test]
    fn what_could_not_be_measured_is_not_met() {
        assert!(line(f64::NAN, Some(Target::AtMost(1.0))).ends_with("**missed** |"));
    }
}
