//! PASI of one body site, judged by a clinician.
//!
//! (erythema + induration + desquamation) × area score, 0 to 72, times the weight of the site's region. Literature
//! (Fredriksson & Pettersson 1978); the contributions of the four regions add up to the published whole-body score.
//! The bands are inferred and decided before weighting: the vendor's tests show "Moderate" for 18 and "Severe" for
//! 36, which is 7.2 once weighted, and no limits on the weighted number can give both. Published whole-body bands
//! differ.

use super::Instrument;
use crate::band::{Band, Reach, band_of};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::{Figure, Outcome};
use crate::sheet::{Sheet, sheet};
use crate::site::Region;
use crate::words::{AREA_SCORE, SIGN_0_TO_4};

sheet! {
    /// Signs of psoriasis on one body site, for the Psoriasis Area and Severity Index. The surface is the area score.
    Pasi {
        surface: Whole<6> = ("surface", "Area").worded(AREA_SCORE);
        erythema: Whole<4> = ("erythema", "Erythema").worded(SIGN_0_TO_4);
        induration: Whole<4> = ("induration", "Induration").worded(SIGN_0_TO_4);
        desquamation: Whole<4> = ("desquamation", "Desquamation").worded(SIGN_0_TO_4);
    }
}

/// Of the zone score before it is weighted.
pub(super) const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Inferred),
    Band::new(Reach::UpTo(10.0), "Mild", Intensity::Low, Mark::Inferred),
    Band::new(Reach::UpTo(20.0), "Moderate", Intensity::Moderate, Mark::Inferred),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Inferred),
];

impl Pasi {
    /// Weighted score of the site, at most 28.8 (a leg).
    pub fn score(&self, region: Region) -> Outcome {
        zone(self.surface, [self.erythema, self.induration, self.desquamation], region)
    }
}

pub(super) fn zone(surface: Whole<6>, signs: [Whole<4>; 3], region: Region) -> Outcome {
    let zone = u16::from(surface.get()) * signs.into_iter().map(|sign| u16::from(sign.get())).sum::<u16>();
    // Whole tenths, divided once, so that no limit is missed by a rounding error.
    let weighted = f64::from(zone * u16::from(region.tenths())) / 10.0;
    Outcome::in_band(weighted, Mark::Literature, band_of(BANDS, zone.into()))
        .with(Figure::ZoneScore, zone.into())
        .contributing()
}

pub(super) const SOURCE: &str = "Fredriksson & Pettersson 1978, Dermatologica 157:238, doi:10.1159/000250839";

pub(super) static PASI: Instrument = Instrument {
    code: "pasi",
    name: "Psoriasis Area and Severity Index",
    sources: &[SOURCE],
    value: Mark::Literature,
    items: Pasi::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Pasi::read(answers)?.score(answers.site()?.region())),
};
