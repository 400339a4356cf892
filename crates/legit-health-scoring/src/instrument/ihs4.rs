//! IHS4: lesions of hidradenitis suppurativa, counted by a clinician.
//!
//! Nodules, plus twice the abscesses, plus four times the draining tunnels. Literature (Zouboulis 2017), which calls
//! the highest band "Severe"; the vendor's tests call it "Intense". The mildest band begins at 0 in paper and
//! vendor's table; what the device says of no lesion at all is unknown.

use super::Instrument;
use crate::band::{Band, Reach};
use crate::intensity::Intensity;
use crate::mark::Mark;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};
use crate::words::COUNT;

sheet! {
    /// How many lesions there are, for the International Hidradenitis Suppurativa Severity Score System.
    Ihs4 {
        nodule: u32 = ("nodule", "Nodules").worded(COUNT);
        abscess: u32 = ("abscess", "Abscesses").worded(COUNT);
        draining_tunnel: u32 = ("drainingTunnel", "Draining tunnels").worded(COUNT);
    }
}

pub(super) const BANDS: &[Band] = &[
    Band::new(Reach::UpTo(3.0), "Mild", Intensity::Low, Mark::Literature),
    Band::new(Reach::UpTo(10.0), "Moderate", Intensity::Moderate, Mark::Literature),
    Band::new(Reach::Rest, "Intense", Intensity::High, Mark::Literature),
];

impl Ihs4 {
    /// Weighted count of the lesions, without an upper limit.
    pub fn score(&self) -> Outcome {
        weighted_count(self.nodule, self.abscess, self.draining_tunnel)
    }
}

pub(super) fn weighted_count(nodules: u32, abscesses: u32, draining_tunnels: u32) -> Outcome {
    let count = f64::from(nodules) + 2.0 * f64::from(abscesses) + 4.0 * f64::from(draining_tunnels);
    Outcome::banded(count, Mark::Literature, BANDS)
}

pub(super) const SOURCE: &str = "Zouboulis et al. 2017, Br J Dermatol 177:1401, doi:10.1111/bjd.15748";

pub(super) static IHS4: Instrument = Instrument {
    code: "ihs4",
    name: "International Hidradenitis Suppurativa Severity Score System",
    sources: &[SOURCE],
    value: Mark::Literature,
    items: Ihs4::ITEMS,
    bands: BANDS,
    score: |answers| Ok(Ihs4::read(answers)?.score()),
};
