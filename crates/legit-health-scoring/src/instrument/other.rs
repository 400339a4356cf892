//! Instruments that belong to no single group of diseases: DLQI, NSIL, SCOVID and the seven-point checklist.

use super::{Instrument, Observed};
use crate::item::{Item, LevelNames};
use crate::score::{Band, Evidence, Intensity};

const fn dlqi_question(code: &'static str, label: &'static str) -> Item {
    Item::whole(3, code, label).levels(LevelNames::Each(&[
        "None, or not relevant",
        "Slight",
        "Considerable",
        "Very strong",
    ]))
}

/// DLQI: how much a skin disease affects life, in the patient's own answers about the last week.
///
/// Sum of ten questions, 0 to 30. The sum is exact (vendor's requirements and tests), and so is "Very large effect"
/// at 19; the other bands are literature (Hongbo 2005).
pub(super) const DLQI: Instrument = Instrument {
    code: "dlqi",
    name: "Dermatology Life Quality Index",
    sources: &[
        "Finlay & Khan 1994, Clin Exp Dermatol 19:210, doi:10.1111/j.1365-2230.1994.tb01167.x",
        "Hongbo et al. 2005, J Invest Dermatol 125:659, doi:10.1111/j.0022-202X.2005.23621.x (bands)",
    ],
    value_evidence: Evidence::Exact,
    items: &[
        dlqi_question("question1", "Question 1"),
        dlqi_question("question2", "Question 2"),
        dlqi_question("question3", "Question 3"),
        dlqi_question("question4", "Question 4"),
        dlqi_question("question5", "Question 5"),
        dlqi_question("question6", "Question 6"),
        dlqi_question("question7", "Question 7"),
        dlqi_question("question8", "Question 8"),
        dlqi_question("question9", "Question 9"),
        dlqi_question("question10", "Question 10"),
    ],
    bands: &[
        Band::up_to(1.0, "No effect", Intensity::None, Evidence::Literature),
        Band::up_to(5.0, "Small effect", Intensity::Low, Evidence::Literature),
        Band::up_to(10.0, "Moderate effect", Intensity::Moderate, Evidence::Literature),
        Band::up_to(20.0, "Very large effect", Intensity::High, Evidence::Literature),
        Band::above("Extremely large effect", Intensity::High, Evidence::Literature),
    ],
    observed: Some(Observed::category(&[1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0])),
    formula: |answers| Ok(answers.sum().into()),
};

/// NSIL: dryness, erythema and inflammations of a lesion that fits no condition.
///
/// A placeholder, bounds of the items included. The vendor says only that the number comes from these three, and its
/// tests assert "Mild" and at least 1 for some dryness alone. Here it is their sum, with 0 to 4 for each and bands of
/// four points.
pub(super) const NSIL: Instrument = Instrument {
    code: "nsil",
    name: "NSIL, score of a non-specific finding",
    sources: &["the vendor's public requirement SRS-009 (without a formula)"],
    value_evidence: Evidence::Unknown,
    items: &[
        Item::whole(4, "dryness", "Dryness"),
        Item::whole(4, "erythema", "Erythema"),
        Item::whole(4, "inflammations", "Inflammations"),
    ],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Unknown),
        Band::up_to(4.0, "Mild", Intensity::Low, Evidence::Unknown),
        Band::up_to(8.0, "Moderate", Intensity::Moderate, Evidence::Unknown),
        Band::above("Severe", Intensity::High, Evidence::Unknown),
    ],
    observed: Some(Observed::category(&[1.0, 0.0, 0.0])),
    formula: |answers| Ok(answers.sum().into()),
};

/// SCOVID: the vendor's symptom score for patients with COVID-19 and skin lesions.
///
/// Sum of ten items, 0 to 44: exact (vendor's requirements). The bands are a placeholder; nothing about the scale is
/// published elsewhere, and of the vendor's bands only a word "Moderate" is known.
pub(super) const SCOVID: Instrument = Instrument {
    code: "scovid",
    name: "SCOVID symptom score",
    sources: &["the vendor's public requirement SRS-035"],
    value_evidence: Evidence::Exact,
    items: &[
        Item::whole(10, "pain", "Pain").levels(LevelNames::RATING_0_TO_10),
        Item::whole(10, "pruritus", "Itch").levels(LevelNames::RATING_0_TO_10),
        Item::whole(3, "fever", "Fever").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "cough", "Cough").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "cephalea", "Headache").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "myalgiaOrArthralgia", "Muscle or joint pain").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "malaise", "Malaise").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "lossOfTasteOrOlfactory", "Loss of taste or smell")
            .levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "shortnessOfBreath", "Shortness of breath").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "otherSkinProblems", "Other skin problems").levels(LevelNames::SEVERITY_0_TO_3),
    ],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Unknown),
        Band::up_to(14.0, "Mild", Intensity::Low, Evidence::Unknown),
        Band::up_to(29.0, "Moderate", Intensity::Moderate, Evidence::Unknown),
        Band::above("Severe", Intensity::High, Evidence::Unknown),
    ],
    observed: None,
    formula: |answers| Ok(answers.sum().into()),
};

/// Weighted seven-point checklist: whether a pigmented lesion is suspicious.
///
/// Two points for each of three major signs, one for each of four minor ones, 0 to 10; three points are the cut-off.
/// Literature (MacKie 1990, NICE NG12); 6 and "High risk" for one set of answers are exact. The word "Low risk" is
/// inferred, and a band between the two cannot be excluded.
pub(super) const SEVEN_PC: Instrument = Instrument {
    code: "sevenPc",
    name: "Weighted seven-point checklist for pigmented lesions",
    sources: &[
        "MacKie 1990, BMJ 301:1005",
        "Walter et al. 2013, Br J Gen Pract 63:e345",
        "NICE guideline NG12 (cut-off)",
    ],
    value_evidence: Evidence::Literature,
    items: &[
        Item::yes_no("changeInSize", "Change in size").levels(LevelNames::NO_YES),
        Item::yes_no("irregularPigmentation", "Irregular pigmentation").levels(LevelNames::NO_YES),
        Item::yes_no("irregularBorder", "Irregular border").levels(LevelNames::NO_YES),
        Item::yes_no("inflammation", "Inflammation").levels(LevelNames::NO_YES),
        Item::yes_no("largerThanOtherLesions", "Larger than other lesions").levels(LevelNames::NO_YES),
        Item::yes_no("itchOrAlteredSensation", "Itch or altered sensation").levels(LevelNames::NO_YES),
        Item::yes_no("crustingOrBleeding", "Crusting or bleeding").levels(LevelNames::NO_YES),
    ],
    bands: &[
        Band::below(3.0, "Low risk", Intensity::Low, Evidence::Inferred),
        Band::above("High risk", Intensity::High, Evidence::Literature),
    ],
    observed: Some(Observed::value_and_category(&[1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0])),
    formula: |answers| {
        // Every sign counts once, and the major signs once more.
        let major = answers.sum_of(&["changeInSize", "irregularPigmentation", "irregularBorder"]);
        Ok((answers.sum() + major).into())
    },
};
