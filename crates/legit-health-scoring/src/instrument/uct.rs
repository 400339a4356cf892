//! UCT: how well urticaria was controlled in the last four weeks, in the patient's own answers.
//!
//! Sum of four questions, 0 to 16, and **higher is better**, unlike all others. The sum is exact (vendor's
//! requirements and tests), the limits are literature (Weller 2014, Ohanyan 2017), the intensities inferred.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::Words;

const BURDEN: Words = Words::Grades(&["Very strong", "Strong", "Moderate", "Slight", "None"]);
const HOW_OFTEN: Words = Words::Grades(&["Nearly always", "Often", "Now and then", "Rarely", "Never"]);
const CONTROL: Words = Words::Grades(&["Absent", "Slight", "Partial", "Good", "Complete"]);

sheet! {
    /// Answers of the Urticaria Control Test. The higher, the better.
    Uct {
        manifestations: Whole<4> = ("manifestations", "Manifestations").worded(BURDEN);
        quality_of_life: Whole<4> = ("qualityOfLife", "Quality of life").worded(BURDEN);
        treatment_not_enough: Whole<4> = ("treatmentNotEnough", "Treatment not enough").worded(HOW_OFTEN);
        overall_under_control: Whole<4> = ("overallUnderControl", "Overall under control").worded(CONTROL);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(11.0), "Poorly controlled", Intensity::High, Mark::Literature),
    Band::new(Reach::UpTo(15.0), "Well controlled", Intensity::Low, Mark::Literature),
    Band::new(Reach::Rest, "Completely controlled", Intensity::None, Mark::Literature),
];

impl Uct {
    /// Sum of the answers, 0 to 16. The higher, the better.
    pub fn score(&self) -> Outcome {
        Outcome::banded(self.sum(), Mark::Exact, BANDS)
    }
}

pub(super) static UCT: Instrument = Instrument {
    code: "uct",
    name: "Urticaria Control Test",
    sources: &[
        "Weller et al. 2014, J Allergy Clin Immunol 133:1365, doi:10.1016/j.jaci.2013.12.1076",
        "Ohanyan et al. 2017, J Allergy Clin Immunol 140:1710",
    ],
    value: Mark::Exact,
    items: Uct::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Uct::read(answers)?.score()),
};
