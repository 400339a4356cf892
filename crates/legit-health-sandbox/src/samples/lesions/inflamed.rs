//! Reddened skin: plaque, patch, papules and wheals.

use super::{TONE_II, TONE_III, TONE_IV, TONE_V};
use crate::samples::canvas::{Blob, Canvas, blend, tinted};
use crate::samples::texture::{cell_border, cloud, step};

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
