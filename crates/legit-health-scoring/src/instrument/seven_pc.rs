//! Weighted seven-point checklist: whether a pigmented lesion is suspicious.
//!
//! Two points for each of three major signs, one for each of four minor ones, 0 to 10; three points are the cut-off.
//! Literature (MacKie 1990, NICE NG12); 6 and "High risk" for one set of answers are exact. The word "Low risk" is
//! inferred, and a band between the two cannot be excluded.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::NO_YES;

sheet! {
    /// Answers of the weighted seven-point checklist. The first three are the major signs.
    SevenPc {
        change_in_size: bool = ("changeInSize", "Change in size").worded(NO_YES);
        irregular_pigmentation: bool = ("irregularPigmentation", "Irregular pigmentation").worded(NO_YES);
        irregular_border: bool = ("irregularBorder", "Irregular border").worded(NO_YES);
        inflammation: bool = ("inflammation", "Inflammation").worded(NO_YES);
        larger_than_other_lesions: bool = ("largerThanOtherLesions", "Larger than other lesions").worded(NO_YES);
        itch_or_altered_sensation: bool = ("itchOrAlteredSensation", "Itch or altered sensation").worded(NO_YES);
        crusting_or_bleeding: bool = ("crustingOrBleeding", "Crusting or bleeding").worded(NO_YES);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::Below(3.0), "Low risk", Intensity::Low, Mark::Inferred),
    Band::new(Reach::Rest, "High risk", Intensity::High, Mark::Literature),
];

impl SevenPc {
    /// Weighted sum of the signs, 0 to 10.
    pub fn score(&self) -> Outcome {
        let majors = [self.change_in_size, self.irregular_pigmentation, self.irregular_border];
        // Every sign counts once, and the major ones once more.
        let sum = self.sum() + majors.into_iter().map(f64::from).sum::<f64>();
        let outcome = Outcome::banded(sum, Mark::Literature, BANDS);
        let asserted = self.is(&[1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
        if asserted { outcome.value_asserted().category_asserted() } else { outcome }
    }
}

pub(super) static SEVEN_PC: Instrument = Instrument {
    code: "sevenPc",
    name: "Weighted seven-point checklist for pigmented lesions",
    sources: &[
        "MacKie 1990, BMJ 301:1005",
        "Walter et al. 2013, Br J Gen Pract 63:e345",
        "NICE guideline NG12 (cut-off)",
    ],
    value: Mark::Literature,
    items: SevenPc::ITEMS,
    bands: BANDS,
    score: |answers| Ok(SevenPc::read(answers)?.score()),
};
