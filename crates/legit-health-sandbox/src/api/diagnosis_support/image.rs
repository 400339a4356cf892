//! One image of a request: its scenario, its findings, what was measured in it.

use crate::api::mark::Source;
use crate::api::sent::Sent;
use crate::pixels::{HeatMaps, Jpeg, Measured};
use crate::scenario::{Indicators, Ranking, Scenario};

/// An image and everything that is answered about it.
pub(super) struct Analysed {
    pub(super) scenario: Option<Scenario>,
    pub(super) source: Source,
    pub(super) measured: Measured,
    /// None for an unusable image: what cannot be seen is not ranked.
    pub(super) ranking: Option<Ranking>,
    pub(super) indicators: Indicators,
    /// Percent; placeholders that differ from image to image.
    pub(super) sensitivity: f64,
    pub(super) specificity: f64,
    pub(super) heat_maps: Vec<Jpeg>,
}

/// How warm the map of each of the first five conditions gets.
const HEAT: [f64; 5] = [1.0, 0.8, 0.65, 0.5, 0.4];

impl Analysed {
    pub(super) fn of(sent: &Sent) -> Self {
        let Sent { picture, scenario, source, .. } = sent;
        let measured = Measured::of(picture);
        let mut draw = sent.draw();
        let ranking = Ranking::of(*scenario, &mut draw);
        let indicators = Indicators::of(&ranking, *scenario, &mut draw);
        let (sensitivity, specificity) = (draw.percent(82.0, 6.0), draw.percent(92.0, 4.0));
        let heat_maps = if measured.is_valid() {
            let maps = HeatMaps::of(picture);
            HEAT.iter().map(|strength| maps.jpeg(*strength)).collect()
        } else {
            Vec::new()
        };
        let ranking = measured.is_valid().then_some(ranking);
        Self {
            scenario: *scenario,
            source: *source,
            measured,
            ranking,
            indicators,
            sensitivity,
            specificity,
            heat_maps,
        }
    }

    /// Entropy of the ranking in percent; without one nothing is decided.
    pub(super) fn entropy(&self) -> f64 {
        self.ranking.as_ref().map_or(100.0, Ranking::entropy)
    }
}
