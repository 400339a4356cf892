//! GAGS: the worst acne lesion of six regions, each weighted.
//!
//! Twice forehead and cheeks, once nose and chin, three times chest and upper back, 0 to 44. Literature (Doshi 1997).
//! The vendor's requirements speak of a plain sum of the regions; whether its device weights them is unknown.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::Words;

const WORST_LESION: Words = Words::Grades(&["None", "Comedones", "Papules", "Pustules", "Nodules"]);

sheet! {
    /// Worst lesion of each region, for the Global Acne Grading System: 0 none, 1 comedones, 2 papules, 3 pustules,
    /// 4 nodules.
    Gags {
        forehead: Whole<4> = ("forehead", "Forehead").worded(WORST_LESION);
        right_cheek: Whole<4> = ("rightCheek", "Right cheek").worded(WORST_LESION);
        left_cheek: Whole<4> = ("leftCheek", "Left cheek").worded(WORST_LESION);
        nose: Whole<4> = ("nose", "Nose").worded(WORST_LESION);
        chin: Whole<4> = ("chin", "Chin").worded(WORST_LESION);
        chest_and_upper_back: Whole<4> = ("chestAndUpperBack", "Chest and upper back").worded(WORST_LESION);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Literature),
    Band::new(Reach::UpTo(18.0), "Mild", Intensity::Low, Mark::Literature),
    Band::new(Reach::UpTo(30.0), "Moderate", Intensity::Moderate, Mark::Literature),
    Band::new(Reach::UpTo(38.0), "Severe", Intensity::High, Mark::Literature),
    Band::new(Reach::Rest, "Very severe", Intensity::High, Mark::Literature),
];

impl Gags {
    /// Weighted sum of the regions, 0 to 44.
    pub fn score(&self) -> Outcome {
        let sum: u8 = [
            (2, self.forehead),
            (2, self.right_cheek),
            (2, self.left_cheek),
            (1, self.nose),
            (1, self.chin),
            (3, self.chest_and_upper_back),
        ]
        .into_iter()
        .map(|(factor, worst)| factor * worst.get())
        .sum();
        Outcome::banded(sum.into(), Mark::Literature, BANDS)
    }
}

pub(super) static GAGS: Instrument = Instrument {
    code: "gags",
    name: "Global Acne Grading System",
    sources: &["Doshi et al. 1997, Int J Dermatol 36:416"],
    value: Mark::Literature,
    items: Gags::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Gags::read(answers)?.score()),
};
