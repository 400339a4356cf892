//! Clinical indicators: what a ranking implies, so that the two never contradict each other.

use serde_json::{Value, json};

use super::conditions::Traits;
use super::percent::{mean, round};
use super::{Draw, Ranking, Scenario, Severity};

/// The five indicators of a report, each in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Indicators {
    has_condition: f64,
    pigmented_lesion: f64,
    malignancy: f64,
    urgent_referral: f64,
    high_priority_referral: f64,
}

impl Indicators {
    /// The indicators of the ranked conditions, weighted by their probability.
    pub(crate) fn of(ranking: &Ranking, scenario: Option<Scenario>, draw: &mut Draw) -> Self {
        let severity = scenario.map_or(Severity::Moderate, |scenario| scenario.severity) as usize;
        let total: f64 = ranking.iter().map(|ranked| ranked.probability).sum();
        let mut expected = |figure: &dyn Fn(&Traits) -> f64| {
            let weighted = ranking.iter().map(|ranked| ranked.probability * figure(&ranked.condition.traits));
            percent(draw.around(weighted.sum::<f64>() / total, 0.8))
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

    /// The mean of several images; none of no image.
    pub(crate) fn mean<'a>(all: impl IntoIterator<Item = &'a Self> + Clone) -> Option<Self> {
        let mean = |figure: fn(&Self) -> f64| mean(all.clone().into_iter().map(figure));
        all.clone().into_iter().next().map(|_| Self {
            has_condition: mean(|it| it.has_condition),
            pigmented_lesion: mean(|it| it.pigmented_lesion),
            malignancy: mean(|it| it.malignancy),
            urgent_referral: mean(|it| it.urgent_referral),
            high_priority_referral: mean(|it| it.high_priority_referral),
        })
    }

    pub(crate) fn to_json(self) -> Value {
        json!({
            "hasCondition": self.has_condition,
            "pigmentedLesion": self.pigmented_lesion,
            "malignancy": self.malignancy,
            "urgentReferral": self.urgent_referral,
            "highPriorityReferral": self.high_priority_referral,
        })
    }
}

fn percent(figure: f64) -> f64 {
    round(figure.clamp(0.0, 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indicators(scenario: Option<Scenario>) -> Indicators {
        let mut draw = Draw::new(b"image", scenario, 0);
        let ranking = Ranking::of(scenario, &mut draw);
        Indicators::of(&ranking, scenario, &mut draw)
    }

    fn of(name: &str) -> Indicators {
        indicators(Some(name.parse().unwrap()))
    }

    #[test]
    fn every_scenario_stays_within_percent() {
        for scenario in Scenario::all().map(Some).chain([None]) {
            let Value::Object(figures) = indicators(scenario).to_json() else { panic!("not an object") };
            assert!(figures.values().all(|figure| (0.0..=100.0).contains(&figure.as_f64().unwrap())));
            assert!(figures["urgentReferral"].as_f64() <= figures["highPriorityReferral"].as_f64());
        }
    }

    #[test]
    fn they_agree_with_the_scenario() {
        assert!(of("melanoma").malignancy > 60.0 && of("melanoma").pigmented_lesion > 60.0);
        assert!(of("nevus").malignancy < 30.0 && of("nevus").pigmented_lesion > 60.0);
        assert!(of("psoriasis").malignancy < 5.0 && of("psoriasis").has_condition > 90.0);
        assert!(of("healthy").has_condition < 50.0);
        assert!(of("urticaria/severe").urgent_referral > of("urticaria/mild").urgent_referral);
        assert!((40.0..=60.0).contains(&indicators(None).has_condition));
    }

    #[test]
    fn several_images_are_averaged() {
        let (melanoma, healthy) = (of("melanoma"), of("healthy"));
        let mean = Indicators::mean(&[melanoma, healthy]).unwrap();
        assert!((mean.malignancy - (melanoma.malignancy + healthy.malignancy) / 2.0).abs() < 0.006);
        assert_eq!(Indicators::mean(&[melanoma]), Some(melanoma));
        assert_eq!(Indicators::mean(&[]), None);
    }
}
