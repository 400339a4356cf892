//! Instruments for chronic wounds.

use super::{Instrument, Observed, ValidAnswers};
use crate::item::{Item, LevelNames};
use crate::score::{Band, Evidence, Intensity};

const SIZE: LevelNames = LevelNames::Each(&[
    "Closed",
    "Below 4 cm²",
    "4 to below 16 cm²",
    "16 to below 36 cm²",
    "36 cm² and more",
]);
const DEPTH: LevelNames = LevelNames::Each(&["Intact", "Dermis", "Subcutaneous tissue", "Muscle", "Bone"]);
const EDGES: LevelNames =
    LevelNames::Each(&["Indistinguishable", "Diffuse", "Delimited", "Damaged", "Thickened"]);
const BED: LevelNames = LevelNames::Each(&["Closed", "Epithelial", "Granulation", "Slough", "Necrotic"]);

/// An item whose levels no source names.
const fn numbered(code: &'static str, label: &'static str) -> Item {
    Item::whole(4, code, label)
        .levels(LevelNames::Each(&["Level 0", "Level 1", "Level 2", "Level 3", "Level 4"]))
}

/// RESVECH: how far a chronic wound is from healing.
///
/// Sum of 22 items, 0 to 79 within the bounds of the API; a falling score means healing. The sum is exact (vendor's
/// requirements). The items mix versions 1.0 and 2.0, and signs that are yes or no in print may reach 4 here. The bands
/// are a placeholder (thirds of the 35 points of version 2.0): no version publishes any, and the vendor's are unknown,
/// but for a word "Severe".
pub(super) const RESVECH: Instrument = Instrument {
    code: "resvech",
    name: "RESVECH wound healing index",
    sources: &[
        "Restrepo-Medrano & Verdú 2012, EWMA J 12(2):39 (version 1.0)",
        "Restrepo-Medrano 2019, Av Salud 3:8, doi:10.21897/25394622.1748 (version 2.0)",
    ],
    value_evidence: Evidence::Exact,
    items: &[
        Item::whole(4, "woundDimensions", "Wound dimensions").levels(SIZE),
        Item::whole(4, "tissues", "Tissues").levels(DEPTH),
        Item::whole(4, "edges", "Edges").levels(EDGES),
        Item::whole(4, "tissueInWoundBed", "Tissue in wound bed").levels(BED),
        numbered("exudate", "Exudate"),
        numbered("frequencyOfPain", "Frequency of pain"),
        Item::yes_no("macerationAroundWound", "Maceration around wound").levels(LevelNames::NO_YES),
        numbered("tunneling", "Tunneling"),
        numbered("increasingPain", "Increasing pain"),
        numbered("erythemaAroundWound", "Erythema around wound"),
        numbered("edemaAroundWound", "Edema around wound"),
        Item::yes_no("temperatureRise", "Temperature rise").levels(LevelNames::NO_YES),
        numbered("increasingExudate", "Increasing exudate"),
        Item::yes_no("purulentExudate", "Purulent exudate").levels(LevelNames::NO_YES),
        numbered("tissueFriableOrBleedsEasily", "Tissue friable or bleeds easily"),
        numbered("stationaryWound", "Stationary wound"),
        numbered("biofilmCompatibleTissue", "Biofilm compatible tissue"),
        numbered("odor", "Odor"),
        numbered("hypergranulation", "Hypergranulation"),
        numbered("increasingWound", "Increasing wound"),
        numbered("satelliteLesions", "Satellite lesions"),
        numbered("tissuePaleness", "Tissue paleness"),
    ],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Unknown),
        Band::up_to(11.0, "Mild", Intensity::Low, Evidence::Unknown),
        Band::up_to(23.0, "Moderate", Intensity::Moderate, Evidence::Unknown),
        Band::above("Severe", Intensity::High, Evidence::Unknown),
    ],
    observed: None,
    formula: |answers| Ok(answers.sum().into()),
};

/// AWOSI: findings in an image of a wound, several of which may be present at once.
///
/// A placeholder. The items are exact; how the vendor weighs them is not public, and its tests assert only "Stage 4"
/// and at least 10 for one set. Here depth, edge and bed count as the worst finding of each in the order of RESVECH
/// (0 to 4), and six further findings one point each, 0 to 18. The erythema is not used, and its bounds are assumed.
pub(super) const AWOSI: Instrument = Instrument {
    code: "awosi",
    name: "Automatic WOund Severity Index",
    sources: &["the vendor's public requirement SRS-008 (without a formula)"],
    value_evidence: Evidence::Unknown,
    items: &[
        Item::whole(4, "erythema", "Erythema"),
        Item::yes_no("bordersIndistinguishable", "Borders: Indistinguishable"),
        Item::yes_no("bordersDiffused", "Borders: Diffused"),
        Item::yes_no("bordersDelimited", "Borders: Delimited"),
        Item::yes_no("bordersDamaged", "Borders: Damaged"),
        Item::yes_no("bordersThickened", "Borders: Thickened"),
        Item::yes_no("perilesionalErythema", "Perilesional erythema"),
        Item::yes_no("perilesionalMaceration", "Perilesional maceration"),
        Item::yes_no("biofilmCompatibleTissue", "Biofilm compatible tissue"),
        Item::yes_no("affectedTissueHealedSkin", "Affected tissue: Healed skin"),
        Item::yes_no("affectedTissueDermisEpidermis", "Affected tissue: Dermis or epidermis"),
        Item::yes_no("affectedTissueSubcutaneous", "Affected tissue: Subcutaneous"),
        Item::yes_no("affectedTissueMuscle", "Affected tissue: Muscle"),
        Item::yes_no("affectedTissueBoneAndOrAdjacent", "Affected tissue: Bone or adjacent"),
        Item::yes_no("exudationFibrinous", "Exudation: Fibrinous"),
        Item::yes_no("exudationPurulent", "Exudation: Purulent"),
        Item::yes_no("exudationBloody", "Exudation: Bloody"),
        Item::yes_no("exudationSerous", "Exudation: Serous"),
        Item::yes_no("exudationGreenish", "Exudation: Greenish"),
        Item::yes_no("tissueInWoundBedScarred", "Tissue in wound bed: Scarred"),
        Item::yes_no("tissueInWoundBedEpithelia", "Tissue in wound bed: Epithelia"),
        Item::yes_no("tissueInWoundBedGranulation", "Tissue in wound bed: Granulation"),
        Item::yes_no("tissueInWoundBedSlough", "Tissue in wound bed: Slough"),
        Item::yes_no("tissueInWoundBedNecrotic", "Tissue in wound bed: Necrotic"),
    ],
    bands: &[
        Band::up_to(0.0, "Stage 0", Intensity::None, Evidence::Unknown),
        Band::up_to(4.0, "Stage 1", Intensity::Low, Evidence::Unknown),
        Band::up_to(8.0, "Stage 2", Intensity::Moderate, Evidence::Unknown),
        Band::up_to(12.0, "Stage 3", Intensity::High, Evidence::Unknown),
        Band::above("Stage 4", Intensity::High, Evidence::Unknown),
    ],
    observed: Some(Observed::category(&[
        0.0, // erythema
        0.0, 0.0, 1.0, 0.0, 1.0, // borders
        1.0, 1.0, 1.0, // perilesional findings and biofilm
        0.0, 1.0, 1.0, 1.0, 0.0, // affected tissue
        1.0, 0.0, 0.0, 1.0, 0.0, // exudation
        0.0, 0.0, 1.0, 1.0, 0.0, // tissue in the wound bed
    ])),
    formula: |answers| {
        let depth = worst(
            answers,
            [
                "affectedTissueDermisEpidermis",
                "affectedTissueSubcutaneous",
                "affectedTissueMuscle",
                "affectedTissueBoneAndOrAdjacent",
            ],
        );
        let edge =
            worst(answers, ["bordersDiffused", "bordersDelimited", "bordersDamaged", "bordersThickened"]);
        let bed = worst(
            answers,
            [
                "tissueInWoundBedEpithelia",
                "tissueInWoundBedGranulation",
                "tissueInWoundBedSlough",
                "tissueInWoundBedNecrotic",
            ],
        );
        let further = answers.sum_of(&[
            "perilesionalErythema",
            "perilesionalMaceration",
            "biofilmCompatibleTissue",
            "exudationPurulent",
            "exudationGreenish",
            "exudationBloody",
        ]);
        Ok((depth + edge + bed + further).into())
    },
};

/// Returns the points of the worst finding that is present; the findings rise in severity from 1 point.
fn worst(answers: &ValidAnswers<'_>, findings: [&str; 4]) -> f64 {
    let points = [1.0, 2.0, 3.0, 4.0].into_iter().zip(findings);
    points.map(|(points, finding)| points * answers[finding]).fold(0.0, f64::max)
}
