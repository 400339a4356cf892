//! A course as text for a terminal.

use crate::words::{self, number, signed};
use legit_health_follow_up::{Assessment, Course, Gap, Outcome, Visit};

/// Writes a course as a table, with a bar for each score and the criteria in words, in lines of at most `width` characters
/// (a word that is longer stays whole).
///
/// `source` names a score by its index, such as `line 3`, for those that are left out.
pub fn text(
    course: &Course,
    assessments: &[Assessment],
    source: impl Fn(usize) -> String,
    width: usize,
) -> String {
    let width = width.max(50);
    let mut lines = Vec::new();
    if course.is_from_sandbox() {
        lines.extend([format!("{}.", words::SANDBOX), String::new()]);
    }
    lines.push(words::title(course));
    lines.extend(wrapped(&words::subtitle(course), width, "  ", "  "));
    lines.push(String::new());
    lines.extend(table(course, width));
    lines.push(String::new());
    lines.extend(wrapped(&words::change(course), width, "", ""));
    if !assessments.is_empty() {
        lines.extend([String::new(), format!("Criteria on {}", course.latest().at.day())]);
        let names = assessments.iter().map(|assessment| assessment.criterion.name);
        let column = names.map(|name| name.chars().count()).max().unwrap_or_default();
        let (applicable, others): (Vec<_>, Vec<_>) =
            assessments.iter().partition(|one| !matches!(one.outcome, Outcome::NotApplicable(_)));
        for assessment in applicable {
            let head = format!("  {:<column$}  ", assessment.criterion.name);
            let indent = " ".repeat(column + 4);
            lines.extend(wrapped(&words::outcome(course, assessment), width, &head, &indent));
        }
        for same in others.chunk_by(|a, b| a.outcome == b.outcome) {
            let names: Vec<&str> = same.iter().map(|assessment| assessment.criterion.name).collect();
            lines.extend(wrapped(&names.join(", "), width, "  ", "  "));
            lines.extend(wrapped(&words::outcome(course, same[0]), width, "    ", "    "));
        }
    } else if course.scale().criteria.is_empty() {
        lines.extend([String::new(), "Criteria".to_owned()]);
        lines.extend(wrapped(course.scale().note, width, "  ", "  "));
    }
    if !course.left_out().is_empty() {
        lines.extend([String::new(), "Left out".to_owned()]);
        for left_out in course.left_out() {
            let head = format!("  {}: ", words::safe(&source(left_out.index)));
            lines.extend(wrapped(&words::safe(&left_out.reason.to_string()), width, &head, "    "));
        }
    }
    let mut text = lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn table(course: &Course, width: usize) -> Vec<String> {
    let visits = course.visits();
    // As much of day, minute and second as tells a visit from its neighbours.
    let date = |index: usize| {
        let at = |index: usize| visits.get(index).map(|visit| visit.at.to_string());
        let own = visits[index].at.to_string();
        let neighbours = [index.checked_sub(1).and_then(at), at(index + 1)];
        let is_shared =
            |length: usize| neighbours.iter().flatten().any(|other| other[..length] == own[..length]);
        let length = [10, 16].into_iter().find(|length| !is_shared(*length)).unwrap_or(19);
        own[..length].replace('T', " ")
    };
    let dates: Vec<String> = (0..visits.len()).map(date).collect();
    let column = dates.iter().map(String::len).max().unwrap_or(10);
    let highest = visits.iter().map(|visit| visit.score.value).fold(0.0, f64::max);
    let bars = width.saturating_sub(column + 2 + 9 + 9 + 10 + 3);
    let head = format!("  {:<column$}{:>9}{:>9}{:>10}", "date", "score", "change", "percent");
    let mut lines = vec![head];
    let gaps = course.gaps();
    let mut gaps = gaps.iter().peekable();
    for (index, (visit, date)) in visits.iter().zip(&dates).enumerate() {
        if let Some(gap) = gaps.next_if(|gap| gap.before == visit.at) {
            lines.push(missing(gap, column));
        }
        let change = if index == course.baseline_index() {
            "baseline".to_owned()
        } else {
            visit.change.map(signed).unwrap_or_default()
        };
        let percent = visit.percent.map(|percent| format!("{} %", signed(percent))).unwrap_or_default();
        let row = format!("  {date:<column$}{:>9}{change:>9}{percent:>10}", number(visit.score.value));
        lines.push(format!("{row}   {}", bar(visit.score.value, highest, bars)));
        lines.extend(notes(visit, column, width));
    }
    lines
}

fn missing(gap: &Gap, column: usize) -> String {
    let what = match gap.left_out {
        0 => "no score".to_owned(),
        1 => "1 score left out".to_owned(),
        count => format!("{count} scores left out"),
    };
    format!("  {:<column$}  … {what}", "")
}

fn notes(visit: &Visit, column: usize, width: usize) -> Vec<String> {
    let indent = " ".repeat(column + 6);
    let note = |flag: &legit_health_follow_up::Flag| {
        wrapped(&words::safe(&flag.to_string()), width, &indent, &indent)
    };
    visit.flags.iter().flat_map(note).collect()
}

/// A score above 0 is seen, however small it is.
fn bar(value: f64, highest: f64, cells: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if value <= 0.0 || cells == 0 {
        return String::new();
    }
    let eighths = ((value / highest * (cells * 8) as f64).round() as usize).clamp(1, cells * 8);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// Lines of at most `width` characters, broken between words; the first begins with `head`, the others with `indent`.
fn wrapped(text: &str, width: usize, head: &str, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = head.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}
