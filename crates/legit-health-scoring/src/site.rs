//! Body sites: which region each belongs to, and how much of the body's skin it is.
//!
//! The regions' weights are those of PASI and EASI (literature; 0.2 for an arm is confirmed by the vendor's tests).
//! Which region a site belongs to is inferred, and doubtful for `nails`, `tongue` and `genital`. The shares of the
//! body follow the rule of nines; everything finer is inferred, and the views of the head overlap: they must not be
//! added up.

use crate::number::Percent;

/// A region of the body as PASI and EASI divide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// Head and neck.
    Head,
    /// Arms and hands.
    UpperLimbs,
    /// Trunk and genitals.
    Trunk,
    /// Legs and feet.
    LowerLimbs,
}

/// A body site of the API.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    code: &'static str,
    region: Region,
    /// In percent of the body's skin.
    share: Percent,
}

impl Region {
    /// Weight in tenths: what PASI uses at any age, and EASI from the eighth birthday.
    pub(crate) fn tenths(self) -> u8 {
        match self {
            Self::Head => 1,
            Self::UpperLimbs => 2,
            Self::Trunk => 3,
            Self::LowerLimbs => 4,
        }
    }
}

impl Site {
    /// The site with this code at the API; `None` for any other text.
    pub fn of(code: &str) -> Option<&'static Self> {
        SITES.iter().find(|site| site.code == code)
    }

    /// The 34 sites of the API.
    pub fn all() -> &'static [Self] {
        &SITES
    }

    /// The code at the API.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The region it is weighted with.
    pub fn region(&self) -> Region {
        self.region
    }

    /// How much of the body's skin it is, in percent.
    pub fn body_share(&self) -> Percent {
        self.share
    }

    const fn new(code: &'static str, region: Region, share: f64) -> Self {
        match Percent::new(share) {
            Some(share) => Self { code, region, share },
            None => panic!(
                "a share of the body is from 0 to 100 percent; this is decided when the crate is built"
            ),
        }
    }
}

static SITES: [Site; 34] = {
    use Region::{Head, LowerLimbs, Trunk, UpperLimbs};
    [
        Site::new("headFront", Head, 4.5),
        Site::new("headBack", Head, 4.5),
        Site::new("headTop", Head, 2.25),
        Site::new("headLeft", Head, 2.25),
        Site::new("headRight", Head, 2.25),
        Site::new("scalp", Head, 4.5),
        Site::new("earLeft", Head, 0.25),
        Site::new("earRight", Head, 0.25),
        Site::new("perioral", Head, 0.5),
        Site::new("tongue", Head, 0.25),
        Site::new("armLeft", UpperLimbs, 9.0),
        Site::new("armRight", UpperLimbs, 9.0),
        Site::new("upperArmLeft", UpperLimbs, 4.0),
        Site::new("upperArmRight", UpperLimbs, 4.0),
        Site::new("lowerArmLeft", UpperLimbs, 2.5),
        Site::new("lowerArmRight", UpperLimbs, 2.5),
        Site::new("elbowLeft", UpperLimbs, 0.5),
        Site::new("elbowRight", UpperLimbs, 0.5),
        Site::new("handLeft", UpperLimbs, 2.0),
        Site::new("handRight", UpperLimbs, 2.0),
        Site::new("nails", UpperLimbs, 0.5),
        Site::new("trunkFront", Trunk, 18.0),
        Site::new("trunkBack", Trunk, 18.0),
        Site::new("genital", Trunk, 1.0),
        Site::new("legLeft", LowerLimbs, 18.0),
        Site::new("legRight", LowerLimbs, 18.0),
        Site::new("upperLegLeft", LowerLimbs, 8.5),
        Site::new("upperLegRight", LowerLimbs, 8.5),
        Site::new("kneeLeft", LowerLimbs, 1.0),
        Site::new("kneeRight", LowerLimbs, 1.0),
        Site::new("lowerLegLeft", LowerLimbs, 5.5),
        Site::new("lowerLegRight", LowerLimbs, 5.5),
        Site::new("footLeft", LowerLimbs, 3.0),
        Site::new("footRight", LowerLimbs, 3.0),
    ]
};
