//! Severity scores as text: of one scale, with its items, and of a whole body, with its views.

use super::{Extent, SANDBOX, closing, heading, shortened, validity};
use crate::style::Style;
use crate::terminal::plain;
use legit_health::codes::{GlobalView, Intensity};
use legit_health::report::{AnswerValue, Detection, ItemScore, Measurement, ViewFindings};
use legit_health::scale::ScaleInfo;
use legit_health::views::View;
use legit_health::{GlobalSeverityScore, SeverityScore};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

/// `image` is the name of the image, if there is one.
pub(crate) fn severity<S>(
    score: &SeverityScore<S>,
    scale: &ScaleInfo,
    image: Option<&str>,
    extent: Extent,
) -> String {
    let mut text = String::new();
    write_severity(&mut text, score, scale, image, extent).expect("writing to a string cannot fail");
    text
}

fn write_severity<S>(
    text: &mut String,
    score: &SeverityScore<S>,
    scale: &ScaleInfo,
    image: Option<&str>,
    extent: Extent,
) -> fmt::Result {
    if score.is_from_sandbox() && !extent.is_demonstration {
        text.write_str(SANDBOX)?;
    }
    write_title(text, scale, extent)?;
    write_score(text, score.into(), extent)?;
    if !score.items.is_empty() {
        writeln!(text, "\n{}", heading("Items"))?;
        write_items(text, &score.items, scale, extent)?;
    }
    write_detections(text, &score.detections)?;
    if let Some(name) = image {
        writeln!(text, "\n{}\n     {}", heading("Image"), shortened(&plain(name), extent.width - 6))?;
        match &score.validity {
            Some(found) => text.write_str(&validity(found, "", extent))?,
            None => text.write_str("     the device does not say whether it can be used")?,
        }
        text.write_str("\n")?;
    }
    text.write_str(&closing(extent))
}

fn write_title(text: &mut String, scale: &ScaleInfo, extent: Extent) -> fmt::Result {
    let title = shortened(scale.title, extent.width - 3 - scale.code.len());
    writeln!(text, "{} ({})", heading(&title), scale.code)
}

/// Counted by their names.
fn write_detections(text: &mut String, detections: &[Detection]) -> fmt::Result {
    if detections.is_empty() {
        return Ok(());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for detection in detections {
        *counts.entry(detection.code.label()).or_default() += 1;
    }
    writeln!(text, "\n{}", heading("Found in the image"))?;
    counts
        .into_iter()
        .try_for_each(|(name, count)| writeln!(text, "  {:<40} {count:>8}", shortened(&plain(name), 40)))
}

pub(crate) fn whole_body<S>(score: &GlobalSeverityScore<S>, scale: &ScaleInfo, extent: Extent) -> String {
    let mut text = String::new();
    write_whole_body(&mut text, score, scale, extent).expect("writing to a string cannot fail");
    text
}

fn write_whole_body<S>(
    text: &mut String,
    score: &GlobalSeverityScore<S>,
    scale: &ScaleInfo,
    extent: Extent,
) -> fmt::Result {
    if score.is_from_sandbox() && !extent.is_demonstration {
        text.write_str(SANDBOX)?;
    }
    write_title(text, scale, extent)?;
    write_score(text, (&score.whole).into(), extent)?;
    let covers = format!("{} of {} views", score.covered.len(), View::ALL.len());
    let not_whole = if score.is_partial() { Style::Bad.of(": NOT A WHOLE BODY") } else { String::new() };
    writeln!(text, "  covers        {covers}{not_whole}")?;

    writeln!(text, "\n{}", heading("Views"))?;
    let sent_or_answered: BTreeSet<&GlobalView> = score.covered.iter().chain(score.views.keys()).collect();
    let shown = if extent.is_demonstration { FEW } else { usize::MAX };
    let decimals = score.views.values().filter_map(|view| Some(decimals(view.score.as_ref()?.value)));
    let decimals = decimals.max().unwrap_or(0);
    for view in sent_or_answered.iter().take(shown) {
        writeln!(text, "{}", view_line(view, score.views.get(*view), decimals).trim_end())?;
    }
    if sent_or_answered.len() > shown {
        writeln!(text, "  and {} more views", sent_or_answered.len() - shown)?;
    }
    text.write_str(&closing(extent))
}

/// So many views are shown where they are only an example.
const FEW: usize = 3;

/// Number of digits after the point, with which the points of a column stand below each other.
fn decimals(value: f64) -> usize {
    number(value).split_once('.').map_or(0, |(_, digits)| digits.len())
}

fn view_line(view: &GlobalView, findings: Option<&ViewFindings>, most_decimals: usize) -> String {
    let view = shortened(&plain(view.as_str()), 16);
    let Some(findings) = findings else {
        return format!("  {view:<16}  the device says nothing about this view");
    };
    let (points, word) = match &findings.score {
        Some(score) => {
            let digits = decimals(score.value);
            // One more for the point that a whole number does not have.
            let rest = most_decimals - digits + usize::from(digits == 0 && most_decimals > 0);
            let points = format!("{}{:rest$}", number(score.value), "");
            (points, category(score.category.as_deref()))
        }
        None => ("no score".to_owned(), String::new()),
    };
    let usable = match &findings.validity {
        Some(validity) if validity.is_valid => Style::Good.of("usable"),
        Some(_) => Style::Bad.of("NOT USABLE, take it again"),
        None => String::new(),
    };
    format!("  {view:<16} {points:>10}  {:<20}  {usable}", shortened(&word, 20))
}

/// A score, whichever scale it is of.
struct Points<'a> {
    value: f64,
    category: Option<&'a str>,
    intensity: Option<Intensity>,
    contribution: Option<&'a Measurement>,
}

impl<'a, S> From<&'a SeverityScore<S>> for Points<'a> {
    fn from(score: &'a SeverityScore<S>) -> Self {
        Self {
            value: score.value,
            category: score.category.as_deref(),
            intensity: score.intensity,
            contribution: score.contribution.as_ref(),
        }
    }
}

fn write_score(text: &mut String, score: Points<'_>, extent: Extent) -> fmt::Result {
    writeln!(text, "  score         {}", number(score.value))?;
    writeln!(text, "  category      {}", shortened(&category(score.category), extent.width - 16))?;
    writeln!(text, "  intensity     {}", intensity(score.intensity))?;
    if let Some(contribution) = score.contribution {
        writeln!(text, "  contribution  {} to the score of the whole body", number(contribution.value))?;
    }
    Ok(())
}

fn category(category: Option<&str>) -> String {
    category.map_or_else(|| "not given".to_owned(), plain)
}

/// A grade that this version does not know is not taken for another one.
fn intensity(intensity: Option<Intensity>) -> String {
    match intensity {
        None => "not given".to_owned(),
        Some(Intensity::None) => "none".to_owned(),
        Some(Intensity::Low) => "low".to_owned(),
        Some(Intensity::Moderate) => "moderate".to_owned(),
        Some(Intensity::High) => "high".to_owned(),
        Some(unknown) => format!("unknown (grade {})", unknown.code()),
    }
}

/// As exact as it came; very large and very small ones with an exponent.
fn number(number: f64) -> String {
    let ordinary = number == 0.0 || (1e-6..1e15).contains(&number.abs());
    if ordinary { format!("{number}") } else { format!("{number:e}") }
}

const VALUE: usize = 8;

/// The columns of the names of items, and of the words about them. In a narrow terminal, names become shorter first.
fn item_columns(width: usize) -> (usize, usize) {
    let name = 31_usize.saturating_sub(80 - width).max(14);
    (name, width - 2 - name - 1 - VALUE - 2)
}

/// In the order of the instrument; items that it does not have come last.
fn write_items(
    text: &mut String,
    items: &BTreeMap<String, ItemScore>,
    scale: &ScaleInfo,
    extent: Extent,
) -> fmt::Result {
    let place = |code: &str| scale.items.iter().position(|item| item.code == code).unwrap_or(usize::MAX);
    let mut items: Vec<(&String, &ItemScore)> = items.iter().collect();
    items.sort_by_key(|(code, _)| place(code));
    items.into_iter().try_for_each(|(code, item)| write_item(text, code, item, item_columns(extent.width)))
}

fn write_item(
    text: &mut String,
    code: &str,
    item: &ItemScore,
    (name_width, words_width): (usize, usize),
) -> fmt::Result {
    let named = item.code.text.is_some() || !item.code.codings.is_empty();
    let name = shortened(&plain(if named { item.code.label() } else { code }), name_width);
    let value = match item.value {
        AnswerValue::Flag(true) => "yes".to_owned(),
        AnswerValue::Flag(false) => "no".to_owned(),
        value => number(value.as_f64()),
    };
    let words = words(item, words_width);
    let mut lines = words.iter();
    let first = lines.next().map_or("", String::as_str);
    writeln!(text, "{}", format!("  {name:<name_width$} {value:>VALUE$}  {first}").trim_end())?;
    lines.try_for_each(|line| writeln!(text, "{:indent$}{line}", "", indent = 2 + name_width + 1 + VALUE + 2))
}

/// What the device says about the item, in lines that fit beside it.
fn words(item: &ItemScore, width: usize) -> Vec<String> {
    let interpretation = item.interpretation.iter().map(|words| plain(words));
    let figures = item.measurements.iter().map(|(code, said)| figure(code, said));
    let mut lines: Vec<String> = Vec::new();
    for part in interpretation.chain(figures) {
        let part = shortened(&part, width);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + part.chars().count() <= width => {
                line.push_str(", ");
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines
}

fn figure(code: &str, figure: &Measurement) -> String {
    match code {
        "aiConfidence" => format!("AI confidence {:.1} %", figure.value),
        _ => format!("{} {}", plain(code), number(figure.value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_shown_as_it_came() {
        let shown = [0.0, 7.2, 54.0, -1.5, 1e300, 1e-9].map(number);
        assert_eq!(shown, ["0", "7.2", "54", "-1.5", "1e300", "1e-9"]);
    }

    #[test]
    fn an_unknown_grade_stays_unknown() {
        assert_eq!(intensity(Some(Intensity::Unknown(7))), "unknown (grade 7)");
        assert_eq!(intensity(Some(Intensity::High)), "high");
        assert_eq!(intensity(None), "not given");
    }
}
