//! The picture that cannot be used: a pen line on white.

use super::canvas::{Canvas, blend};

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

pub(super) fn scribble() -> Canvas {
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
