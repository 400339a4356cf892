//! Labels beside horizontal lines, moved apart where they would cover each other.

use super::drawing::{Anchor, Color, Drawing, Stroke};
use crate::font::{Weight, fitted};

const SIZE: f32 = 12.0;
const DISTANCE: f32 = 16.0;

pub(super) struct Label {
    /// The line's height.
    line: f32,
    text: String,
    color: Color,
}

impl Label {
    pub(super) fn new(line: f32, text: String, color: Color) -> Self {
        Self { line, text, color }
    }
}

/// Draws the labels to the right of `left`, each with a leader from its line.
pub(super) fn draw(
    drawing: &mut Drawing,
    mut labels: Vec<Label>,
    (left, right): (f32, f32),
    (top, bottom): (f32, f32),
) {
    labels.sort_by(|a, b| a.line.total_cmp(&b.line));
    let lines: Vec<f32> = labels.iter().map(|label| label.line).collect();
    for (label, place) in labels.into_iter().zip(spread(&lines, top, bottom)) {
        let stroke = Stroke { color: label.color, width: 1.0, dashes: &[] };
        drawing.line(vec![(left, label.line), (left + 14.0, place)], stroke);
        let text = fitted(&label.text, SIZE, Weight::Regular, right - left - 18.0);
        let style = (SIZE, Weight::Regular, label.color);
        drawing.text((left + 18.0, place + 4.0), Anchor::Start, style, text);
    }
}

/// Places as near to the lines as their distance allows, from the top down and then back up from the bottom.
fn spread(lines: &[f32], top: f32, bottom: f32) -> Vec<f32> {
    let mut places = lines.to_vec();
    let mut free = top;
    for place in &mut places {
        *place = place.max(free);
        free = *place + DISTANCE;
    }
    let mut free = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(free);
        free = *place - DISTANCE;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_cover_each_other() {
        for lines in [vec![10.0, 10.0, 12.0], vec![95.0, 98.0, 100.0], vec![0.0, 50.0, 100.0], vec![50.0]] {
            let places = spread(&lines, 0.0, 100.0);
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= DISTANCE - 0.01), "{places:?}");
            assert!(places.iter().all(|place| (0.0..=100.0).contains(place)), "{places:?}");
        }
        assert_eq!(spread(&[0.0, 50.0, 100.0], 0.0, 100.0), [0.0, 50.0, 100.0]);
    }
}
