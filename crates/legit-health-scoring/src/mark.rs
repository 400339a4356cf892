//! What a result rests on.

use std::fmt;

/// What a figure or a word rests on, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// The vendor's rule is not public; what is given is a placeholder.
    Unknown,
    /// Reconstructed: it fits everything observed and is stated nowhere.
    Inferred,
    /// The published instrument, or the vendor's public description of its method; not observed at the API.
    Literature,
    /// Asserted by the vendor's public tests, or stated in its public requirements.
    Exact,
}

/// What each part of an [`Outcome`](crate::Outcome) rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Marks {
    /// The number.
    pub value: Mark,
    /// The name of the band and where it begins and ends.
    pub category: Mark,
    /// Which of the four intensities goes with the band.
    pub intensity: Mark,
    /// The contribution to the score of the whole body, where there is one.
    pub contribution: Option<Mark>,
}

impl Marks {
    /// The weaker of number and category.
    pub fn overall(&self) -> Mark {
        self.value.min(self.category)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            Self::Inferred => "inferred",
            Self::Literature => "literature",
            Self::Exact => "exact",
        })
    }
}
