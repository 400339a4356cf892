//! AUAS: the Urticaria Activity Score with the wheals counted in one image; the itch comes from the caller.
//!
//! Sum and bands are those of [`uas`](super::uas): literature, and inferred. 5 and "Intense" for wheals 2 and itch 3
//! are exact. How a count becomes a grade is literature; large confluent wheals are grade 3 whatever their number,
//! which no count can tell.

use super::{Instrument, uas};
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::{SIGN_0_TO_3, WHEALS};

sheet! {
    /// Wheals in an image and the itch of the day, for the Automatic Urticaria Activity Score.
    Auas {
        wheals: Whole<3> = ("wheals", "Wheals").worded(WHEALS);
        pruritus: Whole<3> = ("pruritus", "Itch").worded(SIGN_0_TO_3);
    }
}

impl Auas {
    /// Sum of wheals and itch, 0 to 6.
    pub fn score(&self) -> Outcome {
        let outcome = Outcome::banded(self.sum(), Mark::Literature, uas::BANDS);
        if self.is(&[2.0, 3.0]) { outcome.value_asserted().category_asserted() } else { outcome }
    }

    /// The grade of so many separate wheals: none, below 20, 20 to 50, above 50.
    pub fn grade_of(wheals: u32) -> Whole<3> {
        let grade = match wheals {
            0 => 0,
            1..20 => 1,
            20..=50 => 2,
            _ => 3,
        };
        Whole::new(grade).expect("no arm is above 3")
    }
}

pub(super) static AUAS: Instrument = Instrument {
    code: "auas",
    name: "Automatic Urticaria Activity Score",
    sources: &[uas::SOURCE, "Mac Carthy et al. 2024, JID Innov 4:100218, doi:10.1016/j.xjidi.2023.100218"],
    value: Mark::Literature,
    items: Auas::ITEMS,
    bands: uas::BANDS,
    score: |answers| Ok(Auas::read(answers)?.score()),
};
