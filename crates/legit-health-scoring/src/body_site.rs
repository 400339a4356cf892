//! Body sites of the API, with the region and the share of the body that each stands for.
//!
//! The regions' weights are those of PASI and EASI (literature; 0.2 for an arm is confirmed by the vendor's tests).
//! Which region a site belongs to is inferred, and doubtful for `nails`, `tongue` and `genital`. The shares of the
//! body follow the rule of nines; everything finer is inferred. The views of the head overlap, so their shares must
//! not be added up.

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
pub struct BodySite {
    code: &'static str,
    region: Region,
    /// Percent of the body's skin.
    share: f64,
}

impl Region {
    /// Returns the weight in tenths: that of PASI at any age, and of EASI from the eighth birthday.
    pub(crate) fn tenths(self) -> f64 {
        match self {
            Self::Head => 1.0,
            Self::UpperLimbs => 2.0,
            Self::Trunk => 3.0,
            Self::LowerLimbs => 4.0,
        }
    }
}

impl BodySite {
    /// Returns the site with this code at the API.
    pub fn find(code: &str) -> Option<&'static Self> {
        SITES.iter().find(|site| site.code == code)
    }

    /// Returns the 34 sites of the API.
    pub fn all() -> &'static [Self] {
        &SITES
    }

    /// Returns the code at the API.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the region whose weight applies to the site.
    pub fn region(&self) -> Region {
        self.region
    }

    /// Returns the site's share of the body's skin in percent.
    pub fn body_share(&self) -> f64 {
        self.share
    }

    const fn new(code: &'static str, region: Region, share: f64) -> Self {
        Self { code, region, share }
    }
}

static SITES: [BodySite; 34] = {
    use Region::{Head, LowerLimbs, Trunk, UpperLimbs};
    [
        BodySite::new("headFront", Head, 4.5),
        BodySite::new("headBack", Head, 4.5),
        BodySite::new("headTop", Head, 2.25),
        BodySite::new("headLeft", Head, 2.25),
        BodySite::new("headRight", Head, 2.25),
        BodySite::new("scalp", Head, 4.5),
        BodySite::new("earLeft", Head, 0.25),
        BodySite::new("earRight", Head, 0.25),
        BodySite::new("perioral", Head, 0.5),
        BodySite::new("tongue", Head, 0.25),
        BodySite::new("armLeft", UpperLimbs, 9.0),
        BodySite::new("armRight", UpperLimbs, 9.0),
        BodySite::new("upperArmLeft", UpperLimbs, 4.0),
        BodySite::new("upperArmRight", UpperLimbs, 4.0),
        BodySite::new("lowerArmLeft", UpperLimbs, 2.5),
        BodySite::new("lowerArmRight", UpperLimbs, 2.5),
        BodySite::new("elbowLeft", UpperLimbs, 0.5),
        BodySite::new("elbowRight", UpperLimbs, 0.5),
        BodySite::new("handLeft", UpperLimbs, 2.0),
        BodySite::new("handRight", UpperLimbs, 2.0),
        BodySite::new("nails", UpperLimbs, 0.5),
        BodySite::new("trunkFront", Trunk, 18.0),
        BodySite::new("trunkBack", Trunk, 18.0),
        BodySite::new("genital", Trunk, 1.0),
        BodySite::new("legLeft", LowerLimbs, 18.0),
        BodySite::new("legRight", LowerLimbs, 18.0),
        BodySite::new("upperLegLeft", LowerLimbs, 8.5),
        BodySite::new("upperLegRight", LowerLimbs, 8.5),
        BodySite::new("kneeLeft", LowerLimbs, 1.0),
        BodySite::new("kneeRight", LowerLimbs, 1.0),
        BodySite::new("lowerLegLeft", LowerLimbs, 5.5),
        BodySite::new("lowerLegRight", LowerLimbs, 5.5),
        BodySite::new("footLeft", LowerLimbs, 3.0),
        BodySite::new("footRight", LowerLimbs, 3.0),
    ]
};

/// Returns the area score, 0 to 6, for the affected percentage of a body site.
///
/// The steps are those of PASI (Fredriksson & Pettersson 1978) and EASI (Hanifin 2001); 20, 30, 40 and 60 % are
/// confirmed by the vendor's tests. That a fraction such as 29.9 % belongs to the lower step is inferred.
pub(crate) fn area_score(percent: f64) -> f64 {
    match percent {
        0.0 => 0.0,
        percent if percent < 10.0 => 1.0,
        percent if percent < 30.0 => 2.0,
        percent if percent < 50.0 => 3.0,
        percent if percent < 70.0 => 4.0,
        percent if percent < 90.0 => 5.0,
        _ => 6.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_the_area_score_belongs_to_the_higher_step() {
        for (percent, score) in [
            (0.0, 0.0),
            (0.01, 1.0),
            (9.99, 1.0),
            (10.0, 2.0),
            (20.0, 2.0),
            (29.9, 2.0),
            (30.0, 3.0),
            (40.0, 3.0),
            (49.99, 3.0),
            (50.0, 4.0),
            (60.0, 4.0),
            (69.99, 4.0),
            (70.0, 5.0),
            (89.99, 5.0),
            (90.0, 6.0),
            (100.0, 6.0),
        ] {
            assert_eq!(area_score(percent), score, "{percent} %");
        }
    }
}
