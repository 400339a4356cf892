//! AEASI: EASI of one body site, its signs judged from an image; area and age come from the caller.
//!
//! (redness + thickness + scratching + lichenification) × area score, 0 to 72, times the weight of the site's region,
//! which differs below eight years. Literature (Hanifin 2001); area score and weight are confirmed for one arm. The
//! bands are those of the whole-body score (Leshem 2015) and apply to the weighted number; "Mild" at 3.2 is exact.

use super::Instrument;
use crate::area::area_score;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::{Percent, Whole};
use crate::outcome::{Figure, Outcome};
use crate::sheet::{Sheet, sheet};
use crate::site::{Region, Site};

sheet! {
    /// Signs of eczema in an image of one body site, for the Automatic Eczema Area and Severity Index. The surface is
    /// the affected percentage of the site, the age is in completed years.
    Aeasi {
        surface: Percent = ("surface", "Surface area score").returned_as(Figure::AreaScore);
        patient_age: Whole<150> = ("patientAge", "Age of the patient").not_returned();
        redness: Whole<3> = ("redness", "Redness");
        thickness: Whole<3> = ("thickness", "Thickness");
        scratching: Whole<3> = ("scratching", "Scratching");
        lichenification: Whole<3> = ("lichenification", "Lichenification");
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "Clear", Intensity::None, Mark::Literature),
    Band::new(Reach::UpTo(1.0), "Almost clear", Intensity::Low, Mark::Literature),
    Band::new(Reach::UpTo(7.0), "Mild", Intensity::Low, Mark::Literature),
    Band::new(Reach::UpTo(21.0), "Moderate", Intensity::Moderate, Mark::Literature),
    Band::new(Reach::UpTo(50.0), "Severe", Intensity::High, Mark::Literature),
    Band::new(Reach::Rest, "Very severe", Intensity::High, Mark::Literature),
];

impl Aeasi {
    /// Weighted score of the site, at most 28.8 (an adult's leg).
    pub fn score(&self, site: &Site) -> Outcome {
        let signs = [self.redness, self.thickness, self.scratching, self.lichenification];
        let area = u16::from(area_score(self.surface));
        let zone = area * signs.into_iter().map(|sign| u16::from(sign.get())).sum::<u16>();
        // Whole tenths, divided once, so that no limit is missed by a rounding error.
        let weighted = f64::from(zone * u16::from(tenths(site.region(), self.patient_age))) / 10.0;
        let outcome = Outcome::banded(weighted, Mark::Literature, BANDS)
            .with(Figure::AreaScore, area.into())
            .with(Figure::ZoneScore, zone.into())
            .contributing();
        let asserted = site.code() == "armLeft" && self.is(&[60.0, 40.0, 2.0, 2.0, 0.0, 0.0]);
        if asserted { outcome.category_asserted() } else { outcome }
    }
}

/// Below eight years a head counts twice as much, and the legs less.
fn tenths(region: Region, age: Whole<150>) -> u8 {
    match region {
        Region::Head if age.get() < 8 => 2,
        Region::LowerLimbs if age.get() < 8 => 3,
        _ => region.tenths(),
    }
}

pub(super) static AEASI: Instrument = Instrument {
    code: "aeasi",
    name: "Automatic Eczema Area and Severity Index",
    sources: &[
        "Hanifin et al. 2001, Exp Dermatol 10:11, doi:10.1034/j.1600-0625.2001.100102.x",
        "Leshem et al. 2015, Br J Dermatol 172:1353, doi:10.1111/bjd.13662 (bands)",
    ],
    value: Mark::Literature,
    items: Aeasi::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Aeasi::read(answers)?.score(answers.site()?)),
};
