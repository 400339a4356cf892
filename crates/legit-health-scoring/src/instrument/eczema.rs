//! Instruments for atopic dermatitis: EASI of one body site, and SCORAD.

use super::{Computed, Instrument, Observed, ValidAnswers};
use crate::body_site::{BodySite, Region, area_score};
use crate::item::{Item, LevelNames};
use crate::score::{Band, Evidence, Intensity, Intermediate};

const AREA_PERCENT: LevelNames = LevelNames::From(&[
    (0.0, "None"),
    (f64::MIN_POSITIVE, "Below 10 %"),
    (10.0, "10 to below 30 %"),
    (30.0, "30 to below 50 %"),
    (50.0, "50 to below 70 %"),
    (70.0, "70 to below 90 %"),
    (90.0, "90 to 100 %"),
]);

/// AEASI: EASI of one body site, with the signs judged from an image; area and age come from the caller.
///
/// (redness + thickness + scratching + lichenification) × area score, 0 to 72, times the weight of the site's region,
/// which differs below eight years: at most 28.8, for an adult's leg. Literature (Hanifin 2001); area score and weight
/// are confirmed for one arm. The bands are those of the whole-body score (Leshem 2015) and apply to the weighted
/// number; "Mild" at 3.2 is exact.
pub(super) const AEASI: Instrument = Instrument {
    code: "aeasi",
    name: "Automatic Eczema Area and Severity Index",
    sources: &[
        "Hanifin et al. 2001, Exp Dermatol 10:11, doi:10.1034/j.1600-0625.2001.100102.x",
        "Leshem et al. 2015, Br J Dermatol 172:1353, doi:10.1111/bjd.13662 (bands)",
    ],
    value_evidence: Evidence::Literature,
    items: &[
        // The affected percentage of the site.
        Item::percent("surface", "Surface area score").reported_as(Intermediate::AreaScore),
        // In completed years.
        Item::whole(150, "patientAge", "Age of the patient").not_reported(),
        Item::whole(3, "redness", "Redness"),
        Item::whole(3, "thickness", "Thickness"),
        Item::whole(3, "scratching", "Scratching"),
        Item::whole(3, "lichenification", "Lichenification"),
    ],
    bands: &[
        Band::up_to(0.0, "Clear", Intensity::None, Evidence::Literature),
        Band::up_to(1.0, "Almost clear", Intensity::Low, Evidence::Literature),
        Band::up_to(7.0, "Mild", Intensity::Low, Evidence::Literature),
        Band::up_to(21.0, "Moderate", Intensity::Moderate, Evidence::Literature),
        Band::up_to(50.0, "Severe", Intensity::High, Evidence::Literature),
        Band::above("Very severe", Intensity::High, Evidence::Literature),
    ],
    observed: Some(Observed::category(&[60.0, 40.0, 2.0, 2.0, 0.0, 0.0]).at("armLeft")),
    formula: |answers| {
        let area = area_score(answers["surface"]);
        let signs = answers.sum_of(&["redness", "thickness", "scratching", "lichenification"]);
        let site_score = area * signs;
        let tenths = match answers.site()?.region() {
            Region::Head if answers["patientAge"] < 8.0 => 2.0,
            Region::LowerLimbs if answers["patientAge"] < 8.0 => 3.0,
            region => region.tenths(),
        };
        // Whole tenths, divided once, so that no limit is missed by a rounding error.
        Ok(Computed { contributes: true, ..Computed::from(site_score * tenths / 10.0) }
            .with(Intermediate::AreaScore, area)
            .with(Intermediate::SiteScore, site_score))
    },
};

/// SCORAD: extent, signs and symptoms of atopic dermatitis.
///
/// A/5 + 7B/2 + C: A is the affected percentage of the body's skin, B the sum of six signs, C of two symptoms; 0 to
/// 103. Literature (European Task Force 1993) for the whole body. For one body site the affected percentage of the
/// site is scaled by the site's share of the body: observed for ASCORAD, inferred here. The limits 15 and 40 are
/// inferred too: the vendor's tests show "Moderate" at 37.6 and "Severe" at 48.5, which excludes the usual 50.
pub(super) const SCORAD: Instrument = Instrument {
    code: "scorad",
    name: "SCORing Atopic Dermatitis",
    sources: &[TASK_FORCE_1993, KUNZ_1997],
    value_evidence: Evidence::Inferred,
    items: &[
        Item::percent("surface", "Area in percent").levels(AREA_PERCENT),
        Item::whole(3, "erythema", "Erythema").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "swelling", "Swelling").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "crusting", "Crusting").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "excoriation", "Excoriation").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "lichenification", "Lichenification").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "dryness", "Dryness").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(10, "pruritus", "Itch").levels(LevelNames::RATING_0_TO_10),
        Item::whole(10, "sleeplessness", "Sleep loss").levels(LevelNames::RATING_0_TO_10),
    ],
    bands: &[
        Band::up_to(0.0, "Clear", Intensity::None, Evidence::Inferred),
        Band::below(15.0, "Mild", Intensity::Low, Evidence::Inferred),
        Band::up_to(40.0, "Moderate", Intensity::Moderate, Evidence::Inferred),
        Band::above("Severe", Intensity::High, Evidence::Inferred),
    ],
    observed: None,
    formula: |answers| {
        let site = answers.site.map(|_| answers.site()).transpose()?;
        Ok(scorad(answers, site))
    },
};

/// ASCORAD: SCORAD of one body site, with the signs judged from an image; surface and symptoms come from the caller.
///
/// Formula and bands are those of SCORAD, with the surface scaled by the site's share of the body: inferred, from a
/// test in which an arm scores above 37 ("Moderate", exact) and once scored above 40 unscaled.
pub(super) const ASCORAD: Instrument = Instrument {
    code: "ascorad",
    name: "Automatic SCORing Atopic Dermatitis",
    sources: &[
        TASK_FORCE_1993,
        KUNZ_1997,
        "Medela et al. 2022, JID Innov 2:100107, doi:10.1016/j.xjidi.2022.100107",
    ],
    items: &[
        Item::percent("surface", "Area in percent"),
        Item::whole(3, "erythema", "Erythema"),
        Item::whole(3, "swelling", "Swelling"),
        Item::whole(3, "crusting", "Crusting"),
        Item::whole(3, "excoriation", "Excoriation"),
        Item::whole(3, "lichenification", "Lichenification"),
        Item::whole(3, "dryness", "Dryness"),
        Item::whole(10, "pruritus", "Itch"),
        Item::whole(10, "sleeplessness", "Sleep loss"),
    ],
    observed: Some(Observed::category(&[60.0, 2.0, 2.0, 2.0, 0.0, 0.0, 1.0, 5.0, 7.0]).at("armLeft")),
    formula: |answers| Ok(scorad(answers, Some(answers.site()?))),
    ..SCORAD
};

const TASK_FORCE_1993: &str =
    "European Task Force on Atopic Dermatitis 1993, Dermatology 186:23, doi:10.1159/000247298";
const KUNZ_1997: &str = "Kunz et al. 1997, Dermatology 195:10, doi:10.1159/000245677";

/// Without a site, the surface is a percentage of the whole body.
fn scorad(answers: &ValidAnswers<'_>, site: Option<&BodySite>) -> Computed {
    let (body_surface, evidence) = match site {
        None => (answers["surface"], Evidence::Literature),
        Some(site) => (answers["surface"] * site.body_share() / 100.0, Evidence::Inferred),
    };
    let signs =
        answers.sum_of(&["erythema", "swelling", "crusting", "excoriation", "lichenification", "dryness"]);
    let symptoms = answers.sum_of(&["pruritus", "sleeplessness"]);
    let sum = body_surface / 5.0 + 3.5 * signs + symptoms;
    Computed { evidence: Some(evidence), ..sum.into() }.with(Intermediate::BodySurface, body_surface)
}
