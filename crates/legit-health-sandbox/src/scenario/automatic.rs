//! What an image is said to show for an automatic scale, by severity. The levels are made up so that a case reads
//! consistently; none describes the device or a patient.

mod wound;

use legit_health_scoring::wheal_grade;

use super::{Draw, Severity};

/// An automatic scale and what its image is said to show.
pub(crate) struct Automatic {
    pub(crate) scale: &'static str,
    seen: &'static [Seen],
}

/// One item and its level from none to severe.
struct Seen {
    item: &'static str,
    level: Level,
}

enum Level {
    Grade([u8; 4]),
    Presence([bool; 4]),
    Count([u32; 4]),
    /// A count, and the grade that the item makes of it.
    GradedCount([u32; 4], fn(u32) -> u8),
    Percent([f64; 4]),
}

/// One item as it was found in an image.
pub(crate) struct Found {
    pub(crate) item: &'static str,
    /// What the scale is scored with.
    pub(crate) value: f64,
    pub(crate) kind: Kind,
}

/// How an item was found, with the figure that goes with it.
pub(crate) enum Kind {
    Grade {
        /// Percent.
        confidence: f64,
    },
    Presence {
        /// Percent; above 50 exactly when it is there.
        probability: f64,
    },
    Count {
        number: u32,
        /// Percent of the area that they take.
        density: f64,
    },
    Percent,
}

impl Automatic {
    pub(crate) fn of(scale: &str) -> Option<&'static Self> {
        AUTOMATIC.iter().find(|automatic| automatic.scale == scale)
    }

    /// The items of one image.
    pub(crate) fn found(&self, severity: Severity, draw: &mut Draw) -> Vec<Found> {
        self.seen.iter().map(|seen| seen.found(severity as usize, draw)).collect()
    }
}

impl Seen {
    fn found(&self, severity: usize, draw: &mut Draw) -> Found {
        let (value, kind) = match &self.level {
            Level::Grade(grades) => {
                (grades[severity].into(), Kind::Grade { confidence: draw.percent(82.0, 14.0) })
            }
            Level::Presence(presence) => {
                let there = presence[severity];
                let centre = if there { 78.0 } else { 18.0 };
                (there.into(), Kind::Presence { probability: draw.percent(centre, 16.0) })
            }
            Level::Count(counts) => (counts[severity].into(), counted(counts[severity], draw)),
            Level::GradedCount(counts, grade) => {
                (grade(counts[severity]).into(), counted(counts[severity], draw))
            }
            Level::Percent(percents) => {
                let centre = percents[severity];
                // No picture is quite like another, but what is clear stays clear.
                (draw.percent(centre, (centre * 0.15).min(4.0)), Kind::Percent)
            }
        };
        Found { item: self.item, value, kind }
    }
}

fn counted(number: u32, draw: &mut Draw) -> Kind {
    let centre = f64::from(number.min(150)) * 0.4;
    Kind::Count { number, density: draw.percent(centre, centre * 0.2) }
}

const fn grade(item: &'static str, grades: [u8; 4]) -> Seen {
    Seen { item, level: Level::Grade(grades) }
}

const fn count(item: &'static str, counts: [u32; 4]) -> Seen {
    Seen { item, level: Level::Count(counts) }
}

const fn percent(item: &'static str, percents: [f64; 4]) -> Seen {
    Seen { item, level: Level::Percent(percents) }
}

/// As much a placeholder as the scale's formula.
fn grade_of_inflammations(lesions: u32) -> u8 {
    match lesions {
        0 => 0,
        1..5 => 1,
        5..10 => 2,
        10..20 => 3,
        _ => 4,
    }
}

#[rustfmt::skip]
static AUTOMATIC: [Automatic; 11] = [
    Automatic { scale: "aeasi", seen: &[
        grade("redness", [0, 1, 2, 3]), grade("thickness", [0, 1, 2, 3]),
        grade("scratching", [0, 0, 1, 3]), grade("lichenification", [0, 0, 1, 3]),
    ] },
    Automatic { scale: "agppga", seen: &[
        grade("erythema", [0, 2, 3, 4]), grade("desquamation", [0, 2, 2, 4]), grade("pustulation", [0, 2, 3, 4]),
    ] },
    Automatic { scale: "aihs4", seen: &[
        count("nodule", [0, 2, 4, 8]), count("abscess", [0, 0, 1, 2]), count("drainingTunnel", [0, 0, 1, 3]),
    ] },
    Automatic { scale: "aladin", seen: &[count("acne", [0, 7, 33, 64])] },
    Automatic { scale: "apasi", seen: &[
        grade("erythema", [0, 1, 2, 3]), grade("induration", [0, 0, 1, 3]), grade("desquamation", [0, 1, 2, 3]),
    ] },
    Automatic { scale: "asalt", seen: &[percent("hairLossPercentage", [0.0, 14.0, 45.0, 72.0])] },
    Automatic { scale: "ascorad", seen: &[
        grade("erythema", [0, 1, 2, 3]), grade("swelling", [0, 0, 2, 2]), grade("crusting", [0, 0, 2, 3]),
        grade("excoriation", [0, 0, 0, 2]), grade("lichenification", [0, 0, 0, 2]), grade("dryness", [0, 1, 1, 3]),
    ] },
    Automatic { scale: "auas", seen: &[
        Seen { item: "wheals", level: Level::GradedCount([0, 12, 34, 68], wheal_grade) },
    ] },
    Automatic { scale: "avasi", seen: &[percent("depigmentationPercentage", [0.0, 14.0, 45.0, 74.0])] },
    Automatic { scale: "awosi", seen: wound::SEEN },
    Automatic { scale: "nsil", seen: &[
        grade("dryness", [0, 1, 2, 3]), grade("erythema", [0, 0, 2, 3]),
        Seen { item: "inflammations", level: Level::GradedCount([0, 0, 3, 14], grade_of_inflammations) },
    ] },
];

#[cfg(test)]
mod tests;
