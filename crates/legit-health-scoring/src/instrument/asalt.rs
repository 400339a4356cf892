//! ASALT: hair loss of one view of the scalp.
//!
//! Percentage of hair loss in the view times the view's share of the scalp: 40 % top, 24 % back, 18 % either side.
//! Literature (Olsen 2004, and the vendor's documentation). The bands are those of the whole scalp (Wyrwich 2020),
//! applied to the view before it is weighted, since the vendor's tests call a number of 7 to 10 "Moderate". It
//! refuses an arm (exact); that it takes these four sites and no other is inferred.

use super::Instrument;
use crate::answers::Answers;
use crate::band::{Band, Reach, band_of};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::number::Percent;
use crate::outcome::{Figure, Outcome};
use crate::refusal::Reason;
use crate::sheet::{Sheet, sheet};

sheet! {
    /// Hair loss in an image of the scalp, for the Automatic Severity of Alopecia Tool.
    Asalt {
        hair_loss: Percent = ("hairLossPercentage", "Hair loss in percent of the view").not_returned();
    }
}

/// A view of the scalp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalpView {
    /// `headTop`, 40 % of the scalp.
    Top,
    /// `headBack`, 24 %.
    Back,
    /// `headLeft`, 18 %.
    Left,
    /// `headRight`, 18 %.
    Right,
}

/// Of the view before it is weighted.
const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(0.0), "None", Intensity::None, Mark::Literature),
    Band::new(Reach::UpTo(20.0), "Limited", Intensity::Low, Mark::Literature),
    Band::new(Reach::Below(50.0), "Moderate", Intensity::Moderate, Mark::Literature),
    Band::new(Reach::Below(95.0), "Severe", Intensity::High, Mark::Literature),
    Band::new(Reach::Rest, "Very severe", Intensity::High, Mark::Literature),
];

const SITES: &[&str] = &["headTop", "headBack", "headLeft", "headRight"];

impl Asalt {
    /// Hair loss in percent of the whole scalp, at most the view's share of it.
    pub fn score(&self, view: ScalpView) -> Outcome {
        let loss = self.hair_loss.get();
        Outcome::in_band(loss * view.share() / 100.0, Mark::Literature, band_of(BANDS, loss))
            .with(Figure::ZoneScore, loss)
            .contributing()
    }
}

impl ScalpView {
    /// The view of a body site; `None` for sites that are no view of the scalp.
    pub fn of(site: &str) -> Option<Self> {
        match site {
            "headTop" => Some(Self::Top),
            "headBack" => Some(Self::Back),
            "headLeft" => Some(Self::Left),
            "headRight" => Some(Self::Right),
            _ => None,
        }
    }

    /// In percent of the scalp.
    fn share(self) -> f64 {
        match self {
            Self::Top => 40.0,
            Self::Back => 24.0,
            Self::Left | Self::Right => 18.0,
        }
    }
}

fn view(answers: &Answers<'_>) -> Result<ScalpView, Reason> {
    ScalpView::of(answers.site()?.code()).ok_or(Reason::SiteNotScored { scored: SITES })
}

pub(super) static ASALT: Instrument = Instrument {
    code: "asalt",
    name: "Automatic Severity of Alopecia Tool",
    sources: &[
        "Olsen et al. 2004, J Am Acad Dermatol 51:440, doi:10.1016/j.jaad.2003.09.032",
        "Wyrwich et al. 2020, Br J Dermatol 183:702 (bands)",
    ],
    value: Mark::Literature,
    items: Asalt::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Asalt::read(answers)?.score(view(answers)?)),
};
