//! What an image shows for an automatic scale, by severity. The values are invented so that a case is consistent; none
//! describes the device or a patient.

use legit_health_scoring::wheal_grade;

use super::Severity;
use super::random::Random;

/// An automatic scale and the items that an image shows.
pub(crate) struct AutomaticScale {
    pub(crate) code: &'static str,
    items: &'static [ItemValues],
}

/// An item and its values by severity, from none to severe.
struct ItemValues {
    item: &'static str,
    values: Values,
}

enum Values {
    Grade([u8; 4]),
    Presence([bool; 4]),
    Count([u32; 4]),
    /// A count, and the grade that follows from it.
    GradedCount([u32; 4], fn(u32) -> u8),
    Percent([f64; 4]),
}

/// An item as found in one image.
pub(crate) struct FoundItem {
    pub(crate) item: &'static str,
    /// Value that the scale is scored with.
    pub(crate) value: f64,
    pub(crate) finding: Finding,
}

/// How an item was found, with the measurement beside it.
pub(crate) enum Finding {
    Grade {
        /// Percent.
        confidence: f64,
    },
    Presence {
        /// Percent; above 50 exactly when the item is present.
        probability: f64,
    },
    Count {
        number: u32,
        /// Percent of the area that is covered.
        density: f64,
    },
    Percent,
}

impl AutomaticScale {
    pub(crate) fn of(code: &str) -> Option<&'static Self> {
        AUTOMATIC.iter().find(|scale| scale.code == code)
    }

    /// Returns the items found in one image.
    pub(crate) fn find(&self, severity: Severity, random: &mut Random) -> Vec<FoundItem> {
        self.items.iter().map(|item| item.find(severity as usize, random)).collect()
    }
}

impl ItemValues {
    fn find(&self, severity: usize, random: &mut Random) -> FoundItem {
        let (value, finding) = match &self.values {
            Values::Grade(grades) => {
                (grades[severity].into(), Finding::Grade { confidence: random.percent(82.0, 14.0) })
            }
            Values::Presence(presence) => {
                let is_present = presence[severity];
                let centre = if is_present { 78.0 } else { 18.0 };
                (is_present.into(), Finding::Presence { probability: random.percent(centre, 16.0) })
            }
            Values::Count(counts) => (counts[severity].into(), counted(counts[severity], random)),
            Values::GradedCount(counts, grade) => {
                (grade(counts[severity]).into(), counted(counts[severity], random))
            }
            Values::Percent(percents) => {
                let centre = percents[severity];
                // Images differ a little, but 0 stays 0.
                (random.percent(centre, (centre * 0.15).min(4.0)), Finding::Percent)
            }
        };
        FoundItem { item: self.item, value, finding }
    }
}

fn counted(number: u32, random: &mut Random) -> Finding {
    let centre = f64::from(number.min(150)) * 0.4;
    Finding::Count { number, density: random.percent(centre, centre * 0.2) }
}

const fn grade(item: &'static str, grades: [u8; 4]) -> ItemValues {
    ItemValues { item, values: Values::Grade(grades) }
}

const fn count(item: &'static str, counts: [u32; 4]) -> ItemValues {
    ItemValues { item, values: Values::Count(counts) }
}

const fn percent(item: &'static str, percents: [f64; 4]) -> ItemValues {
    ItemValues { item, values: Values::Percent(percents) }
}

const fn presence(item: &'static str, from_none_to_severe: [u8; 4]) -> ItemValues {
    let [none, mild, moderate, severe] = from_none_to_severe;
    ItemValues { item, values: Values::Presence([none == 1, mild == 1, moderate == 1, severe == 1]) }
}

/// A placeholder, like the formula of the scale.
fn grade_of_inflammations(lesions: u32) -> u8 {
    match lesions {
        0 => 0,
        1..5 => 1,
        5..10 => 2,
        10..20 => 3,
        _ => 4,
    }
}

#[rustfmt::skip]
static AUTOMATIC: [AutomaticScale; 11] = [
    AutomaticScale { code: "aeasi", items: &[
        grade("redness", [0, 1, 2, 3]), grade("thickness", [0, 1, 2, 3]),
        grade("scratching", [0, 0, 1, 3]), grade("lichenification", [0, 0, 1, 3]),
    ] },
    AutomaticScale { code: "agppga", items: &[
        grade("erythema", [0, 2, 3, 4]), grade("desquamation", [0, 2, 2, 4]), grade("pustulation", [0, 2, 3, 4]),
    ] },
    AutomaticScale { code: "aihs4", items: &[
        count("nodule", [0, 2, 4, 8]), count("abscess", [0, 0, 1, 2]), count("drainingTunnel", [0, 0, 1, 3]),
    ] },
    AutomaticScale { code: "aladin", items: &[count("acne", [0, 7, 33, 64])] },
    AutomaticScale { code: "apasi", items: &[
        grade("erythema", [0, 1, 2, 3]), grade("induration", [0, 0, 1, 3]), grade("desquamation", [0, 1, 2, 3]),
    ] },
    AutomaticScale { code: "asalt", items: &[percent("hairLossPercentage", [0.0, 14.0, 45.0, 72.0])] },
    AutomaticScale { code: "ascorad", items: &[
        grade("erythema", [0, 1, 2, 3]), grade("swelling", [0, 0, 2, 2]), grade("crusting", [0, 0, 2, 3]),
        grade("excoriation", [0, 0, 0, 2]), grade("lichenification", [0, 0, 0, 2]), grade("dryness", [0, 1, 1, 3]),
    ] },
    AutomaticScale { code: "auas", items: &[
        ItemValues { item: "wheals", values: Values::GradedCount([0, 12, 34, 68], wheal_grade) },
    ] },
    AutomaticScale { code: "avasi", items: &[percent("depigmentationPercentage", [0.0, 14.0, 45.0, 74.0])] },
    AutomaticScale { code: "awosi", items: WOUND },
    AutomaticScale { code: "nsil", items: &[
        grade("dryness", [0, 1, 2, 3]), grade("erythema", [0, 0, 2, 3]),
        ItemValues { item: "inflammations", values: Values::GradedCount([0, 0, 3, 14], grade_of_inflammations) },
    ] },
];

/// The more severe, the deeper and the less clean the wound.
#[rustfmt::skip]
const WOUND: &[ItemValues] = &[
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Mode, device};
    use legit_health_scoring::{Answers, Instrument, Score};

    /// The lowest answers for what an image does not show.
    fn outcome(automatic: &AutomaticScale, severity: Severity) -> Score {
        let instrument = Instrument::find(automatic.code).unwrap();
        let scale = device().scale(automatic.code).unwrap();
        let found = automatic.find(severity, &mut Random::new(b"image", None, 0));
        let mut items: std::collections::BTreeMap<&str, f64> = scale
            .answers
            .iter()
            .map(|item| (item.as_str(), if item == "surface" { 4.0 } else { 0.0 }))
            .collect();
        for found in &found {
            assert!(items.insert(found.item, found.value).is_none(), "{} is answered too", found.item);
        }
        let site = if automatic.code == "asalt" { "headLeft" } else { "armLeft" };
        instrument.score(&Answers { items, site: Some(site) }).unwrap()
    }

    #[test]
    fn every_scored_local_scale_has_values() {
        let scored = device().scales.iter().filter(|scale| Instrument::find(&scale.code).is_some());
        for scale in scored.filter(|scale| scale.modes.contains(&Mode::Local)) {
            assert!(AutomaticScale::of(&scale.code).is_some(), "{}", scale.code);
        }
    }

    #[test]
    fn scores_increase_with_severity_from_zero() {
        for automatic in &AUTOMATIC {
            let outcomes = Severity::ALL.map(|severity| outcome(automatic, severity));
            let values: Vec<f64> = outcomes.iter().map(|outcome| outcome.value).collect();
            assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{}: {values:?}", automatic.code);
            assert!(outcomes.is_sorted_by_key(|outcome| outcome.intensity), "{}", automatic.code);
            // With an area of 4 and without symptoms, nothing seen is nothing but the area.
            assert!(values[0] < 0.1, "{}: {values:?}", automatic.code);
        }
    }

    #[test]
    fn measurements_are_percentages_and_agree_with_the_findings() {
        for automatic in &AUTOMATIC {
            for severity in Severity::ALL {
                for image in 0..20u8 {
                    for found in automatic.find(severity, &mut Random::new(&[image], None, 0)) {
                        let percent = match found.finding {
                            Finding::Grade { confidence } => confidence,
                            Finding::Presence { probability } => {
                                assert_eq!(probability > 50.0, found.value == 1.0, "{}", found.item);
                                probability
                            }
                            Finding::Count { density, .. } => density,
                            Finding::Percent => found.value,
                        };
                        assert!((0.0..=100.0).contains(&percent), "{}: {percent}", found.item);
                    }
                }
            }
        }
    }

    #[test]
    fn two_images_have_different_percentages() {
        let share = |image: &[u8]| {
            let avasi = AutomaticScale::of("avasi").unwrap();
            avasi.find(Severity::Moderate, &mut Random::new(image, None, 0))[0].value
        };
        assert_ne!(share(b"one"), share(b"other"));
    }
}
