//! AGPPGA: three signs of generalised pustular psoriasis in an image, as one grade.
//!
//! Mean of the three: 0 is grade 0, above it below 1.5 is 1, below 2.5 is 2, below 3.5 is 3, then 4. Literature
//! (Burden 2022, and the vendor's page on its method). Whether the device gives the grade or the mean as its number
//! is open: it asserts at least 2 where they are 3 and 2.67. "Moderate" there is exact.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::{Figure, Outcome};
use crate::sheet::{Sheet, sheet};

sheet! {
    /// Signs in an image, for the Automatic Generalised Pustular Psoriasis Physician Global Assessment.
    Agppga {
        erythema: Whole<4> = ("erythema", "Erythema");
        desquamation: Whole<4> = ("desquamation", "Desquamation");
        pustulation: Whole<4> = ("pustulation", "Pustulation");
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "Clear", Intensity::None, Mark::Literature),
    Band::new(Reach::UpTo(1.0), "Almost clear", Intensity::Low, Mark::Literature),
    Band::new(Reach::UpTo(2.0), "Mild", Intensity::Low, Mark::Literature),
    Band::new(Reach::UpTo(3.0), "Moderate", Intensity::Moderate, Mark::Literature),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Literature),
];

impl Agppga {
    /// Grade of the signs, 0 to 4.
    pub fn score(&self) -> Outcome {
        let mean = self.sum() / 3.0;
        // Any sign at all is at least "almost clear".
        let grade = if mean == 0.0 { 0.0 } else { mean.round().max(1.0) };
        let outcome = Outcome::banded(grade, Mark::Literature, BANDS).with(Figure::Mean, mean);
        if self.is(&[3.0, 2.0, 3.0]) { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static AGPPGA: Instrument = Instrument {
    code: "agppga",
    name: "Automatic Generalised Pustular Psoriasis Physician Global Assessment",
    sources: &["Burden et al. 2022, Am J Clin Dermatol 23(Suppl 1):39, doi:10.1007/s40257-021-00653-0"],
    value: Mark::Literature,
    items: Agppga::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Agppga::read(answers)?.score()),
};
