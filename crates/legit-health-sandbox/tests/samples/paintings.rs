//! The paintings: reddened skin, pigmented skin, healthy skin and a scribble.

use crate::canvas::{Blob, Canvas, Color, blend, cell_border, cloud, step, tinted};

/// Skin tones by step of the Fitzpatrick scale.
const TONE_I: Color = [242.0, 212.0, 196.0];
const TONE_II: Color = [230.0, 190.0, 164.0];
const TONE_III: Color = [212.0, 168.0, 134.0];
const TONE_IV: Color = [182.0, 134.0, 100.0];
const TONE_V: Color = [138.0, 94.0, 70.0];
const TONE_VI: Color = [88.0, 60.0, 48.0];

pub(crate) fn healthy() -> Canvas {
    Canvas::skin([104.0, 70.0, 54.0], 810)
}

/// A sharply bordered red plaque under silvery scales, with two smaller ones beside it.
pub(crate) fn psoriasis() -> Canvas {
    let mut canvas = Canvas::skin(TONE_II, 110);
    let plaque = |centre, radius, seed| Blob { centre, radius, uneven: 0.55, soft: 0.10, seed };
    for plaque in [
        plaque((300.0, 235.0), (170.0, 118.0), 120),
        plaque((520.0, 120.0), (52.0, 40.0), 130),
        plaque((545.0, 345.0), (38.0, 44.0), 140),
    ] {
        canvas.lay(&plaque, |x, y, under| {
            let red = tinted(under, [0.92, 0.63, 0.62]);
            let flakes = step(0.50, 0.66, cloud(plaque.seed + 5, x / 17.0, y / 13.0))
                * (1.0 - 0.75 * cell_border(plaque.seed + 9, x / 15.0, y / 12.0));
            blend(red, [236.0, 226.0, 218.0], 0.78 * flakes)
        });
    }
    canvas
}

/// A soft-edged red patch with small papules and a few scratches.
pub(crate) fn eczema() -> Canvas {
    let mut canvas = Canvas::skin(TONE_IV, 210);
    let patch = Blob { centre: (310.0, 245.0), radius: (190.0, 130.0), uneven: 0.7, soft: 0.75, seed: 220 };
    canvas.lay(&patch, |x, y, under| {
        let red = tinted(under, [1.02, 0.78, 0.76]);
        let papules = step(0.62, 0.74, cloud(230, x / 12.0, y / 12.0));
        let spotted = blend(red, tinted(red, [0.98, 0.74, 0.72]), papules);
        let along = cloud(240, (x + 0.6 * y) / 120.0, (y - 0.6 * x) / 7.0);
        blend(spotted, [146.0, 66.0, 56.0], 0.7 * step(0.72, 0.78, along))
    });
    canvas
}

/// Red papules with a halo, some with a yellow head, and dark pores between them.
pub(crate) fn acne() -> Canvas {
    const PAPULES: [(f64, f64, f64, bool); 17] = [
        (120.0, 110.0, 17.0, false),
        (205.0, 165.0, 22.0, true),
        (300.0, 92.0, 14.0, false),
        (390.0, 150.0, 20.0, false),
        (470.0, 95.0, 15.0, true),
        (545.0, 185.0, 18.0, false),
        (150.0, 262.0, 20.0, false),
        (255.0, 258.0, 15.0, true),
        (342.0, 236.0, 24.0, false),
        (436.0, 262.0, 16.0, false),
        (522.0, 302.0, 21.0, true),
        (110.0, 372.0, 16.0, false),
        (212.0, 352.0, 19.0, false),
        (308.0, 375.0, 21.0, true),
        (400.0, 352.0, 14.0, false),
        (470.0, 398.0, 18.0, false),
        (572.0, 398.0, 13.0, false),
    ];
    let mut canvas = Canvas::skin(TONE_III, 310);
    canvas.paint(|x, y, under| {
        let pores = step(0.80, 0.86, cloud(320, x / 8.0, y / 8.0));
        blend(under, tinted(under, [0.62, 0.56, 0.54]), 0.8 * pores)
    });
    for (index, (x, y, radius, with_head)) in PAPULES.into_iter().enumerate() {
        let seed = 330 + 10 * index as u32;
        let part = |share: f64, soft| Blob {
            centre: (x, y),
            radius: (radius * share, radius * share),
            uneven: 0.35,
            soft,
            seed,
        };
        let (halo, papule, head) = (part(1.5, 1.0), part(0.8, 0.5), part(0.38, 0.4));
        canvas.lay(&halo, |_, _, under| tinted(under, [1.0, 0.80, 0.80]));
        canvas.lay(&papule, |_, _, under| tinted(under, [0.95, 0.66, 0.66]));
        if with_head {
            canvas.lay(&head, |_, _, under| blend(under, [240.0, 224.0, 176.0], 0.9));
        }
    }
    canvas
}

/// Pale raised wheals with a red flare, running into each other.
pub(crate) fn urticaria() -> Canvas {
    const WHEALS: [(f64, f64, f64, f64); 10] = [
        (140.0, 130.0, 62.0, 48.0),
        (262.0, 105.0, 44.0, 36.0),
        (370.0, 160.0, 74.0, 56.0),
        (505.0, 115.0, 52.0, 44.0),
        (180.0, 268.0, 70.0, 52.0),
        (318.0, 300.0, 58.0, 50.0),
        (452.0, 282.0, 66.0, 48.0),
        (565.0, 330.0, 42.0, 50.0),
        (120.0, 392.0, 48.0, 40.0),
        (400.0, 402.0, 60.0, 36.0),
    ];
    let mut canvas = Canvas::skin(TONE_V, 610);
    for (index, (x, y, across, down)) in WHEALS.into_iter().enumerate() {
        let seed = 620 + 10 * index as u32;
        let wheal = Blob { centre: (x, y), radius: (across, down), uneven: 0.6, soft: 0.22, seed };
        canvas.around(&wheal, 2.1, |x, y, under| {
            let distance = wheal.distance(x, y);
            let flare = step(1.45, 1.0, distance) * step(0.75, 1.0, distance);
            let flushed = blend(under, tinted(under, [1.12, 0.74, 0.72]), flare);
            let raised = blend(flushed, [186.0, 132.0, 108.0], 0.62 * wheal.cover(x, y));
            // Light falls from the upper left: the rim away from it lies in the shade.
            let rim = step(0.80, 0.95, distance) * step(1.08, 0.95, distance);
            let away = step(-0.2, 0.9, ((x - wheal.centre.0) / across + (y - wheal.centre.1) / down) / 1.4);
            blend(raised, tinted(raised, [0.72, 0.66, 0.64]), rim * away)
        });
    }
    canvas
}

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

/// A lopsided spot of several colors with a ragged border, through a dermoscope.
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

const INK: [f64; 3] = [30.0, 34.0, 60.0];
/// Corners of the line, in pixels.
const LINE: [(f64, f64); 12] = [
    (60.0, 250.0),
    (150.0, 110.0),
    (210.0, 300.0),
    (280.0, 130.0),
    (250.0, 360.0),
    (360.0, 210.0),
    (330.0, 90.0),
    (430.0, 330.0),
    (470.0, 140.0),
    (520.0, 360.0),
    (560.0, 200.0),
    (600.0, 290.0),
];

pub(crate) fn scribble() -> Canvas {
    let mut canvas = Canvas::plain([252.0; 3]);
    for ends in LINE.windows(2) {
        canvas.paint(|x, y, under| {
            blend(under, INK, (2.6 - distance((x, y), ends[0], ends[1])).clamp(0.0, 1.0))
        });
    }
    canvas
}

/// From a point to the nearest point between two ends.
fn distance(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let along = ((point.0 - from.0) * dx + (point.1 - from.1) * dy) / (dx * dx + dy * dy);
    let along = along.clamp(0.0, 1.0);
    let (x, y) = (point.0 - from.0 - along * dx, point.1 - from.1 - along * dy);
    (x * x + y * y).sqrt()
}
