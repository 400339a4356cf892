//! Bands: which figures share a category.

use crate::intensity::Intensity;
use crate::mark::Mark;

/// Figures that share a category. A table of them runs upwards from 0, and its last band has no limit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Band {
    /// Where the band ends; it begins where the one before it ends.
    pub reach: Reach,
    /// The category's word at the API.
    pub category: &'static str,
    /// The intensity that goes with it.
    pub intensity: Intensity,
    /// What the word and the limits rest on, away from the points that the vendor's tests assert.
    pub mark: Mark,
}

/// Where a band ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// The limit belongs to the band.
    UpTo(f64),
    /// The limit belongs to the next band.
    Below(f64),
    /// Whatever no band before it holds.
    Rest,
}

impl Band {
    pub(crate) const fn new(reach: Reach, category: &'static str, intensity: Intensity, mark: Mark) -> Self {
        Self { reach, category, intensity, mark }
    }

    fn holds(&self, figure: f64) -> bool {
        match self.reach {
            Reach::UpTo(limit) => figure <= limit,
            Reach::Below(limit) => figure < limit,
            Reach::Rest => true,
        }
    }
}

/// The band of a figure that is not rounded yet.
pub(crate) fn band_of(bands: &'static [Band], figure: f64) -> &'static Band {
    bands
        .iter()
        .find(|band| band.holds(figure))
        .expect("the last band of every table has no limit; a test holds it")
}
