//! Instruments for vitiligo, for one body site and for the whole body.

use super::{Computed, Instrument};
use crate::error::ScoringErrorKind;
use crate::item::Item;
use crate::score::{Band, Evidence, Intensity, Intermediate};

/// AVASI of one body site: depigmented skin in one image.
///
/// The number is the percentage of the visible skin that is depigmented: inferred, since an arm scores at least 40 in
/// the vendor's tests, which no weighting by its share of the body allows. The limits are a placeholder; all that is
/// known is that such an arm is "Moderate".
pub(super) const AVASI: Instrument = Instrument {
    code: "avasi",
    name: "Automatic Vitiligo Area Scoring Index",
    sources: &["Hamzavi et al. 2004, Arch Dermatol 140:677 (the index that it automates)"],
    value_evidence: Evidence::Inferred,
    items: &[Item::percent("depigmentationPercentage", "Depigmentation in percent of the visible skin")
        .not_reported()],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Unknown),
        Band::below(25.0, "Mild", Intensity::Low, Evidence::Unknown),
        Band::below(50.0, "Moderate", Intensity::Moderate, Evidence::Unknown),
        Band::above("Severe", Intensity::High, Evidence::Unknown),
    ],
    observed: None,
    formula: |answers| Ok(answers["depigmentationPercentage"].into()),
};

/// AVASI of the whole body: depigmented skin in up to 17 views.
///
/// Each view's percentage, weighted by the share of the body's skin that it shows; the weights add up to 100.
/// Inferred throughout, and the limits are a placeholder. A view that is left out counts as unaffected: dividing by
/// what is covered would make a whole body of one hand. [`Intermediate::Coverage`] tells how much was seen.
pub(super) const AVASI_GLOBAL: Instrument = Instrument {
    name: "Automatic Vitiligo Area Scoring Index of the whole body",
    items: &{
        let mut items = [view(0); VIEWS.len()];
        let mut index = 1;
        while index < VIEWS.len() {
            items[index] = view(index);
            index += 1;
        }
        items
    },
    formula: |answers| {
        if answers.items.is_empty() {
            return Err(ScoringErrorKind::NoViews);
        }
        let shares = |answer: &(&'static str, f64)| {
            let view = VIEWS.iter().find(|(code, ..)| *code == answer.0);
            view.expect("every item is a view").2
        };
        let hundredths: f64 = answers.items.iter().map(|answer| shares(answer) * answer.1).sum();
        let coverage = answers.items.iter().map(shares).sum();
        Ok(Computed::from(hundredths / 100.0).with(Intermediate::Coverage, coverage))
    },
    ..AVASI
};

/// Code, label, and share of the body's skin in percent.
const VIEWS: [(&str, &str, f64); 17] = [
    ("faceFront", "Face, front", 3.0),
    ("faceLeft", "Face, left", 3.0),
    ("faceRight", "Face, right", 3.0),
    ("armLeftTop", "Left arm, top", 3.5),
    ("armLeftBottom", "Left arm, bottom", 3.5),
    ("armRightTop", "Right arm, top", 3.5),
    ("armRightBottom", "Right arm, bottom", 3.5),
    ("handLeft", "Left hand", 2.0),
    ("handRight", "Right hand", 2.0),
    ("trunkFront", "Trunk, front", 13.5),
    ("trunkBack", "Trunk, back", 13.5),
    ("trunkLeft", "Trunk, left", 5.0),
    ("trunkRight", "Trunk, right", 5.0),
    ("legsFront", "Legs, front", 15.0),
    ("legsBack", "Legs, back", 15.0),
    ("footLeft", "Left foot", 3.0),
    ("footRight", "Right foot", 3.0),
];

const fn view(index: usize) -> Item {
    let (code, label, _) = VIEWS[index];
    Item::percent(code, label).not_reported().optional()
}
