//! RESVECH: how far a chronic wound is from healing.
//!
//! Sum of 22 items, 0 to 79 within the bounds of the API. The sum is exact (vendor's requirements). The items mix
//! versions 1.0 and 2.0, and signs that are yes or no in print may reach 4 here. The bands are a placeholder (thirds
//! of the 35 points of version 2.0): no version publishes any, and the vendor's are unknown, but for a word "Severe".

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::{NO_YES, Words};

const SIZE: Words =
    Words::Grades(&["Closed", "Below 4 cm²", "4 to below 16 cm²", "16 to below 36 cm²", "36 cm² and more"]);
const DEPTH: Words = Words::Grades(&["Intact", "Dermis", "Subcutaneous tissue", "Muscle", "Bone"]);
const EDGES: Words = Words::Grades(&["Indistinguishable", "Diffuse", "Delimited", "Damaged", "Thickened"]);
const BED: Words = Words::Grades(&["Closed", "Epithelial", "Granulation", "Slough", "Necrotic"]);
/// For items whose levels no source names.
const LEVEL: Words = Words::Grades(&["Level 0", "Level 1", "Level 2", "Level 3", "Level 4"]);

sheet! {
    /// State of a chronic wound, for the RESVECH index.
    Resvech {
        wound_dimensions: Whole<4> = ("woundDimensions", "Wound dimensions").worded(SIZE);
        tissues: Whole<4> = ("tissues", "Tissues").worded(DEPTH);
        edges: Whole<4> = ("edges", "Edges").worded(EDGES);
        tissue_in_wound_bed: Whole<4> = ("tissueInWoundBed", "Tissue in wound bed").worded(BED);
        exudate: Whole<4> = ("exudate", "Exudate").worded(LEVEL);
        frequency_of_pain: Whole<4> = ("frequencyOfPain", "Frequency of pain").worded(LEVEL);
        maceration_around_wound: bool = ("macerationAroundWound", "Maceration around wound").worded(NO_YES);
        tunneling: Whole<4> = ("tunneling", "Tunneling").worded(LEVEL);
        increasing_pain: Whole<4> = ("increasingPain", "Increasing pain").worded(LEVEL);
        erythema_around_wound: Whole<4> = ("erythemaAroundWound", "Erythema around wound").worded(LEVEL);
        edema_around_wound: Whole<4> = ("edemaAroundWound", "Edema around wound").worded(LEVEL);
        temperature_rise: bool = ("temperatureRise", "Temperature rise").worded(NO_YES);
        increasing_exudate: Whole<4> = ("increasingExudate", "Increasing exudate").worded(LEVEL);
        purulent_exudate: bool = ("purulentExudate", "Purulent exudate").worded(NO_YES);
        tissue_friable_or_bleeds_easily: Whole<4> =
            ("tissueFriableOrBleedsEasily", "Tissue friable or bleeds easily").worded(LEVEL);
        stationary_wound: Whole<4> = ("stationaryWound", "Stationary wound").worded(LEVEL);
        biofilm_compatible_tissue: Whole<4> = ("biofilmCompatibleTissue", "Biofilm compatible tissue").worded(LEVEL);
        odor: Whole<4> = ("odor", "Odor").worded(LEVEL);
        hypergranulation: Whole<4> = ("hypergranulation", "Hypergranulation").worded(LEVEL);
        increasing_wound: Whole<4> = ("increasingWound", "Increasing wound").worded(LEVEL);
        satellite_lesions: Whole<4> = ("satelliteLesions", "Satellite lesions").worded(LEVEL);
        tissue_paleness: Whole<4> = ("tissuePaleness", "Tissue paleness").worded(LEVEL);
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Unknown),
    Band::new(Reach::UpTo(11.0), "Mild", Intensity::Low, Mark::Unknown),
    Band::new(Reach::UpTo(23.0), "Moderate", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::Rest, "Severe", Intensity::High, Mark::Unknown),
];

impl Resvech {
    /// Sum of the items, 0 to 79. Falling means healing.
    pub fn score(&self) -> Outcome {
        Outcome::banded(self.sum(), Mark::Exact, BANDS)
    }
}

pub(super) static RESVECH: Instrument = Instrument {
    code: "resvech",
    name: "RESVECH wound healing index",
    sources: &[
        "Restrepo-Medrano & Verdú 2012, EWMA J 12(2):39 (version 1.0)",
        "Restrepo-Medrano 2019, Av Salud 3:8, doi:10.21897/25394622.1748 (version 2.0)",
    ],
    value: Mark::Exact,
    items: Resvech::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Resvech::read(answers)?.score()),
};
