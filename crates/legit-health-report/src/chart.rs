//! One chart of a course: scores over time, the baseline, the scores that criteria ask for, and the items below.

mod axis;
mod drawing;
mod items;
mod labels;
#[cfg(feature = "png")]
mod png;

use crate::font::{Weight, fitted};
use crate::words;
use axis::{number_ticks, time_ticks};
use drawing::{Anchor, Color, Drawing, Stroke};
use labels::Label;
use legit_health_follow_up::{Assessment, Course, Flag, Gap, Moment, Outcome, Visit};

/// A chart of a course, as SVG or PNG.
///
/// The same course gives the same bytes on every machine: no font and no clock of the machine is used.
pub struct Chart<'a> {
    course: &'a Course,
    assessments: &'a [Assessment],
}

const WIDTH: f32 = 960.0;
const LEFT: f32 = 64.0;
const RIGHT: f32 = WIDTH - 200.0;
/// The height of the area of the scores.
const HEIGHT: f32 = 300.0;

// Colours of Okabe and Ito, darkened for text on white: told apart by people who do not see red or green. Lines also differ in
// their dashes and marks in their shape, and each has its label, so that grey is enough.
const INK: Color = Color(0x22, 0x22, 0x22);
const FAINT: Color = Color(0x5A, 0x5A, 0x5A);
const GRID: Color = Color(0xE4, 0xE4, 0xE4);
const BAND: Color = Color(0xF1, 0xF1, 0xF1);
const WHITE: Color = Color(0xFF, 0xFF, 0xFF);
const SCORE: Color = Color(0x00, 0x5A, 0x9C);
const THRESHOLD: Color = Color(0xA8, 0x42, 0x00);
const DEVICE: Color = Color(0x8A, 0x2F, 0x66);

const SOLID: &[f32] = &[];
const BASELINE_DASHES: &[f32] = &[9.0, 4.0];
const THRESHOLD_DASHES: &[f32] = &[2.0, 3.0];
const DEVICE_DASHES: &[f32] = &[6.0, 3.0, 1.5, 3.0];

impl<'a> Chart<'a> {
    /// Draws a course without criteria.
    pub fn new(course: &'a Course) -> Self {
        Self { course, assessments: &[] }
    }

    /// Adds criteria: a line at the score that each asks for, if it applies, and what became of all of them in the description.
    pub fn with_assessments(self, assessments: &'a [Assessment]) -> Self {
        Self { assessments, ..self }
    }

    /// Returns the chart as SVG, with a title and a description for screen readers, and without scripts, styles or references.
    pub fn to_svg(&self) -> String {
        self.drawing().to_svg("")
    }

    /// The same, with ids that begin with `prefix`.
    pub(crate) fn to_svg_on_page(&self, prefix: &str) -> String {
        self.drawing().to_svg(prefix)
    }

    /// Returns the chart as PNG, twice as large as the SVG in pixels.
    ///
    /// Characters that the bundled font lacks, such as Chinese ones in a reference, are empty boxes.
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Vec<u8> {
        png::encode(&self.drawing())
    }

    fn drawing(&self) -> Drawing {
        let title = format!("{} over time", words::title(self.course));
        let mut drawing = Drawing::new(WIDTH, title, self.description());
        // As high as what is drawn; it is known in the end.
        drawing.rectangle((0.0, 0.0), (WIDTH, 0.0), WHITE);
        let top = self.draw_head(&mut drawing);
        let area = Area::new(self.course, self.highest(), top);
        self.draw_axes(&mut drawing, &area);
        self.draw_lines(&mut drawing, &area);
        self.draw_gap_labels(&mut drawing, &area);
        self.draw_scores(&mut drawing, &area);
        let height = items::draw(&mut drawing, self.course, &area) + 16.0;
        drawing.set_height(height);
        drawing
    }

    fn description(&self) -> String {
        let course = self.course;
        let mut description = words::change(course);
        if course.is_from_sandbox() {
            description = format!("{}. {description}", words::SANDBOX);
        }
        for assessment in self.assessments {
            let outcome = words::outcome(course, assessment);
            description += &format!(" {}: {outcome}.", assessment.criterion.name);
        }
        for gap in course.gaps() {
            description += &format!(" No score between {} and {}.", gap.after.day(), gap.before.day());
        }
        for visit in course.visits() {
            for flag in &visit.flags {
                description += &format!(" {}: {}.", visit.at.day(), words::safe(&flag.to_string()));
            }
        }
        description
    }

    /// The highest number that has to be seen.
    fn highest(&self) -> f64 {
        let thresholds = self.thresholds();
        let scores = self.course.visits().iter().map(|visit| visit.score.value);
        scores.chain(thresholds.iter().map(|(value, _)| *value)).fold(0.0, f64::max)
    }

    /// The scores that criteria ask for, each with their names.
    fn thresholds(&self) -> Vec<(f64, String)> {
        let baseline = self.course.baseline().score.value;
        let mut thresholds: Vec<(f64, String)> = Vec::new();
        for assessment in self.assessments {
            let criterion = assessment.criterion;
            let applies = !matches!(assessment.outcome, Outcome::NotApplicable(_));
            let threshold = criterion.threshold(self.course.scale(), baseline).filter(|_| applies);
            let Some(threshold) = threshold else { continue };
            match thresholds.iter_mut().find(|(value, _)| (*value - threshold).abs() < 1e-9) {
                Some((_, names)) => *names += &format!(", {}", criterion.name),
                None => thresholds.push((threshold, criterion.name.to_owned())),
            }
        }
        thresholds
    }

    /// Returns where the area of the scores begins.
    fn draw_head(&self, drawing: &mut Drawing) -> f32 {
        let limit = WIDTH - 2.0 * 24.0;
        let mut y = 34.0;
        let title = fitted(&words::title(self.course), 20.0, Weight::SemiBold, limit);
        drawing.text((24.0, y), Anchor::Start, (20.0, Weight::SemiBold, INK), title);
        for (line, size, weight, color) in [
            (words::subtitle(self.course), 13.0, Weight::Regular, FAINT),
            (words::change(self.course), 13.0, Weight::Regular, INK),
        ] {
            y += 21.0;
            drawing.text((24.0, y), Anchor::Start, (size, weight, color), fitted(&line, size, weight, limit));
        }
        if self.course.is_from_sandbox() {
            y += 14.0;
            drawing.rectangle((24.0, y), (limit, 26.0), INK);
            let style = (15.0, Weight::SemiBold, WHITE);
            drawing.text((WIDTH / 2.0, y + 18.5), Anchor::Middle, style, words::SANDBOX);
            y += 26.0;
        }
        // The names of device versions stand above the area.
        y + if self.versions().is_empty() { 22.0 } else { 40.0 }
    }

    fn draw_axes(&self, drawing: &mut Drawing, area: &Area) {
        for gap in &area.gaps {
            let (from, to) = (area.x(gap.after), area.x(gap.before));
            drawing.rectangle((from, area.top), (to - from, HEIGHT), BAND);
        }
        for &tick in &area.ticks {
            let y = area.y(tick);
            drawing.line(vec![(LEFT, y), (RIGHT, y)], Stroke { color: GRID, width: 1.0, dashes: SOLID });
            let label = words::number(tick);
            drawing.text((LEFT - 8.0, y + 4.0), Anchor::End, (12.0, Weight::Regular, FAINT), label);
        }
        let bottom = area.bottom();
        drawing
            .line(vec![(LEFT, bottom), (RIGHT, bottom)], Stroke { color: FAINT, width: 1.0, dashes: SOLID });
        for (moment, label) in time_ticks(area.first, area.last) {
            let x = area.x(moment);
            let tick = vec![(x, bottom), (x, bottom + 5.0)];
            drawing.line(tick, Stroke { color: FAINT, width: 1.0, dashes: SOLID });
            drawing.text((x, bottom + 19.0), Anchor::Middle, (12.0, Weight::Regular, FAINT), label);
        }
    }

    /// The baseline, the scores that criteria ask for, and new versions of the device.
    fn draw_lines(&self, drawing: &mut Drawing, area: &Area) {
        let baseline = self.course.baseline().score.value;
        let mut labels =
            vec![Label::new(area.y(baseline), format!("baseline {}", words::number(baseline)), INK)];
        let horizontal = |value: f64| vec![(LEFT, area.y(value)), (RIGHT, area.y(value))];
        drawing.line(horizontal(baseline), Stroke { color: INK, width: 1.25, dashes: BASELINE_DASHES });
        for (value, names) in self.thresholds() {
            let stroke = Stroke { color: THRESHOLD, width: 1.5, dashes: THRESHOLD_DASHES };
            drawing.line(horizontal(value), stroke);
            labels.push(Label::new(area.y(value), format!("{names} ({})", words::number(value)), THRESHOLD));
        }
        labels::draw(drawing, labels, (RIGHT, WIDTH - 12.0), (area.top, area.bottom()));

        let mut free_from = 0.0;
        for (x, version) in self.versions().into_iter().map(|(at, version)| (area.x(at), version)) {
            let stroke = Stroke { color: DEVICE, width: 1.25, dashes: DEVICE_DASHES };
            drawing.line(vec![(x, area.top - 6.0), (x, area.bottom())], stroke);
            let label = fitted(&format!("device {version}"), 11.0, Weight::Regular, 140.0);
            // Where two are near, the line is enough: the description and the table name every version.
            if x > free_from {
                free_from = x + crate::font::width(&label, 11.0, Weight::Regular) + 10.0;
                let style = (11.0, Weight::Regular, DEVICE);
                drawing.text((x + 4.0, area.top - 9.0), Anchor::Start, style, label);
            }
        }
    }

    /// Above the lines, which would strike them out.
    fn draw_gap_labels(&self, drawing: &mut Drawing, area: &Area) {
        const LABEL: &str = "no score";
        let width = crate::font::width(LABEL, 11.0, Weight::Regular) + 8.0;
        for gap in &area.gaps {
            let (from, to) = (area.x(gap.after), area.x(gap.before));
            let (middle, bottom) = ((from + to) / 2.0, area.bottom() - 8.0);
            if to - from > width {
                drawing.rectangle((middle - width / 2.0, bottom - 12.0), (width, 16.0), BAND);
                let style = (11.0, Weight::Regular, FAINT);
                drawing.text((middle, bottom), Anchor::Middle, style, LABEL);
            }
        }
    }

    fn versions(&self) -> Vec<(Moment, String)> {
        let changes = self.course.visits().iter().flat_map(|visit| {
            visit.flags.iter().filter_map(move |flag| match flag {
                Flag::OtherDeviceVersion { now, .. } => {
                    Some((visit.at, words::safe(now.as_deref().unwrap_or("of unknown version"))))
                }
                _ => None,
            })
        });
        changes.collect()
    }

    fn draw_scores(&self, drawing: &mut Drawing, area: &Area) {
        let visits = self.course.visits();
        let point = |visit: &Visit| (area.x(visit.at), area.y(visit.score.value));
        let width = if visits.len() > 100 { 1.5 } else { 2.25 };
        for run in runs(visits, &area.gaps) {
            let stroke = Stroke { color: SCORE, width, dashes: SOLID };
            drawing.line(run.iter().map(point).collect(), stroke);
        }
        // Marks that would cover each other say nothing.
        let radius = ((RIGHT - LEFT) / visits.len() as f32 / 2.0).clamp(1.25, 5.0);
        let is_open = |index: usize, visit: &Visit| {
            let has_unknown_grade = visit.flags.iter().any(|flag| matches!(flag, Flag::UnknownIntensity(_)));
            index < self.course.baseline_index() || has_unknown_grade
        };
        if visits.iter().enumerate().any(|(index, visit)| is_open(index, visit)) {
            let note = "open circles: before the baseline, or with a grade that is not known";
            let style = (11.0, Weight::Regular, FAINT);
            drawing.text((RIGHT, area.bottom() + 36.0), Anchor::End, style, note);
        }
        for (index, visit) in visits.iter().enumerate() {
            let fill = if is_open(index, visit) { WHITE } else { SCORE };
            let stroke = Stroke { color: SCORE, width: radius.min(1.75), dashes: SOLID };
            drawing.circle(point(visit), radius, fill, stroke);
        }
        let (x, y) = point(self.course.baseline());
        let half = (radius + 2.5).max(4.5);
        drawing.rectangle((x - half, y - half), (2.0 * half, 2.0 * half), INK);
        drawing.rectangle((x - half + 2.0, y - half + 2.0), (2.0 * half - 4.0, 2.0 * half - 4.0), WHITE);
        if self.course.has_comparison() {
            let (x, y) = point(self.course.latest());
            let value = words::number(self.course.latest().score.value);
            let style = (13.0, Weight::SemiBold, INK);
            let y = if y < area.top + 24.0 { y + 22.0 } else { y - 11.0 };
            drawing.text((x + 2.0, y), Anchor::End, style, value);
        }
    }
}

/// The visits between gaps.
fn runs<'v>(visits: &'v [Visit], gaps: &[Gap]) -> Vec<&'v [Visit]> {
    let mut runs = Vec::new();
    let mut rest = visits;
    for gap in gaps {
        let (run, after) = rest.split_at(rest.partition_point(|visit| visit.at <= gap.after));
        runs.push(run);
        rest = after;
    }
    runs.push(rest);
    runs.retain(|run| run.len() > 1);
    runs
}

/// Where scores and dates are.
struct Area {
    top: f32,
    ticks: Vec<f64>,
    gaps: Vec<Gap>,
    first: Moment,
    last: Moment,
}

impl Area {
    fn new(course: &Course, highest: f64, top: f32) -> Self {
        let (first, last) = (course.visits()[0].at, course.latest().at);
        Self { top, ticks: number_ticks(highest), gaps: course.gaps(), first, last }
    }

    fn bottom(&self) -> f32 {
        self.top + HEIGHT
    }

    fn x(&self, at: Moment) -> f32 {
        LEFT + 12.0 + self.share(at) * (RIGHT - LEFT - 24.0)
    }

    /// The share of the time of the course that has passed.
    fn share(&self, at: Moment) -> f32 {
        let all = self.last.days_since(self.first);
        if all > 0.0 { (at.days_since(self.first) / all) as f32 } else { 0.5 }
    }

    fn y(&self, value: f64) -> f32 {
        self.bottom() - (value / self.ticks[self.ticks.len() - 1]) as f32 * HEIGHT
    }
}
