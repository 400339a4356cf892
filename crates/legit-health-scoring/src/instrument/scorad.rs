//! SCORAD: extent, signs and symptoms of atopic dermatitis.
//!
//! A/5 + 7B/2 + C: A is the affected percentage of the body's skin, B the sum of six signs, C of two symptoms; 0 to
//! 103. Literature (European Task Force 1993) for the whole body. For one body site the affected percentage of the
//! site is scaled by the site's share of the body: observed for the automatic twin, inferred here. The limits 15 and
//! 40 are inferred too: the vendor's tests show "Moderate" at 37.6 and "Severe" at 48.5, which excludes the usual 50.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::{Percent, Whole};
use crate::outcome::{Figure, Outcome};
use crate::sheet::{Sheet, sheet};
use crate::site::Site;
use crate::words::{AREA_PERCENT, RATING_0_TO_10, SIGN_0_TO_3};

sheet! {
    /// Signs and symptoms of atopic dermatitis, for SCORing Atopic Dermatitis. What the surface is a percentage of,
    /// the [`Extent`] says.
    Scorad {
        surface: Percent = ("surface", "Area in percent").worded(AREA_PERCENT);
        erythema: Whole<3> = ("erythema", "Erythema").worded(SIGN_0_TO_3);
        swelling: Whole<3> = ("swelling", "Swelling").worded(SIGN_0_TO_3);
        crusting: Whole<3> = ("crusting", "Crusting").worded(SIGN_0_TO_3);
        excoriation: Whole<3> = ("excoriation", "Excoriation").worded(SIGN_0_TO_3);
        lichenification: Whole<3> = ("lichenification", "Lichenification").worded(SIGN_0_TO_3);
        dryness: Whole<3> = ("dryness", "Dryness").worded(SIGN_0_TO_3);
        pruritus: Whole<10> = ("pruritus", "Itch").worded(RATING_0_TO_10);
        sleeplessness: Whole<10> = ("sleeplessness", "Sleep loss").worded(RATING_0_TO_10);
    }
}

/// What a surface is a percentage of.
#[derive(Clone, Copy, Debug)]
pub enum Extent {
    /// Of the whole body's skin, as SCORAD is published.
    Body,
    /// Of one body site.
    Site(&'static Site),
}

pub(super) const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "Clear", Intensity::None, Mark::Inferred),
    Band::new(Reach::Below(15.0), "Mild", Intensity::Low, Mark::Inferred),
    Band::new(Reach::UpTo(40.0), "Moderate", Intensity::Moderate, Mark::Inferred),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Inferred),
];

impl Scorad {
    /// Weighted sum of extent, signs and symptoms, 0 to 103.
    pub fn score(&self, extent: Extent) -> Outcome {
        let signs = [
            self.erythema,
            self.swelling,
            self.crusting,
            self.excoriation,
            self.lichenification,
            self.dryness,
        ];
        weighted_sum(self.surface, extent, signs, [self.pruritus, self.sleeplessness])
    }
}

pub(super) fn weighted_sum(
    surface: Percent,
    extent: Extent,
    signs: [Whole<3>; 6],
    symptoms: [Whole<10>; 2],
) -> Outcome {
    let (body_surface, mark) = match extent {
        Extent::Body => (surface.get(), Mark::Literature),
        Extent::Site(site) => (surface.get() * site.body_share().get() / 100.0, Mark::Inferred),
    };
    let signs: u8 = signs.into_iter().map(Whole::get).sum();
    let symptoms: u8 = symptoms.into_iter().map(Whole::get).sum();
    let sum = body_surface / 5.0 + 3.5 * f64::from(signs) + f64::from(symptoms);
    Outcome::banded(sum, mark, BANDS).with(Figure::BodySurface, body_surface)
}

pub(super) const SOURCES: &[&str] = &[
    "European Task Force on Atopic Dermatitis 1993, Dermatology 186:23, doi:10.1159/000247298",
    "Kunz et al. 1997, Dermatology 195:10, doi:10.1159/000245677",
];

pub(super) static SCORAD: Instrument = Instrument {
    code: "scorad",
    name: "SCORing Atopic Dermatitis",
    sources: SOURCES,
    value: Mark::Inferred,
    items: Scorad::ITEMS,
    bands: BANDS,
    score: |answers| {
        let extent = if answers.site.is_none() { Extent::Body } else { Extent::Site(answers.site()?) };
        Ok(Scorad::read(answers)?.score(extent))
    },
};
