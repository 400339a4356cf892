//! The tables of conditions. Names and ICD-11 codes are those of the vendor's published tests, and a condition that these
//! do not name has no code here. Every number is invented so that a case is consistent; none describes the device or a
//! patient.

use super::Severity;

/// A condition that a scenario can name.
#[derive(Debug)]
pub(crate) struct Condition {
    /// Name in a scenario.
    pub(super) name: &'static str,
    /// `code.text` of a conclusion.
    pub(crate) text: &'static str,
    pub(crate) icd11: Option<Icd11>,
    /// Probability in percent at the top of its own ranking, by severity.
    pub(super) top_probability: [f64; 4],
    pub(super) traits: Traits,
    /// Conditions ranked after it, the most similar first.
    pub(super) co_ranked: &'static [&'static str],
}

/// A code of the ICD-11, release 2025-01.
#[derive(Debug)]
pub(crate) struct Icd11 {
    pub(crate) code: &'static str,
    pub(crate) display: &'static str,
}

/// Clinical indicators in percent if the condition is certain.
#[derive(Debug)]
pub(super) struct Traits {
    pub(super) has_condition: f64,
    pub(super) pigmented: f64,
    pub(super) malignant: f64,
    /// By severity.
    pub(super) urgent: [f64; 4],
    /// By severity.
    pub(super) priority: [f64; 4],
}

impl Condition {
    pub(super) fn can_be(&self, severity: Severity) -> bool {
        self.name != HEALTHY || severity == Severity::None
    }

    pub(super) fn default_severity(&self) -> Severity {
        if self.name == HEALTHY { Severity::None } else { Severity::Moderate }
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Condition {}

pub(super) const HEALTHY: &str = "healthy";

const TOP_PROBABILITY: [f64; 4] = [40.0, 58.0, 72.0, 82.0];

macro_rules! condition {
    ($name:literal, $text:literal, $icd11:expr, $top:expr, has $has:literal, pigmented $pigmented:literal,
     malignant $malignant:literal, urgent $urgent:expr, priority $priority:expr, then $co_ranked:expr) => {
        Condition {
            name: $name,
            text: $text,
            icd11: $icd11,
            top_probability: $top,
            traits: Traits {
                has_condition: $has,
                pigmented: $pigmented,
                malignant: $malignant,
                urgent: $urgent,
                priority: $priority,
            },
            co_ranked: $co_ranked,
        }
    };
}

const fn icd11(code: &'static str, display: &'static str) -> Option<Icd11> {
    Some(Icd11 { code, display })
}

/// The conditions that a scenario can name.
#[rustfmt::skip]
pub(super) static CONDITIONS: [Condition; 12] = [
    condition!("psoriasis", "Psoriasis", icd11("EA90", "Psoriasis"), TOP_PROBABILITY,
        has 98.5, pigmented 1.5, malignant 0.4, urgent [0.2, 0.6, 1.6, 9.0], priority [1.5, 5.0, 16.0, 52.0],
        then &["eczema", "seborrhoeic-dermatitis", "tinea-corporis", "pityriasis-rosea", "lichen-planus",
            "generalised-pustular-psoriasis", "contact-dermatitis"]),
    condition!("generalised-pustular-psoriasis", "Generalised pustular psoriasis",
        icd11("EA90.40", "Generalised pustular psoriasis"), TOP_PROBABILITY,
        has 99.0, pigmented 1.0, malignant 0.3, urgent [2.0, 25.0, 70.0, 96.0], priority [6.0, 60.0, 90.0, 99.0],
        then &["psoriasis", "drug-eruption", "folliculitis", "contact-dermatitis", "eczema", "cellulitis",
            "tinea-corporis"]),
    condition!("eczema", "Eczematous dermatitis",
        icd11("EA89", "Generalised eczematous dermatitis of unspecified type"), TOP_PROBABILITY,
        has 98.0, pigmented 1.5, malignant 0.4, urgent [0.2, 0.5, 1.5, 7.0], priority [1.5, 4.0, 14.0, 44.0],
        then &["contact-dermatitis", "psoriasis", "seborrhoeic-dermatitis", "tinea-corporis", "urticaria",
            "pityriasis-rosea", "lichen-planus"]),
    condition!("acne", "Acne", icd11("ED80.Z", "Acne, unspecified"), TOP_PROBABILITY,
        has 98.0, pigmented 1.0, malignant 0.2, urgent [0.1, 0.3, 0.8, 3.0], priority [1.0, 2.5, 9.0, 38.0],
        then &["rosacea", "folliculitis", "hidradenitis", "seborrhoeic-dermatitis", "epidermoid-cyst",
            "contact-dermatitis", "eczema"]),
    condition!("nevus", "Melanocytic naevus", icd11("2F20.Z", "Melanocytic naevus, unspecified"), TOP_PROBABILITY,
        has 90.0, pigmented 98.0, malignant 2.0, urgent [0.4, 0.6, 1.0, 3.0], priority [2.0, 4.0, 8.0, 20.0],
        then &["seborrhoeic-keratosis", "solar-lentigo", "melanoma", "dermatofibroma", "haemangioma",
            "basal-cell-carcinoma", "healthy"]),
    condition!("melanoma", "Melanoma of skin", icd11("2C30", "Melanoma of skin"), TOP_PROBABILITY,
        has 99.5, pigmented 96.0, malignant 99.0, urgent [45.0, 65.0, 85.0, 97.0], priority [88.0, 94.0, 98.0, 99.5],
        then &["nevus", "seborrhoeic-keratosis", "basal-cell-carcinoma", "solar-lentigo", "haemangioma",
            "dermatofibroma", "healthy"]),
    condition!("alopecia", "Alopecia", icd11("ED70", "Alopecia or hair loss"), TOP_PROBABILITY,
        has 98.0, pigmented 0.6, malignant 0.2, urgent [0.1, 0.2, 0.4, 1.5], priority [0.8, 2.0, 6.0, 22.0],
        then &["seborrhoeic-dermatitis", "tinea-capitis", "psoriasis", "folliculitis", "lichen-planus",
            "healthy", "eczema"]),
    condition!("urticaria", "Urticaria", icd11("EB05", "Urticaria of unspecified type"), TOP_PROBABILITY,
        has 98.0, pigmented 0.8, malignant 0.2, urgent [0.4, 2.0, 8.0, 35.0], priority [2.0, 8.0, 24.0, 66.0],
        then &["insect-bite", "drug-eruption", "contact-dermatitis", "eczema", "healthy", "pityriasis-rosea",
            "tinea-corporis"]),
    condition!("vitiligo", "Vitiligo", icd11("ED63.0", "Vitiligo"), TOP_PROBABILITY,
        has 98.5, pigmented 4.0, malignant 0.2, urgent [0.1, 0.2, 0.3, 0.8], priority [0.6, 1.5, 4.0, 14.0],
        then &["pityriasis-versicolor", "hypopigmentation", "healthy", "eczema", "tinea-corporis", "psoriasis",
            "lichen-planus"]),
    condition!("pressure-ulcer", "Pressure ulcer",
        icd11("EH90.Z", "Pressure ulcer of unspecified grade"), TOP_PROBABILITY,
        has 99.0, pigmented 1.0, malignant 1.5, urgent [1.0, 8.0, 30.0, 82.0], priority [5.0, 30.0, 70.0, 97.0],
        then &["leg-ulcer", "cellulitis", "contact-dermatitis", "hidradenitis", "basal-cell-carcinoma",
            "epidermoid-cyst", "eczema"]),
    condition!("hidradenitis", "Hidradenitis suppurativa", icd11("ED92.0", "Hidradenitis suppurativa"), TOP_PROBABILITY,
        has 98.5, pigmented 0.8, malignant 0.5, urgent [0.3, 1.5, 6.0, 28.0], priority [2.0, 9.0, 32.0, 78.0],
        then &["folliculitis", "epidermoid-cyst", "acne", "cellulitis", "pressure-ulcer", "contact-dermatitis",
            "tinea-corporis"]),
    condition!("healthy", "Non-specific finding", None, [74.0; 4],
        has 3.0, pigmented 1.5, malignant 0.1, urgent [0.1; 4], priority [0.4; 4],
        then &["nevus", "solar-lentigo", "seborrhoeic-keratosis", "eczema", "acne", "folliculitis",
            "insect-bite"]),
];

/// Further conditions of the rankings, which no scenario names.
#[rustfmt::skip]
pub(super) static CO_RANKED: [Condition; 20] = [
    co_ranked("basal-cell-carcinoma", "Basal cell carcinoma",
        Indicated { pigmented: 20.0, malignant: 97.0, urgent: 4.0, priority: 80.0 }),
    co_ranked("cellulitis", "Cellulitis", Indicated { urgent: 70.0, priority: 90.0, ..MILD }),
    co_ranked("contact-dermatitis", "Contact dermatitis", MILD),
    co_ranked("dermatofibroma", "Dermatofibroma", PIGMENTED),
    co_ranked("drug-eruption", "Drug eruption", Indicated { urgent: 30.0, priority: 60.0, ..MILD }),
    co_ranked("epidermoid-cyst", "Epidermoid cyst", MILD),
    co_ranked("folliculitis", "Folliculitis", MILD),
    co_ranked("haemangioma", "Haemangioma", MILD),
    co_ranked("hypopigmentation", "Post-inflammatory hypopigmentation", MILD),
    co_ranked("insect-bite", "Insect bite reaction", MILD),
    co_ranked("leg-ulcer", "Venous leg ulcer", Indicated { urgent: 12.0, priority: 60.0, ..MILD }),
    co_ranked("lichen-planus", "Lichen planus", MILD),
    co_ranked("pityriasis-rosea", "Pityriasis rosea", MILD),
    co_ranked("pityriasis-versicolor", "Pityriasis versicolor", MILD),
    co_ranked("rosacea", "Rosacea", MILD),
    co_ranked("seborrhoeic-dermatitis", "Seborrhoeic dermatitis", MILD),
    co_ranked("seborrhoeic-keratosis", "Seborrhoeic keratosis", PIGMENTED),
    co_ranked("solar-lentigo", "Solar lentigo", PIGMENTED),
    co_ranked("tinea-capitis", "Tinea capitis", Indicated { priority: 20.0, ..MILD }),
    co_ranked("tinea-corporis", "Tinea corporis", MILD),
];

/// Indicators of a condition that has one severity, in percent.
struct Indicated {
    pigmented: f64,
    malignant: f64,
    urgent: f64,
    priority: f64,
}

const MILD: Indicated = Indicated { pigmented: 1.5, malignant: 0.3, urgent: 0.5, priority: 6.0 };
const PIGMENTED: Indicated = Indicated { pigmented: 85.0, malignant: 1.5, urgent: 0.6, priority: 18.0 };

const fn co_ranked(name: &'static str, text: &'static str, indicated: Indicated) -> Condition {
    let Indicated { pigmented, malignant, urgent, priority } = indicated;
    let traits =
        Traits { has_condition: 97.0, pigmented, malignant, urgent: [urgent; 4], priority: [priority; 4] };
    Condition { name, text, icd11: None, top_probability: TOP_PROBABILITY, traits, co_ranked: &[] }
}

/// Returns the condition with this name, which a scenario may be unable to name.
pub(super) fn find(name: &str) -> Option<&'static Condition> {
    CONDITIONS.iter().chain(&CO_RANKED).find(|condition| condition.name == name)
}

/// The conditions reported without a scenario: plainly synthetic, and every indicator at 50 %.
pub(super) static SYNTHETIC: [Condition; 8] = [
    synthetic("Sandbox condition A"),
    synthetic("Sandbox condition B"),
    synthetic("Sandbox condition C"),
    synthetic("Sandbox condition D"),
    synthetic("Sandbox condition E"),
    synthetic("Sandbox condition F"),
    synthetic("Sandbox condition G"),
    synthetic("Sandbox condition H"),
];

const fn synthetic(text: &'static str) -> Condition {
    const HALF: [f64; 4] = [50.0; 4];
    let traits =
        Traits { has_condition: 50.0, pigmented: 50.0, malignant: 50.0, urgent: HALF, priority: HALF };
    Condition { name: text, text, icd11: None, top_probability: [64.0; 4], traits, co_ranked: &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_in_a_header_and_unique() {
        let all: Vec<&Condition> = CONDITIONS.iter().chain(&CO_RANKED).collect();
        for (index, condition) in all.iter().enumerate() {
            assert!(condition.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            assert!(all[..index].iter().all(|earlier| earlier != condition), "{}", condition.name);
        }
    }

    #[test]
    fn every_code_is_one_of_the_contract_with_its_text() {
        let contract: serde_json::Value = serde_json::from_str(crate::contract::DEVICE_TEXT).unwrap();
        let schemas = contract["components"]["schemas"].as_object().unwrap().values();
        let documented: Vec<&serde_json::Value> =
            schemas.filter_map(|schema| schema["x-scale"]["conditions"].as_array()).flatten().collect();
        for condition in &CONDITIONS {
            let Some(Icd11 { code, display }) = &condition.icd11 else {
                assert_eq!(condition.name, HEALTHY);
                continue;
            };
            let is_same = |known: &&serde_json::Value| known["code"] == *code && known["text"] == *display;
            assert!(documented.iter().any(is_same), "{code} {display}");
        }
    }

    #[test]
    fn every_condition_of_a_ranking_exists_and_each_co_ranked_one_is_used() {
        for condition in &CONDITIONS {
            for name in condition.co_ranked {
                assert!(*name != condition.name && find(name).is_some(), "{name}");
            }
        }
        let is_used = |name| CONDITIONS.iter().any(|condition| condition.co_ranked.contains(&name));
        assert!(CO_RANKED.iter().all(|condition| is_used(condition.name)));
    }

    #[test]
    fn values_are_percentages_and_increase_with_severity() {
        for Condition { name, top_probability, traits, .. } in
            CONDITIONS.iter().chain(&CO_RANKED).chain(&SYNTHETIC)
        {
            for row in [top_probability, &traits.urgent, &traits.priority] {
                assert!(row.is_sorted() && row.iter().all(|value| (0.0..=100.0).contains(value)), "{name}");
            }
            // Urgent referral (two days) implies high-priority referral (fifteen days).
            assert!(traits.urgent.iter().zip(&traits.priority).all(|(urgent, priority)| urgent <= priority));
            assert!(top_probability.iter().all(|lead| (30.0..=90.0).contains(lead)), "{name}");
        }
    }
}
