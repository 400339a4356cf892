//! The result of an instrument: number, band and intensity, each with the evidence for it.

use std::fmt;
use std::ops::Bound;

/// The result of scoring answers with an instrument. `Debug` shows the evidence only, not the result.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// The number, rounded to two decimals.
    pub value: f64,
    /// The category of its band.
    pub category: &'static str,
    /// The intensity of its band.
    pub intensity: Intensity,
    /// What the number adds to the score of the whole body, for instruments that score one part of it.
    pub contribution: Option<f64>,
    /// How well each part is established.
    pub evidence: ScoreEvidence,
    pub(crate) intermediates: Vec<(Intermediate, f64)>,
}

/// A number that is computed on the way to the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Intermediate {
    /// Area score, 0 to 6, of the affected percentage of the body site (`aeasi`).
    AreaScore,
    /// Affected percentage of the body's skin (`scorad`, `ascorad`); the API calls it `surfaceAreaOverBsa`.
    BodySurface,
    /// Mean of the signs, before it becomes a grade (`pga`, `agppga`).
    Mean,
    /// Score of the body site before it is weighted (`pasi`, `apasi`, `aeasi`, `asalt`).
    SiteScore,
    /// Percentage of the body's skin that the given views show (global `avasi`).
    Coverage,
}

/// How well the parts of a [`Score`] are established.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScoreEvidence {
    /// Evidence for the number.
    pub value: Evidence,
    /// Evidence for the category's name and the limits of its band.
    pub category: Evidence,
    /// Evidence for the intensity that goes with the band.
    pub intensity: Evidence,
    /// Evidence for the contribution, if there is one.
    pub contribution: Option<Evidence>,
}

/// How well a rule is established, from the weakest to the strongest evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The vendor's rule is not public; the rule here is a placeholder.
    Unknown,
    /// Reconstructed: consistent with everything observed, but stated nowhere.
    Inferred,
    /// The published instrument, or the vendor's public description of its method; not observed at the API.
    Literature,
    /// Asserted by the vendor's public tests, or stated in its public requirements.
    Exact,
}

/// The intensity of a result, in the four steps of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intensity {
    /// 0 on the wire.
    None,
    /// 1 on the wire.
    Low,
    /// 2 on the wire.
    Moderate,
    /// 3 on the wire.
    High,
}

/// A range of numbers that share a category.
///
/// The bands of an instrument rise from 0: each begins where the one before it ends, and the last is unbounded.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Band {
    /// The upper limit.
    pub upper: Bound<f64>,
    /// The category at the API.
    pub category: &'static str,
    /// The intensity that goes with the category.
    pub intensity: Intensity,
    /// Evidence for the category and the limits, except for answers whose result the vendor's tests assert.
    pub evidence: Evidence,
}

impl Score {
    /// Returns an intermediate number, rounded to two decimals; `None` if the instrument does not compute it.
    pub fn intermediate(&self, wanted: Intermediate) -> Option<f64> {
        self.intermediates.iter().find(|(intermediate, _)| *intermediate == wanted).map(|&(_, value)| value)
    }
}

impl ScoreEvidence {
    /// Returns the weaker evidence of number and category.
    pub fn overall(&self) -> Evidence {
        self.value.min(self.category)
    }
}

impl Intensity {
    /// Returns the number on the wire, 0 to 3.
    pub const fn level(self) -> u8 {
        self as u8
    }
}

impl Band {
    /// A band that includes its upper limit.
    pub(crate) const fn up_to(
        limit: f64,
        category: &'static str,
        intensity: Intensity,
        evidence: Evidence,
    ) -> Self {
        Self { upper: Bound::Included(limit), category, intensity, evidence }
    }

    /// A band whose upper limit belongs to the next band.
    pub(crate) const fn below(
        limit: f64,
        category: &'static str,
        intensity: Intensity,
        evidence: Evidence,
    ) -> Self {
        Self { upper: Bound::Excluded(limit), category, intensity, evidence }
    }

    /// The last band.
    pub(crate) const fn above(category: &'static str, intensity: Intensity, evidence: Evidence) -> Self {
        Self { upper: Bound::Unbounded, category, intensity, evidence }
    }

    /// Returns whether a number that no earlier band contains is in this band.
    pub(crate) fn contains(&self, number: f64) -> bool {
        match self.upper {
            Bound::Included(limit) => number <= limit,
            Bound::Excluded(limit) => number < limit,
            Bound::Unbounded => true,
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            Self::Inferred => "inferred",
            Self::Literature => "literature",
            Self::Exact => "exact",
        })
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Score").field("evidence", &self.evidence).finish_non_exhaustive()
    }
}
