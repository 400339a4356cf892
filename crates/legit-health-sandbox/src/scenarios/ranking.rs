//! The ranked conditions of images, and the clinical indicators that follow from them.

use serde::Serialize;

use super::conditions::{CONDITIONS, Condition, HEALTHY, SYNTHETIC, Traits};
use super::random::{Random, mean, round};
use super::{Scenario, Severity};

/// Number of conditions in a ranking.
const LISTED: usize = 8;
/// Probability of each condition after the second, as a share of the one before.
const FALL: f64 = 0.55;

/// Conditions by descending probability. The rest to 100 % is that of all other conditions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ranking(Vec<RankedCondition>);

/// A condition and its probability in percent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RankedCondition {
    pub(crate) condition: &'static Condition,
    pub(crate) probability: f64,
}

impl Ranking {
    pub(crate) fn of(scenario: Option<Scenario>, random: &mut Random) -> Self {
        let (conditions, top) = match scenario {
            Some(scenario) => {
                (ranked_conditions(scenario), scenario.condition.top_probability[scenario.severity as usize])
            }
            None => {
                let mut conditions: Vec<_> = SYNTHETIC.iter().collect();
                conditions.rotate_left(random.below(LISTED));
                (conditions, SYNTHETIC[0].top_probability[0])
            }
        };
        let first = random.around(top, 2.0);
        let unlisted = random.around(2.0, 1.0);
        let mut weights = vec![0.0];
        let mut weight = 1.0;
        for _ in 1..conditions.len() {
            weights.push(random.around(weight, weight * 0.1));
            weight *= FALL;
        }
        let share = (100.0 - first - unlisted) / weights.iter().sum::<f64>();
        let probabilities = weights.iter().map(|weight| if *weight == 0.0 { first } else { weight * share });
        let ranked = conditions.into_iter().zip(probabilities);
        Self(
            ranked
                .map(|(condition, probability)| RankedCondition {
                    condition,
                    probability: round(probability),
                })
                .collect(),
        )
    }

    /// Returns the mean of several images; none if there are none.
    pub(crate) fn mean<'a>(rankings: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut count = 0.0;
        let mut sums: Vec<RankedCondition> = Vec::new();
        for ranking in rankings {
            count += 1.0;
            for ranked in &ranking.0 {
                match sums.iter_mut().find(|sum| sum.condition == ranked.condition) {
                    Some(sum) => sum.probability += ranked.probability,
                    None => sums.push(ranked.clone()),
                }
            }
        }
        if count == 0.0 {
            return None;
        }
        sums.iter_mut().for_each(|sum| sum.probability = round(sum.probability / count));
        sums.sort_by(|a, b| {
            b.probability.total_cmp(&a.probability).then_with(|| a.condition.name.cmp(b.condition.name))
        });
        Some(Self(sums))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &RankedCondition> {
        self.0.iter()
    }

    /// Returns the normalised entropy in percent: 0 is certain, 100 undecided. The rest counts as one more condition.
    pub(crate) fn entropy(&self) -> f64 {
        let rest = 100.0 - self.iter().map(|ranked| ranked.probability).sum::<f64>();
        let parts = self.iter().map(|ranked| ranked.probability).chain([rest]).map(|percent| percent / 100.0);
        let entropy: f64 = parts.filter(|part| *part > 0.0).map(|part| -part * part.ln()).sum();
        round(entropy / ((self.0.len() + 1) as f64).ln() * 100.0)
    }
}

/// Returns the condition itself, similar ones, then the others, up to [`LISTED`].
fn ranked_conditions(scenario: Scenario) -> Vec<&'static Condition> {
    let mut names = vec![scenario.condition.name];
    if scenario.severity == Severity::None {
        names.push(HEALTHY);
    }
    names.extend(scenario.condition.similar);
    names.extend(CONDITIONS.iter().map(|condition| condition.name));
    let mut conditions: Vec<&Condition> = Vec::new();
    for name in names {
        let known = CONDITIONS.iter().find(|condition| condition.name == name);
        conditions.extend(known.filter(|condition| !conditions.contains(condition)));
    }
    conditions.truncate(LISTED);
    conditions
}

/// The clinical indicators of a report, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Indicators {
    has_condition: f64,
    pigmented_lesion: f64,
    malignancy: f64,
    urgent_referral: f64,
    high_priority_referral: f64,
}

impl Indicators {
    /// Returns the indicators of the ranked conditions, weighted by their probability.
    pub(crate) fn of(ranking: &Ranking, scenario: Option<Scenario>, random: &mut Random) -> Self {
        let severity = scenario.map_or(Severity::Moderate, |scenario| scenario.severity) as usize;
        let total: f64 = ranking.iter().map(|ranked| ranked.probability).sum();
        let mut expected = |indicator: &dyn Fn(&Traits) -> f64| {
            let weighted =
                ranking.iter().map(|ranked| ranked.probability * indicator(&ranked.condition.traits));
            round(random.around(weighted.sum::<f64>() / total, 0.8).clamp(0.0, 100.0))
        };
        let urgent_referral = expected(&|traits| traits.urgent[severity]);
        Self {
            has_condition: expected(&|traits| traits.has_condition),
            pigmented_lesion: expected(&|traits| traits.pigmented),
            malignancy: expected(&|traits| traits.malignant),
            urgent_referral,
            high_priority_referral: expected(&|traits| traits.priority[severity]).max(urgent_referral),
        }
    }

    /// Returns the mean of several images; none if there are none.
    pub(crate) fn mean<'a>(all: impl IntoIterator<Item = &'a Self> + Clone) -> Option<Self> {
        let mean = |indicator: fn(&Self) -> f64| mean(all.clone().into_iter().map(indicator));
        all.clone().into_iter().next().map(|_| Self {
            has_condition: mean(|it| it.has_condition),
            pigmented_lesion: mean(|it| it.pigmented_lesion),
            malignancy: mean(|it| it.malignancy),
            urgent_referral: mean(|it| it.urgent_referral),
            high_priority_referral: mean(|it| it.high_priority_referral),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(scenario: Option<Scenario>, image: &[u8]) -> Ranking {
        Ranking::of(scenario, &mut Random::new(image, scenario, 0))
    }

    fn assert_is_a_ranking(ranking: &Ranking, what: &str) {
        let values: Vec<f64> = ranking.iter().map(|ranked| ranked.probability).collect();
        assert!(values.is_sorted_by(|a, b| a >= b), "{what}: {values:?}");
        assert!(values[0] > 1.0 && values.iter().all(|value| *value > 0.0), "{what}: {values:?}");
        assert!(values.iter().sum::<f64>() <= 100.0, "{what}: {values:?}");
        let entropy = ranking.entropy();
        assert!(entropy > 0.0 && entropy <= 100.0, "{what}: {entropy}");
    }

    #[test]
    fn the_condition_of_a_scenario_is_first_in_its_ranking() {
        for scenario in Scenario::all() {
            for image in 0..20u8 {
                let ranking = ranking(Some(scenario), &[image]);
                assert_is_a_ranking(&ranking, &scenario.to_string());
                assert_eq!(ranking.0[0].condition, scenario.condition);
                assert_eq!(ranking.0.len(), LISTED);
            }
        }
    }

    #[test]
    fn without_a_scenario_no_real_condition_is_named() {
        let ranking = ranking(None, b"image");
        assert_is_a_ranking(&ranking, "none");
        for ranked in ranking.iter() {
            assert!(ranked.condition.text.starts_with("Sandbox condition "));
            assert!(ranked.condition.icd11.is_none());
        }
    }

    #[test]
    fn entropy_decreases_with_severity() {
        let entropy = |name: &str| ranking(name.parse().ok(), b"image").entropy();
        assert!(entropy("psoriasis/severe") < entropy("psoriasis/mild"));
        assert!(entropy("psoriasis/mild") < entropy("psoriasis/none"));
    }

    /// The rest to 100 % is one more condition.
    #[test]
    fn entropy_is_0_where_one_is_certain_and_100_where_all_are_equal() {
        let of = |probabilities: &[f64]| {
            let ranked = CONDITIONS.iter().zip(probabilities);
            let ranked = ranked.map(|(condition, &probability)| RankedCondition { condition, probability });
            Ranking(ranked.collect()).entropy()
        };
        assert_eq!([of(&[100.0]), of(&[100.0, 0.0])], [0.0; 2]);
        assert_eq!([of(&[50.0]), of(&[25.0; 3]), of(&[20.0; 4])], [100.0; 3]);
        assert_eq!([of(&[80.0]), of(&[20.0])], [72.19; 2]);
    }

    #[test]
    fn rankings_of_several_images_are_averaged() {
        let psoriasis = ranking("psoriasis".parse().ok(), b"1");
        let acne = ranking("acne".parse().ok(), b"2");
        assert_eq!(Ranking::mean([&psoriasis]), Some(psoriasis.clone()));
        assert_eq!(Ranking::mean([]), None);
        let mean = Ranking::mean([&psoriasis, &acne]).unwrap();
        assert_is_a_ranking(&mean, "mean");
        let of = |ranking: &Ranking, name: &str| {
            ranking.iter().find(|it| it.condition.name == name).map_or(0.0, |it| it.probability)
        };
        for ranked in mean.iter() {
            let name = ranked.condition.name;
            assert!(
                (ranked.probability - (of(&psoriasis, name) + of(&acne, name)) / 2.0).abs() < 0.006,
                "{name}"
            );
        }
    }

    fn indicators(scenario: Option<Scenario>) -> Indicators {
        let mut random = Random::new(b"image", scenario, 0);
        let ranking = Ranking::of(scenario, &mut random);
        Indicators::of(&ranking, scenario, &mut random)
    }

    fn of(name: &str) -> Indicators {
        indicators(Some(name.parse().unwrap()))
    }

    #[test]
    fn indicators_are_percentages_in_every_scenario() {
        for scenario in Scenario::all().map(Some).chain([None]) {
            let serde_json::Value::Object(values) = serde_json::json!(indicators(scenario)) else {
                panic!("not an object")
            };
            assert!(values.values().all(|value| (0.0..=100.0).contains(&value.as_f64().unwrap())));
            assert!(values["urgentReferral"].as_f64() <= values["highPriorityReferral"].as_f64());
        }
    }

    #[test]
    fn indicators_agree_with_the_scenario() {
        assert!(of("melanoma").malignancy > 60.0 && of("melanoma").pigmented_lesion > 60.0);
        assert!(of("nevus").malignancy < 30.0 && of("nevus").pigmented_lesion > 60.0);
        assert!(of("psoriasis").malignancy < 5.0 && of("psoriasis").has_condition > 90.0);
        assert!(of("healthy").has_condition < 50.0);
        assert!(of("urticaria/severe").urgent_referral > of("urticaria/mild").urgent_referral);
        assert!((40.0..=60.0).contains(&indicators(None).has_condition));
    }

    #[test]
    fn indicators_of_several_images_are_averaged() {
        let (melanoma, healthy) = (of("melanoma"), of("healthy"));
        let mean = Indicators::mean(&[melanoma, healthy]).unwrap();
        assert!((mean.malignancy - (melanoma.malignancy + healthy.malignancy) / 2.0).abs() < 0.006);
        assert_eq!(Indicators::mean(&[melanoma]), Some(melanoma));
        assert_eq!(Indicators::mean(&[]), None);
    }
}
