//! Instruments for alopecia.

use super::{Computed, Instrument};
use crate::error::ScoringErrorKind;
use crate::item::Item;
use crate::score::{Band, Evidence, Intensity, Intermediate};

/// Views of the scalp, with the percentage of the scalp that each shows.
const VIEWS: [(&str, f64); 4] =
    [("headTop", 40.0), ("headBack", 24.0), ("headLeft", 18.0), ("headRight", 18.0)];
const SITES: &[&str] = &[VIEWS[0].0, VIEWS[1].0, VIEWS[2].0, VIEWS[3].0];

/// ASALT: hair loss of one view of the scalp, in percent of the whole scalp.
///
/// Percentage of hair loss in the view times the view's share of the scalp: 40 % top, 24 % back, 18 % either side.
/// Literature (Olsen 2004, and the vendor's documentation). The bands are those of the whole scalp (Wyrwich 2020),
/// applied to the view before it is weighted, since the vendor's tests call a number of 7 to 10 "Moderate". The device
/// refuses an arm (exact); that it accepts these four sites and no other is inferred.
pub(super) const ASALT: Instrument = Instrument {
    code: "asalt",
    name: "Automatic Severity of Alopecia Tool",
    sources: &[
        "Olsen et al. 2004, J Am Acad Dermatol 51:440, doi:10.1016/j.jaad.2003.09.032",
        "Wyrwich et al. 2020, Br J Dermatol 183:702 (bands)",
    ],
    value_evidence: Evidence::Literature,
    items: &[Item::percent("hairLossPercentage", "Hair loss in percent of the view").not_reported()],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Literature),
        Band::up_to(20.0, "Limited", Intensity::Low, Evidence::Literature),
        Band::below(50.0, "Moderate", Intensity::Moderate, Evidence::Literature),
        Band::below(95.0, "Severe", Intensity::High, Evidence::Literature),
        Band::above("Very severe", Intensity::High, Evidence::Literature),
    ],
    observed: None,
    formula: |answers| {
        let site = answers.site()?.code();
        let view = VIEWS.into_iter().find(|(view, _)| *view == site);
        let (_, share) = view.ok_or(ScoringErrorKind::SiteNotScored { scored: SITES })?;
        let loss = answers["hairLossPercentage"];
        Ok(Computed { banded: Some(loss), contributes: true, ..Computed::from(loss * share / 100.0) }
            .with(Intermediate::SiteScore, loss))
    },
};
