//! UAS: wheals and itch of one day of urticaria.
//!
//! Sum of both, 0 to 6: literature (Młynek 2008). The bands of one day are inferred from the automatic twin, whose
//! "Intense" at 5 is exact; the published bands are those of seven days added up.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::{SIGN_0_TO_3, WHEALS};

sheet! {
    /// One day of urticaria, for the Urticaria Activity Score.
    Uas {
        pruritus: Whole<3> = ("pruritus", "Itch").worded(SIGN_0_TO_3);
        wheals: Whole<3> = ("wheals", "Wheals").worded(WHEALS);
    }
}

pub(super) const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Inferred),
    Band::new(Reach::UpTo(2.0), "Mild", Intensity::Low, Mark::Inferred),
    Band::new(Reach::UpTo(4.0), "Moderate", Intensity::Moderate, Mark::Inferred),
    Band::new(Reach::Rest, "Intense", Intensity::High, Mark::Inferred),
];

impl Uas {
    /// Sum of itch and wheals, 0 to 6.
    pub fn score(&self) -> Outcome {
        Outcome::banded(self.sum(), Mark::Literature, BANDS)
    }
}

pub(super) const SOURCE: &str = "Młynek et al. 2008, Allergy 63:777, doi:10.1111/j.1398-9995.2008.01726.x";

pub(super) static UAS: Instrument = Instrument {
    code: "uas",
    name: "Urticaria Activity Score",
    sources: &[SOURCE],
    value: Mark::Literature,
    items: Uas::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Uas::read(answers)?.score()),
};
