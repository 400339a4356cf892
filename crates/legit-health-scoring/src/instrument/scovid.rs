//! SCOVID: the vendor's symptom score for patients with COVID-19 and skin lesions.
//!
//! Sum of ten items, 0 to 44: exact (vendor's requirements). The bands are a placeholder; nothing about the scale is
//! published elsewhere, and of the vendor's bands only a word "Moderate" is known.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::{RATING_0_TO_10, SIGN_0_TO_3};

sheet! {
    /// Symptoms, for the SCOVID score.
    Scovid {
        pain: Whole<10> = ("pain", "Pain").worded(RATING_0_TO_10);
        pruritus: Whole<10> = ("pruritus", "Itch").worded(RATING_0_TO_10);
        fever: Whole<3> = ("fever", "Fever").worded(SIGN_0_TO_3);
        cough: Whole<3> = ("cough", "Cough").worded(SIGN_0_TO_3);
        cephalea: Whole<3> = ("cephalea", "Headache").worded(SIGN_0_TO_3);
        myalgia_or_arthralgia: Whole<3> = ("myalgiaOrArthralgia", "Muscle or joint pain").worded(SIGN_0_TO_3);
        malaise: Whole<3> = ("malaise", "Malaise").worded(SIGN_0_TO_3);
        loss_of_taste_or_olfactory: Whole<3> =
            ("lossOfTasteOrOlfactory", "Loss of taste or smell").worded(SIGN_0_TO_3);
        shortness_of_breath: Whole<3> = ("shortnessOfBreath", "Shortness of breath").worded(SIGN_0_TO_3);
        other_skin_problems: Whole<3> = ("otherSkinProblems", "Other skin problems").worded(SIGN_0_TO_3);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Unknown),
    Band::new(Reach::UpTo(14.0), "Mild", Intensity::Low, Mark::Unknown),
    Band::new(Reach::UpTo(29.0), "Moderate", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Unknown),
];

impl Scovid {
    /// Sum of the symptoms, 0 to 44.
    pub fn score(&self) -> Outcome {
        Outcome::banded(self.sum(), Mark::Exact, BANDS)
    }
}

pub(super) static SCOVID: Instrument = Instrument {
    code: "scovid",
    name: "SCOVID symptom score",
    sources: &["the vendor's public requirement SRS-035"],
    value: Mark::Exact,
    items: Scovid::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Scovid::read(answers)?.score()),
};
