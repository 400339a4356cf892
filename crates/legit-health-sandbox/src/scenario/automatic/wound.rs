//! What an image of a wound is said to show: the deeper and the less clean, the more severe.

use super::{Level, Seen, grade};

const fn presence(item: &'static str, from_none_to_severe: [u8; 4]) -> Seen {
    let [none, mild, moderate, severe] = from_none_to_severe;
    Seen { item, level: Level::Presence([none == 1, mild == 1, moderate == 1, severe == 1]) }
}

#[rustfmt::skip]
pub(super) const SEEN: &[Seen] = &[
    grade("erythema", [0, 0, 1, 2]),
    presence("bordersIndistinguishable",         [1, 0, 0, 0]),
    presence("bordersDiffused",                  [0, 1, 0, 0]),
    presence("bordersDelimited",                 [0, 0, 1, 1]),
    presence("bordersDamaged",                   [0, 0, 0, 0]),
    presence("bordersThickened",                 [0, 0, 0, 1]),
    presence("perilesionalErythema",             [0, 0, 1, 1]),
    presence("perilesionalMaceration",           [0, 0, 0, 1]),
    presence("biofilmCompatibleTissue",          [0, 0, 0, 1]),
    presence("affectedTissueHealedSkin",         [1, 0, 0, 0]),
    presence("affectedTissueDermisEpidermis",    [0, 1, 1, 1]),
    presence("affectedTissueSubcutaneous",       [0, 0, 1, 1]),
    presence("affectedTissueMuscle",             [0, 0, 0, 1]),
    presence("affectedTissueBoneAndOrAdjacent",  [0, 0, 0, 0]),
    presence("exudationFibrinous",               [0, 0, 1, 1]),
    presence("exudationPurulent",                [0, 0, 0, 0]),
    presence("exudationBloody",                  [0, 0, 0, 0]),
    presence("exudationSerous",                  [0, 1, 1, 1]),
    presence("exudationGreenish",                [0, 0, 0, 0]),
    presence("tissueInWoundBedScarred",          [1, 0, 0, 0]),
    presence("tissueInWoundBedEpithelia",        [0, 1, 0, 0]),
    presence("tissueInWoundBedGranulation",      [0, 1, 1, 1]),
    presence("tissueInWoundBedSlough",           [0, 0, 1, 1]),
    presence("tissueInWoundBedNecrotic",         [0, 0, 0, 0]),
];
