//! AIHS4: the lesions of IHS4, counted in one image.
//!
//! Formula and bands are those of [`ihs4`](super::ihs4). Literature (Zouboulis 2017, Hernández Montilla 2023);
//! "Intense" for eight nodules and three draining tunnels is exact.

use super::{Instrument, ihs4};
use crate::mark::Mark;
use crate::outcome::Outcome;
use crate::sheet::{Sheet, sheet};

sheet! {
    /// How many lesions an image shows, for the Automatic International Hidradenitis Suppurativa Severity Score
    /// System.
    Aihs4 {
        nodule: u32 = ("nodule", "Number of nodules");
        abscess: u32 = ("abscess", "Number of abscesses");
        draining_tunnel: u32 = ("drainingTunnel", "Number of draining tunnels");
    }
}

impl Aihs4 {
    /// Weighted count of the lesions, without an upper limit.
    pub fn score(&self) -> Outcome {
        let outcome = ihs4::weighted_count(self.nodule, self.abscess, self.draining_tunnel);
        if self.is(&[8.0, 0.0, 3.0]) { outcome.category_asserted() } else { outcome }
    }
}

pub(super) static AIHS4: Instrument = Instrument {
    code: "aihs4",
    name: "Automatic International Hidradenitis Suppurativa Severity Score System",
    sources: &[
        ihs4::SOURCE,
        "Hernández Montilla et al. 2023, Skin Res Technol 29:e13357, doi:10.1111/srt.13357",
    ],
    value: Mark::Literature,
    items: Aihs4::ITEMS,
    bands: ihs4::BANDS,
    score: |answers| Ok(Aihs4::read(answers)?.score()),
};
