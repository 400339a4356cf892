//! Instruments for urticaria: its activity and its control.

use super::{Instrument, Observed};
use crate::item::{Item, LevelNames};
use crate::score::{Band, Evidence, Intensity};

const WHEALS: LevelNames = LevelNames::Each(&[
    "None",
    "Mild (below 20)",
    "Moderate (20-50)",
    "Intense (above 50, or large and confluent)",
]);

/// UAS: wheals and itch of one day of urticaria.
///
/// Sum of both, 0 to 6: literature (Młynek 2008). The bands of one day are inferred from AUAS, whose "Intense" at 5 is
/// exact; the published bands are those of seven days added up.
pub(super) const UAS: Instrument = Instrument {
    code: "uas",
    name: "Urticaria Activity Score",
    sources: &[MLYNEK_2008],
    value_evidence: Evidence::Literature,
    items: &[
        Item::whole(3, "pruritus", "Itch").levels(LevelNames::SEVERITY_0_TO_3),
        Item::whole(3, "wheals", "Wheals").levels(WHEALS),
    ],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Inferred),
        Band::up_to(2.0, "Mild", Intensity::Low, Evidence::Inferred),
        Band::up_to(4.0, "Moderate", Intensity::Moderate, Evidence::Inferred),
        Band::above("Intense", Intensity::High, Evidence::Inferred),
    ],
    observed: None,
    formula: |answers| Ok(answers.sum().into()),
};

/// AUAS: the Urticaria Activity Score with the wheals counted in one image; the itch comes from the caller.
///
/// Sum and bands are those of UAS: literature, and inferred. 5 and "Intense" for wheals 2 and itch 3 are exact.
pub(super) const AUAS: Instrument = Instrument {
    code: "auas",
    name: "Automatic Urticaria Activity Score",
    sources: &[MLYNEK_2008, "Mac Carthy et al. 2024, JID Innov 4:100218, doi:10.1016/j.xjidi.2023.100218"],
    items: &[
        Item::whole(3, "wheals", "Wheals").levels(WHEALS),
        Item::whole(3, "pruritus", "Itch").levels(LevelNames::SEVERITY_0_TO_3),
    ],
    observed: Some(Observed::value_and_category(&[2.0, 3.0])),
    ..UAS
};

const MLYNEK_2008: &str = "Młynek et al. 2008, Allergy 63:777, doi:10.1111/j.1398-9995.2008.01726.x";

/// Returns the grade that `uas` and `auas` give to a count of separate wheals: 0 for none, 1 below 20, 2 from 20 to 50,
/// 3 above 50.
///
/// Literature. Large confluent wheals are grade 3 whatever their number, which no count can tell.
pub fn wheal_grade(count: u32) -> u8 {
    match count {
        0 => 0,
        1..20 => 1,
        20..=50 => 2,
        _ => 3,
    }
}

/// UCT: how well urticaria was controlled in the last four weeks, in the patient's own answers.
///
/// Sum of four questions, 0 to 16, and **higher is better**, unlike all others. The sum is exact (vendor's
/// requirements and tests), the limits are literature (Weller 2014, Ohanyan 2017), the intensities inferred.
pub(super) const UCT: Instrument = Instrument {
    code: "uct",
    name: "Urticaria Control Test",
    sources: &[
        "Weller et al. 2014, J Allergy Clin Immunol 133:1365, doi:10.1016/j.jaci.2013.12.1076",
        "Ohanyan et al. 2017, J Allergy Clin Immunol 140:1710",
    ],
    value_evidence: Evidence::Exact,
    items: &[
        Item::whole(4, "manifestations", "Manifestations").levels(BURDEN),
        Item::whole(4, "qualityOfLife", "Quality of life").levels(BURDEN),
        Item::whole(4, "treatmentNotEnough", "Treatment not enough").levels(FREQUENCY),
        Item::whole(4, "overallUnderControl", "Overall under control").levels(CONTROL),
    ],
    bands: &[
        Band::up_to(11.0, "Poorly controlled", Intensity::High, Evidence::Literature),
        Band::up_to(15.0, "Well controlled", Intensity::Low, Evidence::Literature),
        Band::above("Completely controlled", Intensity::None, Evidence::Literature),
    ],
    observed: None,
    formula: |answers| Ok(answers.sum().into()),
};

const BURDEN: LevelNames = LevelNames::Each(&["Very strong", "Strong", "Moderate", "Slight", "None"]);
const FREQUENCY: LevelNames =
    LevelNames::Each(&["Nearly always", "Often", "Now and then", "Rarely", "Never"]);
const CONTROL: LevelNames = LevelNames::Each(&["Absent", "Slight", "Partial", "Good", "Complete"]);
