//! Too much and too little pigment.

use super::{TONE_I, TONE_II, TONE_VI};
use crate::samples::canvas::{Blob, Canvas, blend, tinted};
use crate::samples::texture::{cell_border, cloud, step};

/// An even, round brown spot with a regular net, through a dermoscope.
pub(crate) fn nevus() -> Canvas {
    let mut canvas = Canvas::skin(TONE_II, 410);
    let spot = Blob { centre: (322.0, 238.0), radius: (112.0, 98.0), uneven: 0.16, soft: 0.22, seed: 420 };
    canvas.lay(&spot, |x, y, under| {
        let brown = blend([150.0, 96.0, 62.0], [112.0, 68.0, 44.0], step(0.9, 0.1, spot.distance(x, y)));
        let net = cell_border(430, x / 11.0, y / 11.0);
        blend(under, blend(brown, tinted(brown, [0.66, 0.60, 0.58]), 0.75 * net), 0.92)
    });
    canvas.through_dermoscope()
}

/// A lopsided spot of several colours with a ragged border, through a dermoscope.
pub(crate) fn melanoma() -> Canvas {
    let mut canvas = Canvas::skin(TONE_I, 510);
    let part = |centre, radius, seed| Blob { centre, radius, uneven: 0.95, soft: 0.16, seed };
    let brown = part((318.0, 246.0), (142.0, 108.0), 520);
    let black = part((362.0, 214.0), (76.0, 58.0), 530);
    let blue = part((292.0, 282.0), (62.0, 46.0), 540);
    let pink = part((248.0, 216.0), (46.0, 40.0), 550);
    canvas.lay(&brown, |x, y, _| {
        let shade = step(0.35, 0.7, cloud(560, x / 30.0, y / 30.0));
        let base = blend([140.0, 86.0, 58.0], [84.0, 50.0, 38.0], shade);
        let net = cell_border(570, x / 14.0, y / 11.0);
        let spot = blend(base, tinted(base, [0.6, 0.56, 0.56]), 0.6 * net);
        let spot = blend(spot, [44.0, 30.0, 30.0], 0.92 * black.cover(x, y));
        let spot = blend(spot, [104.0, 108.0, 126.0], 0.7 * blue.cover(x, y));
        blend(spot, [206.0, 140.0, 132.0], 0.7 * pink.cover(x, y))
    });
    canvas.through_dermoscope()
}

/// Pale patches with a crisp border on very dark skin.
pub(crate) fn vitiligo() -> Canvas {
    let mut canvas = Canvas::skin(TONE_VI, 710);
    let patch = |centre, radius, seed| Blob { centre, radius, uneven: 0.6, soft: 0.08, seed };
    for patch in [
        patch((225.0, 200.0), (120.0, 92.0), 720),
        patch((452.0, 170.0), (78.0, 96.0), 730),
        patch((378.0, 365.0), (104.0, 58.0), 740),
        patch((120.0, 382.0), (48.0, 40.0), 750),
    ] {
        canvas.lay(&patch, |_, _, under| {
            // The lines and the light of the skin go on beneath.
            let pale = tinted(under, [2.55, 3.25, 3.6]);
            blend(under, blend(pale, [232.0, 204.0, 188.0], 0.35), 0.94)
        });
    }
    canvas
}
