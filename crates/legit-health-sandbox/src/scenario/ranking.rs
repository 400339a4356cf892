//! The ranked conditions of one image, and of several together.

use super::conditions::{HEALTHY, KNOWN, SYNTHETIC};
use super::percent::round;
use super::{Condition, Draw, Scenario, Severity};

/// How many conditions one image is given.
const LISTED: usize = 8;
/// Each condition behind the first has about this share of the one before it.
const FALL: f64 = 0.55;

/// Conditions by falling probability. What is missing to 100 % stands for all conditions not listed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ranking(Vec<Ranked>);

/// A condition and its probability in percent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) condition: &'static Condition,
    pub(crate) probability: f64,
}

impl Ranking {
    pub(crate) fn of(scenario: Option<Scenario>, draw: &mut Draw) -> Self {
        let (conditions, leads) = match scenario {
            Some(scenario) => (neighbours(scenario), scenario.condition.leads[scenario.severity as usize]),
            None => {
                let mut conditions: Vec<_> = SYNTHETIC.iter().collect();
                conditions.rotate_left(draw.below(LISTED));
                (conditions, SYNTHETIC[0].leads[0])
            }
        };
        let first = draw.around(leads, 2.0);
        let unlisted = draw.around(2.0, 1.0);
        let mut weights = vec![0.0];
        let mut weight = 1.0;
        for _ in 1..conditions.len() {
            weights.push(draw.around(weight, weight * 0.1));
            weight *= FALL;
        }
        let share = (100.0 - first - unlisted) / weights.iter().sum::<f64>();
        let probabilities = weights.iter().map(|weight| if *weight == 0.0 { first } else { weight * share });
        let ranked = conditions.into_iter().zip(probabilities);
        Self(
            ranked
                .map(|(condition, probability)| Ranked { condition, probability: round(probability) })
                .collect(),
        )
    }

    /// The mean of several images; none of no image.
    pub(crate) fn mean<'a>(rankings: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut count = 0.0;
        let mut sums: Vec<Ranked> = Vec::new();
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

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Ranked> {
        self.0.iter()
    }

    /// Normalised entropy in percent: 0 is certain, 100 undecided. The unlisted rest counts as one more
    /// condition.
    pub(crate) fn entropy(&self) -> f64 {
        let rest = 100.0 - self.iter().map(|ranked| ranked.probability).sum::<f64>();
        let parts = self.iter().map(|ranked| ranked.probability).chain([rest]).map(|percent| percent / 100.0);
        let entropy: f64 = parts.filter(|part| *part > 0.0).map(|part| -part * part.ln()).sum();
        round(entropy / ((self.0.len() + 1) as f64).ln() * 100.0)
    }
}

/// The condition itself, what is like it, then the others, as many as are listed.
fn neighbours(scenario: Scenario) -> Vec<&'static Condition> {
    let mut names = vec![scenario.condition.name];
    if scenario.severity == Severity::None {
        names.push(HEALTHY);
    }
    names.extend(scenario.condition.resembles);
    names.extend(KNOWN.iter().map(|condition| condition.name));
    let mut conditions: Vec<&Condition> = Vec::new();
    for name in names {
        let known = KNOWN.iter().find(|condition| condition.name == name);
        conditions.extend(known.filter(|condition| !conditions.contains(condition)));
    }
    conditions.truncate(LISTED);
    conditions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(scenario: Option<Scenario>, image: &[u8]) -> Ranking {
        Ranking::of(scenario, &mut Draw::new(image, scenario, 0))
    }

    fn assert_is_a_ranking(ranking: &Ranking, what: &str) {
        let figures: Vec<f64> = ranking.iter().map(|ranked| ranked.probability).collect();
        assert!(figures.is_sorted_by(|a, b| a >= b), "{what}: {figures:?}");
        assert!(figures[0] > 1.0 && figures.iter().all(|figure| *figure > 0.0), "{what}: {figures:?}");
        assert!(figures.iter().sum::<f64>() <= 100.0, "{what}: {figures:?}");
        let entropy = ranking.entropy();
        assert!(entropy > 0.0 && entropy <= 100.0, "{what}: {entropy}");
    }

    #[test]
    fn every_scenario_leads_its_own_ranking() {
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
    fn without_a_scenario_nothing_real_is_named() {
        let ranking = ranking(None, b"image");
        assert_is_a_ranking(&ranking, "none");
        for ranked in ranking.iter() {
            assert!(ranked.condition.text.starts_with("Sandbox condition "));
            assert!(ranked.condition.icd11.is_none());
        }
    }

    #[test]
    fn the_more_severe_the_surer() {
        let entropy = |name: &str| ranking(name.parse().ok(), b"image").entropy();
        assert!(entropy("psoriasis/severe") < entropy("psoriasis/mild"));
        assert!(entropy("psoriasis/mild") < entropy("psoriasis/none"));
    }

    #[test]
    fn several_images_are_averaged() {
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
}
