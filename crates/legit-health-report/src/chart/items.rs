//! The items of a score as small multiples: one panel for each, all over the same time.

use super::axis::number_ticks;
use super::drawing::{Anchor, Drawing, Stroke};
use super::{Area, FAINT, GRID, INK, SCORE, SOLID, WHITE, WIDTH, runs};
use crate::font::{Weight, fitted};
use crate::words;
use legit_health_follow_up::{Course, Visit};
use std::collections::BTreeSet;

const COLUMNS: usize = 4;
const MARGIN: f32 = 24.0;
const SPACE: f32 = 20.0;
const HEIGHT: f32 = 46.0;
const STEP: f32 = HEIGHT + 48.0;
const PANEL: f32 = (WIDTH - 2.0 * MARGIN - 3.0 * SPACE) / 4.0;

/// Draws the items below the area of the scores, and returns where they end.
pub(super) fn draw(drawing: &mut Drawing, course: &Course, area: &Area) -> f32 {
    let top = area.bottom() + 32.0;
    let codes: BTreeSet<&str> =
        course.visits().iter().flat_map(|visit| visit.score.items.keys()).map(String::as_str).collect();
    if codes.is_empty() {
        return top;
    }
    drawing.text((MARGIN, top + 18.0), Anchor::Start, (13.0, Weight::SemiBold, INK), "Items");
    let top = top + 28.0;
    for (index, code) in codes.iter().enumerate() {
        let x = MARGIN + (index % COLUMNS) as f32 * (PANEL + SPACE);
        let y = top + (index / COLUMNS) as f32 * STEP;
        draw_item(drawing, course, area, code, (x, y));
    }
    top + codes.len().div_ceil(COLUMNS) as f32 * STEP - 12.0
}

/// No count, grade or percentage is higher.
const HIGHEST: f64 = 1e6;

/// What is no grade or count is not drawn, and neither is a line across it.
fn value(visit: &Visit, code: &str) -> Option<f64> {
    visit.score.items.get(code).copied().filter(|value| (0.0..=HIGHEST).contains(value))
}

fn draw_item(drawing: &mut Drawing, course: &Course, area: &Area, code: &str, (x, y): (f32, f32)) {
    let visits = course.visits();
    let highest = visits.iter().filter_map(|visit| value(visit, code)).fold(0.0, f64::max);
    let scale = number_ticks(highest);
    let most = scale[scale.len() - 1];
    let (left, right, top, bottom) = (x + 30.0, x + PANEL, y + 25.0, y + 25.0 + HEIGHT);
    let latest = value(course.latest(), code);
    let latest = latest.map_or_else(|| "not given".to_owned(), words::number);
    let latest_width = crate::font::width(&latest, 12.0, Weight::SemiBold) + 8.0;
    let name = fitted(&words::safe(code), 12.0, Weight::Regular, PANEL - latest_width);
    drawing.text((x, y + 12.0), Anchor::Start, (12.0, Weight::Regular, INK), name);
    drawing.text((right, y + 12.0), Anchor::End, (12.0, Weight::SemiBold, INK), latest);
    for (value, at) in [(most, top), (0.0, bottom)] {
        drawing.line(vec![(left, at), (right, at)], Stroke { color: GRID, width: 1.0, dashes: SOLID });
        let style = (10.0, Weight::Regular, FAINT);
        drawing.text((left - 5.0, at + 3.5), Anchor::End, style, words::number(value));
    }
    let point = |visit: &Visit| {
        let height = (value(visit, code)? / most) as f32 * HEIGHT;
        Some((left + 5.0 + area.share(visit.at) * (right - left - 10.0), bottom - height))
    };
    let stroke = Stroke { color: SCORE, width: 1.5, dashes: SOLID };
    for run in runs(visits, &area.gaps) {
        for line in run.split(|visit| value(visit, code).is_none()) {
            if line.len() > 1 {
                drawing.line(line.iter().filter_map(point).collect(), stroke);
            }
        }
    }
    let radius = ((right - left) / visits.len() as f32 / 2.0).clamp(0.75, 2.5);
    for (index, visit) in visits.iter().enumerate() {
        let fill = if index < course.baseline_index() { WHITE } else { SCORE };
        if let Some(at) = point(visit) {
            drawing.circle(at, radius, fill, Stroke { width: radius.min(1.0), ..stroke });
        }
    }
}
