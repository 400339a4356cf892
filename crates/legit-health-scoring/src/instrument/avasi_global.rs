//! AVASI of the whole body: depigmented skin in up to 17 views.
//!
//! Each view's percentage, weighted by the share of the body's skin that it shows; the weights add up to 100.
//! Inferred throughout, and the limits are a placeholder. A view that is left out counts as unaffected: dividing by
//! what is covered would make a whole body of one hand. [`Figure::Coverage`] tells how much was seen.

use super::{Instrument, avasi};
use crate::answers::Answers;
use crate::bounds::Bounds;
use crate::item::Item;
use crate::mark::Mark;
use crate::number::Percent;
use crate::outcome::{Figure, Outcome};
use crate::refusal::Reason;
use std::collections::BTreeMap;
use std::fmt;

/// Depigmented skin in views of the whole body, at least one.
#[derive(Clone, PartialEq)]
pub struct AvasiGlobal {
    views: BTreeMap<BodyView, Percent>,
}

impl AvasiGlobal {
    /// From the depigmentation of each view, in percent of its visible skin. `None` without any view.
    pub fn new(views: BTreeMap<BodyView, Percent>) -> Option<Self> {
        if views.is_empty() { None } else { Some(Self { views }) }
    }

    /// Depigmentation in percent of the body's skin; views that are not there count as unaffected.
    pub fn score(&self) -> Outcome {
        let hundredths: f64 = self.views.iter().map(|(view, percent)| view.share() * percent.get()).sum();
        let coverage = self.views.keys().map(|view| view.share()).sum();
        Outcome::banded(hundredths / 100.0, Mark::Inferred, avasi::BANDS).with(Figure::Coverage, coverage)
    }
}

/// Shows no finding.
impl fmt::Debug for AvasiGlobal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AvasiGlobal").field("views", &self.views.len()).finish()
    }
}

macro_rules! views {
    ($($view:ident = ($code:literal, $label:literal, $share:literal);)+) => {
        /// A view of the body, as the API's global assessment knows them. These are not its body sites.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum BodyView {
            $(
                #[doc = concat!("`", $code, "`, ", $share, " % of the body's skin.")]
                $view,
            )+
        }

        impl BodyView {
            /// Every view.
            pub const ALL: &'static [Self] = &[$(Self::$view),+];

            /// The code at the API.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$view => $code,)+
                }
            }

            /// In percent of the body's skin.
            fn share(self) -> f64 {
                match self {
                    $(Self::$view => $share,)+
                }
            }
        }

        const ITEMS: &[Item] = &[$(Item::new($code, $label, Bounds::Percent).not_returned()),+];
    };
}

views! {
    FaceFront = ("faceFront", "Face, front", 3.0);
    FaceLeft = ("faceLeft", "Face, left", 3.0);
    FaceRight = ("faceRight", "Face, right", 3.0);
    ArmLeftTop = ("armLeftTop", "Left arm, top", 3.5);
    ArmLeftBottom = ("armLeftBottom", "Left arm, bottom", 3.5);
    ArmRightTop = ("armRightTop", "Right arm, top", 3.5);
    ArmRightBottom = ("armRightBottom", "Right arm, bottom", 3.5);
    HandLeft = ("handLeft", "Left hand", 2.0);
    HandRight = ("handRight", "Right hand", 2.0);
    TrunkFront = ("trunkFront", "Trunk, front", 13.5);
    TrunkBack = ("trunkBack", "Trunk, back", 13.5);
    TrunkLeft = ("trunkLeft", "Trunk, left", 5.0);
    TrunkRight = ("trunkRight", "Trunk, right", 5.0);
    LegsFront = ("legsFront", "Legs, front", 15.0);
    LegsBack = ("legsBack", "Legs, back", 15.0);
    FootLeft = ("footLeft", "Left foot", 3.0);
    FootRight = ("footRight", "Right foot", 3.0);
}

fn read(answers: &Answers<'_>) -> Result<AvasiGlobal, Reason> {
    let given = BodyView::ALL.iter().filter(|view| answers.items.contains_key(view.code()));
    let views = given.map(|&view| Ok((view, answers.answer(view.code())?))).collect::<Result<_, _>>()?;
    AvasiGlobal::new(views).ok_or(Reason::NoView)
}

pub(super) static AVASI_GLOBAL: Instrument = Instrument {
    code: "avasi",
    name: "Automatic Vitiligo Area Scoring Index of the whole body",
    sources: &[avasi::SOURCE],
    value: Mark::Inferred,
    items: ITEMS,
    bands: avasi::BANDS,
    score: |answers| Ok(read(answers)?.score()),
};
