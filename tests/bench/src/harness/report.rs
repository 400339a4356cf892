//! The figures as Markdown, beside their targets, printed as soon as they are known.

use super::clients::Clients;
use std::fmt;
use std::time::Instant;

/// Median, minimum and maximum of the figures of all rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    pub(super) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let (Some(&min), Some(&max)) = (figures.first(), figures.last()) else {
            return Self { median: f64::NAN, min: f64::NAN, max: f64::NAN };
        };
        let (low, high) = ((figures.len() - 1) / 2, figures.len() / 2);
        Self { median: f64::midpoint(figures[low], figures[high]), min, max }
    }

    pub(super) fn median(self) -> f64 {
        self.median
    }

    /// Takes the ratios within each round: what disturbs a round disturbs both sides.
    pub(super) fn of_ratios(above: &[f64], below: &[f64]) -> Self {
        Self::of(above.iter().zip(below).map(|(above, below)| above / below))
    }
}

/// `14.9 [13.0–22.6]`, with about three significant digits; a figure without spread stands alone.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = match self.median.abs() {
            100.0.. => 0,
            10.0.. => 1,
            0.1.. => 2,
            _ => 3,
        };
        write!(f, "{:.digits$}", self.median)?;
        if self.min == self.max {
            return Ok(());
        }
        write!(f, " [{:.digits$}–{:.digits$}]", self.min, self.max)
    }
}

/// What a median must be.
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

/// A figure, with a target if it is held to one.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) spread: Spread,
    pub(super) target: Option<Target>,
}

impl Row {
    fn is_missed(&self) -> bool {
        self.target.is_some_and(|target| !target.is_met_by(self.spread.median))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.target {
            None => "",
            Some(_) if self.is_missed() => "**missed**",
            Some(_) => "met",
        };
        let target = self.target.map(|target| target.to_string()).unwrap_or_default();
        write!(f, "| {} | {} | {target} | {verdict} |", self.what, self.spread)
    }
}

/// Prints tables, and counts the targets.
pub(super) struct Report {
    started: Instant,
    targets: usize,
    missed: Vec<String>,
}

impl Report {
    pub(super) fn begin(rounds: usize, clients: &Clients) -> Self {
        let processors = std::thread::available_parallelism().map_or(0, usize::from);
        println!("`cargo xtask bench --rounds {rounds}`, {processors} processors, {}.", load());
        println!("{}.", clients.versions.join(", "));
        for skipped in &clients.skipped {
            println!("Skipped: {skipped}.");
        }
        println!(
            "\nFigures are `median [min–max]` over the rounds; ratios are taken within each round. MB is 10^6 bytes of image.\n"
        );
        Self { started: Instant::now(), targets: 0, missed: Vec::new() }
    }

    pub(super) fn note(&self, sentence: &str) {
        println!("{sentence}\n");
    }

    /// Prints figures that have, or could have, a target. `figure` is the head of their column.
    pub(super) fn rows(&mut self, title: &str, figure: &str, rows: &[Row]) {
        println!("### {title}\n\n| | {figure} | target | |\n|---|---|---|---|");
        for row in rows {
            println!("{row}");
            self.targets += usize::from(row.target.is_some());
            if row.is_missed() {
                self.missed.push(format!("{title}, {}", row.what));
            }
        }
        println!();
    }

    /// Prints other figures.
    pub(super) fn table(&self, heads: &[&str], rows: &[Vec<String>]) {
        println!("| {} |\n|{}", heads.join(" | "), "---|".repeat(heads.len()));
        for row in rows {
            println!("| {} |", row.join(" | "));
        }
        println!();
    }

    pub(super) fn end(&self) {
        let (met, seconds) = (self.targets - self.missed.len(), self.started.elapsed().as_secs());
        println!("{met} of {} targets met, in {seconds} s; {}.", self.targets, load());
        for missed in &self.missed {
            println!("- missed: {missed}");
        }
    }
}

/// How busy the machine is.
fn load() -> String {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", averages.split(' ').next().unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_figure_or_between_two() {
        assert_eq!(Spread::of([9.0, 1.0, 2.0]), Spread { median: 2.0, min: 1.0, max: 9.0 });
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 8.0]).median, 3.0);
        assert!(Spread::of([]).median.is_nan());
    }

    /// 10/1 and 20/4: the ratio of the medians would be another.
    #[test]
    fn ratios_are_taken_within_a_round() {
        let ratios = Spread::of_ratios(&[10.0, 20.0], &[1.0, 4.0]);
        assert_eq!(ratios, Spread { median: 7.5, min: 5.0, max: 10.0 });
    }

    #[test]
    fn small_figures_keep_more_digits_than_large_ones() {
        assert_eq!(Spread::of([14.94, 13.0, 22.61]).to_string(), "14.9 [13.0–22.6]");
        assert_eq!(Spread::of([0.021, 0.02, 0.03]).to_string(), "0.021 [0.020–0.030]");
        assert_eq!(Spread::of([1.0]).to_string(), "1.00");
        assert_eq!(Spread::of([24_000.4, 3.0, 99_999.0]).to_string(), "24000 [3–99999]");
    }

    fn row(median: f64, target: Option<Target>) -> String {
        Row { what: "1 MB".into(), spread: Spread::of([median]), target }.to_string()
    }

    #[test]
    fn a_median_at_the_bound_meets_it() {
        assert_eq!(row(10.0, Some(Target::AtLeast(10.0))), "| 1 MB | 10.0 | ≥ 10 | met |");
        assert_eq!(row(9.99, Some(Target::AtLeast(10.0))), "| 1 MB | 9.99 | ≥ 10 | **missed** |");
        assert_eq!(row(1.1, Some(Target::AtMost(1.1))), "| 1 MB | 1.10 | ≤ 1.1 | met |");
        assert_eq!(row(1.11, Some(Target::AtMost(1.1))), "| 1 MB | 1.11 | ≤ 1.1 | **missed** |");
        assert_eq!(row(7.0, None), "| 1 MB | 7.00 |  |  |");
        assert!(row(f64::NAN, Some(Target::AtMost(1.0))).ends_with("**missed** |"), "not measured, not met");
    }
}
