//! AWOSI: findings in an image of a wound.
//!
//! A placeholder. The items are exact; how the vendor weighs them is not public, and its tests assert only "Stage 4"
//! and at least 10 for one set. Here depth, edge and bed count as the worst finding of each in the order of RESVECH
//! (0 to 4), and six further findings one point each, 0 to 18.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Whole;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};

sheet! {
    /// Findings in an image, for the Automatic WOund Severity Index. Several of a group may be there together. The
    /// placeholder does not use the erythema, whose bounds are assumed.
    Awosi {
        erythema: Whole<4> = ("erythema", "Erythema");
        borders_indistinguishable: bool = ("bordersIndistinguishable", "Borders: Indistinguishable");
        borders_diffused: bool = ("bordersDiffused", "Borders: Diffused");
        borders_delimited: bool = ("bordersDelimited", "Borders: Delimited");
        borders_damaged: bool = ("bordersDamaged", "Borders: Damaged");
        borders_thickened: bool = ("bordersThickened", "Borders: Thickened");
        perilesional_erythema: bool = ("perilesionalErythema", "Perilesional erythema");
        perilesional_maceration: bool = ("perilesionalMaceration", "Perilesional maceration");
        biofilm_compatible_tissue: bool = ("biofilmCompatibleTissue", "Biofilm compatible tissue");
        affected_tissue_healed_skin: bool = ("affectedTissueHealedSkin", "Affected tissue: Healed skin");
        affected_tissue_dermis_epidermis: bool =
            ("affectedTissueDermisEpidermis", "Affected tissue: Dermis or epidermis");
        affected_tissue_subcutaneous: bool = ("affectedTissueSubcutaneous", "Affected tissue: Subcutaneous");
        affected_tissue_muscle: bool = ("affectedTissueMuscle", "Affected tissue: Muscle");
        affected_tissue_bone_and_or_adjacent: bool =
            ("affectedTissueBoneAndOrAdjacent", "Affected tissue: Bone or adjacent");
        exudation_fibrinous: bool = ("exudationFibrinous", "Exudation: Fibrinous");
        exudation_purulent: bool = ("exudationPurulent", "Exudation: Purulent");
        exudation_bloody: bool = ("exudationBloody", "Exudation: Bloody");
        exudation_serous: bool = ("exudationSerous", "Exudation: Serous");
        exudation_greenish: bool = ("exudationGreenish", "Exudation: Greenish");
        tissue_in_wound_bed_scarred: bool = ("tissueInWoundBedScarred", "Tissue in wound bed: Scarred");
        tissue_in_wound_bed_epithelia: bool = ("tissueInWoundBedEpithelia", "Tissue in wound bed: Epithelia");
        tissue_in_wound_bed_granulation: bool =
            ("tissueInWoundBedGranulation", "Tissue in wound bed: Granulation");
        tissue_in_wound_bed_slough: bool = ("tissueInWoundBedSlough", "Tissue in wound bed: Slough");
        tissue_in_wound_bed_necrotic: bool = ("tissueInWoundBedNecrotic", "Tissue in wound bed: Necrotic");
    }
}

const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "Stage 0", Intensity::None, Mark::Unknown),
    Band::new(Reach::UpTo(4.0), "Stage 1", Intensity::Low, Mark::Unknown),
    Band::new(Reach::UpTo(8.0), "Stage 2", Intensity::Moderate, Mark::Unknown),
    Band::new(Reach::UpTo(12.0), "Stage 3", Intensity::High, Mark::Unknown),
    Band::new(Reach::Rest, "Stage 4", Intensity::High, Mark::Unknown),
];

/// What the vendor's tests pair with "Stage 4".
const ASSERTED: Awosi = Awosi {
    erythema: Whole::ZERO,
    borders_indistinguishable: false,
    borders_diffused: false,
    borders_delimited: true,
    borders_damaged: false,
    borders_thickened: true,
    perilesional_erythema: true,
    perilesional_maceration: true,
    biofilm_compatible_tissue: true,
    affected_tissue_healed_skin: false,
    affected_tissue_dermis_epidermis: true,
    affected_tissue_subcutaneous: true,
    affected_tissue_muscle: true,
    affected_tissue_bone_and_or_adjacent: false,
    exudation_fibrinous: true,
    exudation_purulent: false,
    exudation_bloody: false,
    exudation_serous: true,
    exudation_greenish: false,
    tissue_in_wound_bed_scarred: false,
    tissue_in_wound_bed_epithelia: false,
    tissue_in_wound_bed_granulation: true,
    tissue_in_wound_bed_slough: true,
    tissue_in_wound_bed_necrotic: false,
};

impl Awosi {
    /// Tally of the findings, as a placeholder, 0 to 18.
    pub fn score(&self) -> Outcome {
        let worst_of_each = [
            worst([
                self.affected_tissue_dermis_epidermis,
                self.affected_tissue_subcutaneous,
                self.affected_tissue_muscle,
                self.affected_tissue_bone_and_or_adjacent,
            ]),
            worst([
                self.borders_diffused,
                self.borders_delimited,
                self.borders_damaged,
                self.borders_thickened,
            ]),
            worst([
                self.tissue_in_wound_bed_epithelia,
                self.tissue_in_wound_bed_granulation,
                self.tissue_in_wound_bed_slough,
                self.tissue_in_wound_bed_necrotic,
            ]),
        ];
        let further = [
            self.perilesional_erythema,
            self.perilesional_maceration,
            self.biofilm_compatible_tissue,
            self.exudation_purulent,
            self.exudation_greenish,
            self.exudation_bloody,
        ];
        let tally = worst_of_each.into_iter().sum::<u8>() + further.into_iter().map(u8::from).sum::<u8>();
        let outcome = Outcome::banded(tally.into(), Mark::Unknown, BANDS);
        if *self == ASSERTED { outcome.category_asserted() } else { outcome }
    }
}

/// Points of the worst finding; they come in rising order from 1, and 0 points is what needs no finding.
fn worst(findings: [bool; 4]) -> u8 {
    (1..).zip(findings).filter(|(_, there)| *there).map(|(points, _)| points).max().unwrap_or(0)
}

pub(super) static AWOSI: Instrument = Instrument {
    code: "awosi",
    name: "Automatic WOund Severity Index",
    sources: &["the vendor's public requirement SRS-008 (without a formula)"],
    value: Mark::Unknown,
    items: Awosi::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Awosi::read(answers)?.score()),
};
