//! A score with its category, grade and ranges.

use crate::codes::Intensity;
use crate::report::{FromWire, Measurement, structure_only};
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};

/// A score by itself, for example of one view of a body.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Score {
    /// The score, in points of its scale.
    pub value: f64,
    /// The device's name for the range of the score, such as `Moderate`.
    pub category: Option<String>,
    /// The device's grade.
    pub intensity: Option<Intensity>,
    /// The contribution of this body zone to the score of the whole body.
    pub contribution: Option<Measurement>,
    /// The ranges of the scale and their names; empty if the device sent none.
    #[serde(default)]
    pub bands: Vec<Band>,
}

/// A range of a score, and its name.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Band {
    /// The lowest score of the range, if it has one.
    pub min: Option<f64>,
    /// The highest score of the range, if it has one.
    pub max: Option<f64>,
    /// The device's name for the range.
    pub text: String,
    /// The device's grades for the range.
    #[serde(default)]
    pub intensities: Vec<Intensity>,
}

structure_only!(Score, Band);

impl Band {
    fn contains(&self, value: f64) -> bool {
        self.min.is_none_or(|min| min <= value) && self.max.is_none_or(|max| value <= max)
    }
}

impl FromWire<types::Score> for Score {
    /// Converts a score. If it has both shapes, the category and grade of `interpretation` are used.
    fn from_wire(wire: types::Score) -> Self {
        let value = wire.value;
        let contribution = wire.additional_data.and_then(|data| data.global_score_contribution);
        let (bands, graded) = match wire.severity {
            Some(severity) => {
                let bands: Vec<Band> =
                    severity.interpretations.into_iter().flatten().map(Band::from_wire).collect();
                (bands, Some(severity.value))
            }
            None => (Vec::new(), None),
        };
        let (category, intensity) = match wire.interpretation {
            Some(said) => (Some(said.category), Some(said.intensity)),
            None => (graded.and_then(|grade| category(&bands, value, grade)), graded),
        };
        Self { value, category, intensity, contribution: contribution.map(Measurement::from_wire), bands }
    }
}

/// Returns the name of the only band with this grade, or of the only one of them that contains the value. Bands without
/// grades are selected by the value alone. Returns `None` if several match.
fn category(bands: &[Band], value: f64, grade: Intensity) -> Option<String> {
    let graded: Vec<&Band> = bands.iter().filter(|band| band.intensities.contains(&grade)).collect();
    let ungraded = bands.iter().filter(|band| band.intensities.is_empty() && band.contains(value));
    let candidates: Vec<&Band> = match graded.as_slice() {
        [] => ungraded.collect(),
        [_] => graded,
        _ => graded.into_iter().filter(|band| band.contains(value)).collect(),
    };
    match candidates.as_slice() {
        [band] => Some(band.text.clone()),
        _ => None,
    }
}

impl FromWire<types::SeverityBand> for Band {
    fn from_wire(wire: types::SeverityBand) -> Self {
        Self {
            min: wire.min,
            max: wire.max,
            text: wire.text,
            intensities: wire.coding.into_iter().flatten().map(|coding| coding.code).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(min: f64, max: f64, text: &str, grades: &[Intensity]) -> Band {
        Band { min: Some(min), max: Some(max), text: text.to_owned(), intensities: grades.to_vec() }
    }

    #[test]
    fn the_category_is_that_of_the_band_with_the_grade() {
        use Intensity::{High, Low, Moderate};
        let bands =
            [band(0.0, 5.0, "mild", &[Low]), band(5.0, 10.0, "a", &[High]), band(10.0, 20.0, "b", &[High])];
        assert_eq!(category(&bands, 3.0, Low).as_deref(), Some("mild"));
        assert_eq!(category(&bands, 7.0, High).as_deref(), Some("a"));
        assert_eq!(category(&bands, 10.0, High), None, "on the edge of two bands");
        assert_eq!(
            category(&bands, 7.0, Low).as_deref(),
            Some("mild"),
            "the device's grade takes precedence"
        );
        assert_eq!(category(&bands, 7.0, Moderate), None);
        assert_eq!(category(&bands, 7.0, Intensity::Unknown(9)), None);
    }

    #[test]
    fn bands_without_grades_are_selected_by_the_value() {
        let bands = [band(0.0, 5.0, "mild", &[]), band(5.0, 10.0, "severe", &[])];
        assert_eq!(category(&bands, 6.0, Intensity::High).as_deref(), Some("severe"));
        assert_eq!(category(&bands, 5.0, Intensity::High), None);
        let open = [Band { min: Some(5.0), max: None, ..band(0.0, 0.0, "severe", &[]) }];
        assert_eq!(category(&open, 99.0, Intensity::High).as_deref(), Some("severe"));
        let open = [Band { min: None, max: Some(5.0), ..band(0.0, 0.0, "mild", &[]) }];
        assert_eq!(category(&open, -1.0, Intensity::Low).as_deref(), Some("mild"));
    }
}
