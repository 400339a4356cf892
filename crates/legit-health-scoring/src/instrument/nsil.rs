//! NSIL: dryness, erythema and inflammations of a lesion that fits no condition.
//!
//! A placeholder. The vendor says only that the number comes from these three, and its tests assert "Mild" and at
//! least 1 for some dryness alone. Here it is their sum, with 0 to 4 for each and bands of four points.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};

sheet! {
    /// Signs in an image, for NSIL. Their bounds are part of the placeholder.
    Nsil {
        dryness: Whole<4> = ("dryness", "Dryness");
        erythema: Whole<4> = ("erythema", "Erythema");
        inflammations: Whole<4> = ("inflammations", "Inflammations");
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Unknown),
    Band::new(Reach::UpTo(4.0), "Mild", Intensity::Low, Mark::Unknown),
    Band::new(Reach::UpTo(8.0), "Moderate", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Unknown),
];

impl Nsil {
    /// Sum of the signs, as a placeholder, 0 to 12.
    pub fn score(&self) -> Outcome {
        let outcome = Outcome::banded(self.sum(), Mark::Unknown, BANDS);
        if self.is(&[1.0, 0.0, 0.0]) { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static NSIL: Instrument = Instrument {
    code: "nsil",
    name: "NSIL, score of a non-specific finding",
    sources: &["the vendor's public requirement SRS-009 (without a formula)"],
    value: Mark::Unknown,
    items: Nsil::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Nsil::read(answers)?.score()),
};
