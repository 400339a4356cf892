//! The ranked conditions of images, and the clinical indicators that follow from them.

use serde::Serialize;

use super::conditions::{self, Condition, HEALTHY, SYNTHETIC, Traits};
use super::random::{Random, mean, round};
use super::{Scenario, Severity};

/// Number of conditions in a ranking.
const LISTED: usize = 8;
/// Probability of each condition after the second, as a share of the one before.
const FALL: f64 = 0.55;

/// Conditions by descending probability. The probabilities sum to 100; an empty ranking is that of nothing found.
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
        let mut weights = Vec::new();
        let mut weight = 1.0;
        for _ in 1..conditions.len() {
            weights.push(random.around(weight, weight * 0.1));
            weight *= FALL;
        }
        let share = (100.0 - first) / weights.iter().sum::<f64>();
        let others = weights.iter().map(|weight| weight * share);
        let probabilities = [first].into_iter().chain(others);
        Self::rounded(&conditions.into_iter().zip(probabilities).collect::<Vec<_>>())
    }

    pub(crate) fn empty() -> Self {
        Self(Vec::new())
    }

    /// Rounds probabilities in descending order to two decimals: those with the largest remainders up, so that the sum
    /// stays 100.
    fn rounded(ranked: &[(&'static Condition, f64)]) -> Self {
        let exact: Vec<f64> = ranked.iter().map(|(_, probability)| probability * 100.0).collect();
        let mut hundredths: Vec<f64> = exact.iter().map(|exact| exact.floor()).collect();
        let missing = 100.0 * 100.0 - hundredths.iter().sum::<f64>();
        let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
        by_remainder.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()));
        by_remainder.into_iter().take(missing as usize).for_each(|raised| hundredths[raised] += 1.0);
        let rounded = ranked.iter().zip(hundredths);
        Self(
            rounded
                .map(|(&(condition, _), hundredths)| RankedCondition {
                    condition,
                    probability: hundredths / 100.0,
                })
                .collect(),
        )
    }

    /// Returns the mean of several images; none if there are none. An empty ranking does not count beside others.
    pub(crate) fn mean<'a>(rankings: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let rankings: Vec<&Self> = rankings.into_iter().collect();
        let counted: Vec<&Self> = rankings.iter().copied().filter(|ranking| !ranking.0.is_empty()).collect();
        let mut means: Vec<(&'static Condition, f64)> = Vec::new();
        for RankedCondition { condition, probability } in counted.iter().flat_map(|ranking| ranking.iter()) {
            let share = probability / counted.len() as f64;
            match means.iter_mut().find(|(known, _)| known == condition) {
                Some((_, mean)) => *mean += share,
                None => means.push((*condition, share)),
            }
        }
        means.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.name.cmp(b.0.name)));
        (!rankings.is_empty()).then(|| Self::rounded(&means))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &RankedCondition> {
        self.0.iter()
    }

    /// Returns the normalised entropy in percent: 0 is certain, 100 undecided. That of an empty ranking is 100.
    pub(crate) fn entropy(&self) -> f64 {
        let parts = self.iter().map(|ranked| ranked.probability / 100.0).filter(|part| *part > 0.0);
        let entropy: f64 = parts.map(|part| -part * part.ln()).sum();
        match self.0.len() {
            0 => 100.0,
            1 => 0.0,
            conditions => round(entropy / (conditions as f64).ln() * 100.0),
        }
    }
}

/// Returns the condition itself and those that are ranked after it, up to [`LISTED`].
fn ranked_conditions(scenario: Scenario) -> Vec<&'static Condition> {
    let mut names = vec![scenario.condition.name];
    if scenario.severity == Severity::None && scenario.condition.name != HEALTHY {
        names.push(HEALTHY);
    }
    let co_ranked = scenario.condition.co_ranked.iter().copied();
    let co_ranked: Vec<&str> = co_ranked.filter(|name| !names.contains(name)).collect();
    names.extend(co_ranked);
    names.truncate(LISTED);
    names.into_iter().map(|name| conditions::find(name).expect("a test looks for every name")).collect()
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
        assert!((values.iter().sum::<f64>() - 100.0).abs() < 1e-9, "{what}: {values:?}");
        let decimals = |value: &f64| (value * 100.0 - (value * 100.0).round()).abs();
        assert!(values.iter().all(|value| decimals(value) < 1e-6), "{what}: {values:?}");
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
                assert_eq!(ranking.0.len(), LISTED, "{scenario}");
                assert!(ranking.0[0].probability > ranking.0[1].probability, "{scenario}");
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

    #[test]
    fn entropy_is_0_where_one_is_certain_and_100_where_all_are_equal() {
        let of = |probabilities: &[f64]| {
            let ranked = conditions::CONDITIONS.iter().zip(probabilities);
            let ranked = ranked.map(|(condition, &probability)| RankedCondition { condition, probability });
            Ranking(ranked.collect()).entropy()
        };
        assert_eq!([of(&[100.0]), of(&[100.0, 0.0])], [0.0; 2]);
        assert_eq!([of(&[50.0; 2]), of(&[25.0; 4]), of(&[])], [100.0; 3]);
        assert_eq!([of(&[80.0, 20.0]), of(&[20.0, 80.0])], [72.19; 2]);
    }

    #[test]
    fn rounding_keeps_the_sum_and_the_order() {
        let rounded = |shares: &[f64]| {
            let ranked: Vec<_> = conditions::CONDITIONS.iter().zip(shares.iter().copied()).collect();
            Ranking::rounded(&ranked).iter().map(|ranked| ranked.probability).collect::<Vec<_>>()
        };
        assert_eq!(rounded(&[100.0 / 3.0; 3]), [33.34, 33.33, 33.33]);
        assert_eq!(rounded(&[72.13, 20.37, 7.5]), [72.13, 20.37, 7.5]);
        assert_eq!(rounded(&[50.005, 49.995]), [50.01, 49.99]);
    }

    #[test]
    fn rankings_of_several_images_are_averaged() {
        let psoriasis = ranking("psoriasis".parse().ok(), b"1");
        let acne = ranking("acne".parse().ok(), b"2");
        assert_eq!(Ranking::mean([&psoriasis]), Some(psoriasis.clone()));
        assert_eq!(Ranking::mean([]), None);
        assert_eq!(Ranking::mean([&Ranking::empty()]), Some(Ranking::empty()));
        assert_eq!(Ranking::mean([&psoriasis, &Ranking::empty()]), Some(psoriasis.clone()));
        let mean = Ranking::mean([&psoriasis, &acne]).unwrap();
        assert_is_a_ranking(&mean, "mean");
        let of = |ranking: &Ranking, name: &str| {
            ranking.iter().find(|it| it.condition.name == name).map_or(0.0, |it| it.probability)
        };
        for ranked in mean.iter() {
            let name = ranked.condition.name;
            assert!(
                (ranked.probability - (of(&psoriasis, name) + of(&acne, name)) / 2.0).abs() < 0.011,
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
