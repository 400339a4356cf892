//! One image of a request: its scenario, its findings, what was measured in it.

use serde_json::Value;

use super::Given;
use crate::api::mark::Source;
use crate::container::comments;
use crate::contract::{Cause, decode_base64};
use crate::pixels::{HeatMaps, Measured, decode};
use crate::scenario::{Draw, Indicators, Ranking, Scenario, UnknownScenario, read_marker};

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
    pub(super) heat_maps: Vec<HeatMap>,
}

/// A JPEG as large as the image.
pub(super) struct HeatMap {
    pub(super) jpeg: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// How warm the map of each of the first five conditions gets.
const HEAT: [f64; 5] = [1.0, 0.8, 0.65, 0.5, 0.4];

impl Analysed {
    /// The image in `data`, or what is wrong with it.
    ///
    /// That a file which is no whole picture is a fault, and its words, are inferred.
    pub(super) fn of(data: &Value, given: &Given) -> Result<Self, Cause> {
        let bytes = data.as_str().and_then(decode_base64).unwrap_or_default();
        let picture = decode(&bytes).map_err(|_| Cause::rule("The image is no whole JPEG or PNG"))?;
        let (scenario, source) =
            scenario(&bytes, given).map_err(|unknown| Cause::rule(unknown.to_string()))?;

        let measured = Measured::of(&picture);
        let mut draw = Draw::new(&bytes, scenario, given.seed);
        let ranking = Ranking::of(scenario, &mut draw);
        let indicators = Indicators::of(&ranking, scenario, &mut draw);
        let (sensitivity, specificity) = (draw.percent(82.0, 6.0), draw.percent(92.0, 4.0));
        let heat_maps = if measured.is_valid() {
            let maps = HeatMaps::of(&picture);
            let (width, height) = (picture.width(), picture.height());
            HEAT.iter().map(|strength| HeatMap { jpeg: maps.jpeg(*strength), width, height }).collect()
        } else {
            Vec::new()
        };
        let ranking = measured.is_valid().then_some(ranking);
        Ok(Self { scenario, source, measured, ranking, indicators, sensitivity, specificity, heat_maps })
    }

    /// Entropy of the ranking in percent; without one nothing is decided.
    pub(super) fn entropy(&self) -> f64 {
        self.ranking.as_ref().map_or(100.0, Ranking::entropy)
    }
}

/// Request header before image comment before account default.
fn scenario(bytes: &[u8], given: &Given) -> Result<(Option<Scenario>, Source), UnknownScenario> {
    if given.header.is_some() {
        return Ok((given.header, Source::RequestHeader));
    }
    if let Some(marked) = comments(bytes).iter().find_map(|comment| read_marker(comment)) {
        return Ok((Some(marked?), Source::ImageComment));
    }
    let source = if given.account.is_some() { Source::AccountDefault } else { Source::Nowhere };
    Ok((given.account, source))
}
