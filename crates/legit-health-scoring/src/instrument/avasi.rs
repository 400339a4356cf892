//! AVASI of one body site: depigmented skin in one image.
//!
//! The number is the percentage of the visible skin that is depigmented: inferred, since an arm scores at least 40 in
//! the vendor's tests, which no weighting by its share of the body allows. The limits are a placeholder; all that is
//! known is that such an arm is "Moderate".

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Percent;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};

sheet! {
    /// Depigmented skin in an image, for the Automatic Vitiligo Area Scoring Index.
    Avasi {
        depigmentation: Percent =
            ("depigmentationPercentage", "Depigmentation in percent of the visible skin").not_returned();
    }
}

pub(super) const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Unknown),
    Band::new(Reach::Below(25.0), "Mild", Intensity::Low, Mark::Unknown),
    Band::new(Reach::Below(50.0), "Moderate", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Unknown),
];

impl Avasi {
    /// Depigmentation in percent of the visible skin.
    pub fn score(&self) -> Outcome {
        Outcome::banded(self.depigmentation.get(), Mark::Inferred, BANDS)
    }
}

pub(super) const SOURCE: &str = "Hamzavi et al. 2004, Arch Dermatol 140:677 (the index that it automates)";

pub(super) static AVASI: Instrument = Instrument {
    code: "avasi",
    name: "Automatic Vitiligo Area Scoring Index",
    sources: &[SOURCE],
    value: Mark::Inferred,
    items: Avasi::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Avasi::read(answers)?.score()),
};
