//! APASI: PASI of one body site, its signs judged from an image; the area score comes from the caller.
//!
//! Formula and bands are those of [`pasi`](super::pasi): literature, and inferred. "Severe" for 3 + 3 + 3 and an area
//! score of 4 on an arm is exact; the tests bound the number there to at most 8.

use super::{Instrument, pasi};
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::site::Site;

sheet! {
    /// Signs of psoriasis in an image of one body site, for the Automatic Psoriasis Area and Severity Index.
    Apasi {
        surface: Whole<6> = ("surface", "Surface area score");
        erythema: Whole<4> = ("erythema", "Erythema");
        induration: Whole<4> = ("induration", "Induration");
        desquamation: Whole<4> = ("desquamation", "Desquamation");
    }
}

impl Apasi {
    /// Weighted score of the site, at most 28.8 (a leg).
    pub fn score(&self, site: &Site) -> Outcome {
        let outcome =
            pasi::zone(self.surface, [self.erythema, self.induration, self.desquamation], site.region());
        let asserted = site.code() == "armLeft" && self.is(&[4.0, 3.0, 3.0, 3.0]);
        if asserted { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static APASI: Instrument = Instrument {
    code: "apasi",
    name: "Automatic Psoriasis Area and Severity Index",
    sources: &[pasi::SOURCE],
    value: Mark::Literature,
    items: Apasi::ITEMS,
    bands: pasi::BANDS,
    score: |answers| Ok(Apasi::read(answers)?.score(answers.site()?)),
};
