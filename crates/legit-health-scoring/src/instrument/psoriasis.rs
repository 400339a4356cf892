//! Instruments for psoriasis: PASI of one body site, global assessments, and the screening for arthritis.

use super::{Computed, Instrument, Observed};
use crate::item::{Item, LevelNames};
use crate::score::{Band, Evidence, Intensity, Intermediate};

const PASI_SIGN: LevelNames = LevelNames::Each(&["None", "Slight", "Moderate", "Severe", "Very severe"]);
const PGA_SIGN: LevelNames = LevelNames::Each(&["None", "Minimal", "Mild", "Moderate", "Severe"]);
const AREA_SCORE: LevelNames = LevelNames::Each(&[
    "None",
    "Below 10 %",
    "10 to 29 %",
    "30 to 49 %",
    "50 to 69 %",
    "70 to 89 %",
    "90 to 100 %",
]);

/// PASI of one body site, judged by a clinician.
///
/// (erythema + induration + desquamation) × area score, 0 to 72, times the weight of the site's region: at most 28.8,
/// for a leg. Literature (Fredriksson & Pettersson 1978); the contributions of the four regions add up to the published
/// whole-body score. The bands are inferred and decided before weighting: the vendor's tests show "Moderate" for 18
/// and "Severe" for 36, which is 7.2 once weighted, and no limits on the weighted number can give both. Published
/// whole-body bands differ.
pub(super) const PASI: Instrument = Instrument {
    code: "pasi",
    name: "Psoriasis Area and Severity Index",
    sources: &["Fredriksson & Pettersson 1978, Dermatologica 157:238, doi:10.1159/000250839"],
    value_evidence: Evidence::Literature,
    items: &[
        Item::whole(6, "surface", "Area").levels(AREA_SCORE),
        Item::whole(4, "erythema", "Erythema").levels(PASI_SIGN),
        Item::whole(4, "induration", "Induration").levels(PASI_SIGN),
        Item::whole(4, "desquamation", "Desquamation").levels(PASI_SIGN),
    ],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Inferred),
        Band::up_to(10.0, "Mild", Intensity::Low, Evidence::Inferred),
        Band::up_to(20.0, "Moderate", Intensity::Moderate, Evidence::Inferred),
        Band::above("Severe", Intensity::High, Evidence::Inferred),
    ],
    observed: None,
    formula: |answers| {
        let signs = answers.sum_of(&["erythema", "induration", "desquamation"]);
        let site_score = answers["surface"] * signs;
        // Whole tenths, divided once, so that no limit is missed by a rounding error.
        let weighted = site_score * answers.site()?.region().tenths() / 10.0;
        Ok(Computed { banded: Some(site_score), contributes: true, ..weighted.into() }
            .with(Intermediate::SiteScore, site_score))
    },
};

/// APASI: PASI of one body site, with the signs judged from an image; the area score comes from the caller.
///
/// Formula and bands are those of PASI: literature, and inferred. "Severe" for 3 + 3 + 3 and an area score of 4 on an
/// arm is exact; the tests bound the number there to at most 8.
pub(super) const APASI: Instrument = Instrument {
    code: "apasi",
    name: "Automatic Psoriasis Area and Severity Index",
    items: &[
        Item::whole(6, "surface", "Surface area score"),
        Item::whole(4, "erythema", "Erythema"),
        Item::whole(4, "induration", "Induration"),
        Item::whole(4, "desquamation", "Desquamation"),
    ],
    observed: Some(Observed::category(&[4.0, 3.0, 3.0, 3.0]).at("armLeft")),
    ..PASI
};

/// PGA: three signs of psoriasis as one grade.
///
/// Mean of the three, rounded half up to a grade 0 to 4. The mean is exact at one point, where it is whole; that it
/// is rounded is inferred, and the names with it. Literature for the composite of three signs and the names of the
/// grades.
pub(super) const PGA: Instrument = Instrument {
    code: "pga",
    name: "Physician Global Assessment of psoriasis",
    sources: &[
        "Cappelleri et al. 2013, Qual Life Res 22:2489",
        "Langley et al. 2015, J Dermatolog Treat 26:23",
    ],
    value_evidence: Evidence::Inferred,
    items: &[
        Item::whole(4, "erythema", "Erythema").levels(PGA_SIGN),
        Item::whole(4, "desquamation", "Desquamation").levels(PGA_SIGN),
        Item::whole(4, "induration", "Induration").levels(PGA_SIGN),
    ],
    bands: &grades(Evidence::Inferred),
    // The mean is whole, so neither number nor name depends on the rounding.
    observed: Some(Observed {
        category: Evidence::Literature,
        intensity: None,
        ..Observed::value_and_category(&[3.0, 2.0, 4.0])
    }),
    formula: |answers| {
        let mean = answers.sum() / 3.0;
        Ok(Computed::from(mean.round()).with(Intermediate::Mean, mean))
    },
};

/// AGPPGA: three signs of generalised pustular psoriasis in an image, as one grade.
///
/// Mean of the three: 0 is grade 0, above it below 1.5 is 1, below 2.5 is 2, below 3.5 is 3, then 4. Literature
/// (Burden 2022, and the vendor's page on its method). Whether the device gives the grade or the mean as its number
/// is open: it asserts at least 2 where they are 3 and 2.67. "Moderate" there is exact.
pub(super) const AGPPGA: Instrument = Instrument {
    code: "agppga",
    name: "Automatic Generalised Pustular Psoriasis Physician Global Assessment",
    sources: &["Burden et al. 2022, Am J Clin Dermatol 23(Suppl 1):39, doi:10.1007/s40257-021-00653-0"],
    value_evidence: Evidence::Literature,
    items: &[
        Item::whole(4, "erythema", "Erythema"),
        Item::whole(4, "desquamation", "Desquamation"),
        Item::whole(4, "pustulation", "Pustulation"),
    ],
    bands: &grades(Evidence::Literature),
    observed: Some(Observed::category(&[3.0, 2.0, 3.0])),
    formula: |answers| {
        let mean = answers.sum() / 3.0;
        // Any sign at all is at least "almost clear".
        let grade = if mean == 0.0 { 0.0 } else { mean.round().max(1.0) };
        Ok(Computed::from(grade).with(Intermediate::Mean, mean))
    },
};

/// The grades of both global assessments.
const fn grades(evidence: Evidence) -> [Band; 5] {
    [
        Band::up_to(0.0, "Clear", Intensity::None, evidence),
        Band::up_to(1.0, "Almost clear", Intensity::Low, evidence),
        Band::up_to(2.0, "Mild", Intensity::Low, evidence),
        Band::up_to(3.0, "Moderate", Intensity::Moderate, evidence),
        Band::above("Severe", Intensity::High, evidence),
    ]
}

/// PURE-4: four questions that find patients with psoriasis who may have psoriatic arthritis.
///
/// Sum of four yes-or-no answers; one yes is positive. The sum is exact (vendor's requirements and tests), and so is
/// "Positive" at 2; the cut-off is literature (Audureau 2018). That 0 is an intensity of none is inferred.
pub(super) const PURE4: Instrument = Instrument {
    code: "pure4",
    name: "Psoriatic arthritis UnclutteRed screening Evaluation",
    sources: &["Audureau et al. 2018, J Eur Acad Dermatol Venereol 32:1950"],
    value_evidence: Evidence::Exact,
    items: &[
        Item::yes_no("question1", "Question 1").levels(LevelNames::NO_YES),
        Item::yes_no("question2", "Question 2").levels(LevelNames::NO_YES),
        Item::yes_no("question3", "Question 3").levels(LevelNames::NO_YES),
        Item::yes_no("question4", "Question 4").levels(LevelNames::NO_YES),
    ],
    bands: &[
        Band::up_to(0.0, "Negative", Intensity::None, Evidence::Inferred),
        Band::above("Positive", Intensity::High, Evidence::Literature),
    ],
    observed: Some(Observed::category(&[1.0, 0.0, 1.0, 0.0])),
    formula: |answers| Ok(answers.sum().into()),
};
