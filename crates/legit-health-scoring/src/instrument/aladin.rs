//! ALADIN: acne lesions in an image.
//!
//! A placeholder. The vendor's formula of count and density has unpublished constants and a scale of 0 to 4, which
//! does not fit what its tests assert: "Grade 4" and "Moderate" for 33 lesions, at a number of at least 30. Here the
//! number is the count, the grade goes up every ten lesions to 10, and the intensity follows Lehmann's counts (2002).

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::Words;

const HOW_MANY: Words = Words::Ranges(&[(0.0, "None"), (1.0, "Mild"), (15.0, "Moderate"), (51.0, "Severe")]);

sheet! {
    /// Lesions in an image, for the Acne Lesion And Density INdex.
    Aladin {
        acne: u32 = ("acne", "Number of acne lesions").worded(HOW_MANY);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "Grade 0", Intensity::None, Mark::Unknown),
    Band::new(Reach::UpTo(10.0), "Grade 1", Intensity::Low, Mark::Unknown),
    Band::new(Reach::Below(15.0), "Grade 2", Intensity::Low, Mark::Unknown),
    Band::new(Reach::UpTo(20.0), "Grade 2", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::UpTo(30.0), "Grade 3", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::UpTo(40.0), "Grade 4", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::UpTo(50.0), "Grade 5", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::UpTo(60.0), "Grade 6", Intensity::High, Mark::Unknown),
    Band::new(Reach::UpTo(70.0), "Grade 7", Intensity::High, Mark::Unknown),
    Band::new(Reach::UpTo(80.0), "Grade 8", Intensity::High, Mark::Unknown),
    Band::new(Reach::UpTo(90.0), "Grade 9", Intensity::High, Mark::Unknown),
    Band::new(Reach::Rest, "Grade 10", Intensity::High, Mark::Unknown),
];

impl Aladin {
    /// The count, as a placeholder.
    pub fn score(&self) -> Outcome {
        let outcome = Outcome::banded(self.sum(), Mark::Unknown, BANDS);
        if self.is(&[33.0]) { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static ALADIN: Instrument = Instrument {
    code: "aladin",
    name: "Acne Lesion And Density INdex",
    sources: &[
        "Medela et al. 2026, Skin Health Dis, doi:10.1093/skinhd/vzag062 (without the constants of the formula)",
        "Lehmann et al. 2002, J Am Acad Dermatol 47:231 (counts)",
    ],
    value: Mark::Unknown,
    items: Aladin::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Aladin::read(answers)?.score()),
};
