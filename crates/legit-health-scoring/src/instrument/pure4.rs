//! PURE-4: four questions that find patients with psoriasis who may have psoriatic arthritis.
//!
//! Sum of four yes-or-no answers; one yes is positive. The sum is exact (vendor's requirements and tests), and so is
//! "Positive" at 2; the cut-off is literature (Audureau 2018). That 0 is an intensity of none is inferred.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::NO_YES;

sheet! {
    /// Answers of the PURE-4 screening.
    Pure4 {
        question1: bool = ("question1", "Question 1").worded(NO_YES);
        question2: bool = ("question2", "Question 2").worded(NO_YES);
        question3: bool = ("question3", "Question 3").worded(NO_YES);
        question4: bool = ("question4", "Question 4").worded(NO_YES);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "Negative", Intensity::None, Mark::Inferred),
    Band::new(Reach::Rest, "Positive", Intensity::High, Mark::Literature),
];

impl Pure4 {
    /// How many answers are yes, 0 to 4.
    pub fn score(&self) -> Outcome {
        let outcome = Outcome::banded(self.sum(), Mark::Exact, BANDS);
        if self.is(&[1.0, 0.0, 1.0, 0.0]) { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static PURE4: Instrument = Instrument {
    code: "pure4",
    name: "Psoriatic arthritis UnclutteRed screening Evaluation",
    sources: &["Audureau et al. 2018, J Eur Acad Dermatol Venereol 32:1950"],
    value: Mark::Exact,
    items: Pure4::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Pure4::read(answers)?.score()),
};
