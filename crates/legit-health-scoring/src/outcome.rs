//! The result of an instrument.

use crate::band::{Band, band_of};
use crate::intensity::Intensity;
use crate::mark::{Mark, Marks};
use std::fmt;

/// What an instrument makes of its answers. `Debug` shows the marks and no finding.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The number, rounded to two decimals.
    pub value: f64,
    /// The word of its band.
    pub category: &'static str,
    /// The intensity of its band.
    pub intensity: Intensity,
    /// What the number adds to the score of the whole body, for instruments that score one zone of it.
    pub contribution: Option<f64>,
    /// What each part rests on.
    pub marks: Marks,
    figures: Vec<(Figure, f64)>,
}

/// A figure on the way to the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Figure {
    /// Area score 0 to 6 that a percentage of the zone became (`aeasi`).
    AreaScore,
    /// Percentage of the body's skin that is affected (`scorad`, `ascorad`); the API calls it `surfaceAreaOverBsa`.
    BodySurface,
    /// Mean of the signs, before it became a grade (`pga`, `agppga`).
    Mean,
    /// Score of the zone before it is weighted (`pasi`, `apasi`, `aeasi`, `asalt`).
    ZoneScore,
    /// Percentage of the body's skin that the given views show (global `avasi`).
    Coverage,
}

impl Outcome {
    /// A figure on the way to the number, rounded to two decimals; `None` where the instrument has no such figure.
    pub fn figure(&self, wanted: Figure) -> Option<f64> {
        self.figures.iter().find(|(figure, _)| *figure == wanted).map(|&(_, value)| value)
    }

    /// A number that decides its own band.
    pub(crate) fn banded(value: f64, mark: Mark, bands: &'static [Band]) -> Self {
        Self::in_band(value, mark, band_of(bands, value))
    }

    /// A number whose band something else decided.
    pub(crate) fn in_band(value: f64, mark: Mark, band: &Band) -> Self {
        Self {
            value: rounded(value),
            category: band.category,
            intensity: band.intensity,
            contribution: None,
            marks: Marks {
                value: mark,
                category: band.mark,
                // No source but the vendor's tests tells which intensity goes with a category.
                intensity: band.mark.min(Mark::Inferred),
                contribution: None,
            },
            figures: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, figure: Figure, value: f64) -> Self {
        self.figures.push((figure, rounded(value)));
        self
    }

    /// The number is a share of the score of the whole body. That the API repeats it as such is inferred.
    pub(crate) fn contributing(mut self) -> Self {
        self.contribution = Some(self.value);
        self.marks.contribution = Some(Mark::Inferred);
        self
    }

    /// The vendor's tests assert this very number.
    pub(crate) fn value_asserted(mut self) -> Self {
        self.marks.value = Mark::Exact;
        self
    }

    /// The vendor's tests assert category and intensity for these very answers.
    pub(crate) fn category_asserted(mut self) -> Self {
        self.marks.category = Mark::Exact;
        self.marks.intensity = Mark::Exact;
        self
    }
}

/// Adding zero turns a zero that came with a minus sign into a plain one.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0 + 0.0
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").field("marks", &self.marks).finish_non_exhaustive()
    }
}
