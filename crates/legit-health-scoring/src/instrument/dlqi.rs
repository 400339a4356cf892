//! DLQI: how much a skin disease affects life, in the patient's own answers about the last week.
//!
//! Sum of ten questions, 0 to 30. The sum is exact (vendor's requirements and tests), and so is "Very large effect"
//! at 19; the other bands are literature (Hongbo 2005).

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::Words;

const EFFECT: Words = Words::Grades(&["None, or not relevant", "Slight", "Considerable", "Very strong"]);

sheet! {
    /// Answers of the Dermatology Life Quality Index.
    Dlqi {
        question1: Whole<3> = ("question1", "Question 1").worded(EFFECT);
        question2: Whole<3> = ("question2", "Question 2").worded(EFFECT);
        question3: Whole<3> = ("question3", "Question 3").worded(EFFECT);
        question4: Whole<3> = ("question4", "Question 4").worded(EFFECT);
        question5: Whole<3> = ("question5", "Question 5").worded(EFFECT);
        question6: Whole<3> = ("question6", "Question 6").worded(EFFECT);
        question7: Whole<3> = ("question7", "Question 7").worded(EFFECT);
        question8: Whole<3> = ("question8", "Question 8").worded(EFFECT);
        question9: Whole<3> = ("question9", "Question 9").worded(EFFECT);
        question10: Whole<3> = ("question10", "Question 10").worded(EFFECT);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(1.0), "No effect", Intensity::None, Mark::Literature),
    Band::new(Reach::UpTo(5.0), "Small effect", Intensity::Low, Mark::Literature),
    Band::new(Reach::UpTo(10.0), "Moderate effect", Intensity::Moderate, Mark::Literature),
    Band::new(Reach::UpTo(20.0), "Very large effect", Intensity::High, Mark::Literature),
    Band::new(Reach::Rest, "Extremely large effect", Intensity::High, Mark::Literature),
];

impl Dlqi {
    /// Sum of the answers, 0 to 30.
    pub fn score(&self) -> Outcome {
        let outcome = Outcome::banded(self.sum(), Mark::Exact, BANDS);
        let asserted = self.is(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0]);
        if asserted { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static DLQI: Instrument = Instrument {
    code: "dlqi",
    name: "Dermatology Life Quality Index",
    sources: &[
        "Finlay & Khan 1994, Clin Exp Dermatol 19:210, doi:10.1111/j.1365-2230.1994.tb01167.x",
        "Hongbo et al. 2005, J Invest Dermatol 125:659, doi:10.1111/j.0022-202X.2005.23621.x (bands)",
    ],
    value: Mark::Exact,
    items: Dlqi::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Dlqi::read(answers)?.score()),
};
