//! PGA: three signs of psoriasis as one grade.
//!
//! Mean of the three, rounded half up to a grade 0 to 4. The mean is exact at one point, where it is whole; that it
//! is rounded is inferred, and the names with it. Literature for the composite of three signs and the names of the
//! grades.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::{Mark, Marks};
use crate::number::Whole;
use crate::outcome::{Figure, Outcome};
use crate::sheet::{Sheet, sheet};
use crate::words::GLOBAL_SIGN;

sheet! {
    /// Signs of psoriasis, for the Physician Global Assessment.
    Pga {
        erythema: Whole<4> = ("erythema", "Erythema").worded(GLOBAL_SIGN);
        desquamation: Whole<4> = ("desquamation", "Desquamation").worded(GLOBAL_SIGN);
        induration: Whole<4> = ("induration", "Induration").worded(GLOBAL_SIGN);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "Clear", Intensity::None, Mark::Inferred),
    Band::new(Reach::UpTo(1.0), "Almost clear", Intensity::Low, Mark::Inferred),
    Band::new(Reach::UpTo(2.0), "Mild", Intensity::Low, Mark::Inferred),
    Band::new(Reach::UpTo(3.0), "Moderate", Intensity::Moderate, Mark::Inferred),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Inferred),
];

impl Pga {
    /// Rounded mean of the signs, 0 to 4.
    pub fn score(&self) -> Outcome {
        let mean = self.sum() / 3.0;
        let mut outcome = Outcome::banded(mean.round(), Mark::Inferred, BANDS).with(Figure::Mean, mean);
        if self.is(&[3.0, 2.0, 4.0]) {
            // The mean is whole, so neither number nor name depends on the rounding.
            outcome.marks = Marks { value: Mark::Exact, category: Mark::Literature, ..outcome.marks };
        }
        outcome
    }
}

pub(super) static PGA: Instrument = Instrument {
    code: "pga",
    name: "Physician Global Assessment of psoriasis",
    sources: &[
        "Cappelleri et al. 2013, Qual Life Res 22:2489",
        "Langley et al. 2015, J Dermatolog Treat 26:23",
    ],
    value: Mark::Inferred,
    items: Pga::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Pga::read(answers)?.score()),
};
