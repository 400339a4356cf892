//! Severity scores as text: of one scale, with its items, and of a whole body, with its views.

use super::{CLOSING, SANDBOX, shortened, write_validity};
use crate::terminal::plain;
use legit_health::codes::{GlobalView, Intensity};
use legit_health::report::{AnswerValue, Detection, ItemScore, Measurement, ViewFindings};
use legit_health::scale::ScaleInfo;
use legit_health::views::View;
use legit_health::{GlobalSeverityScore, SeverityScore};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

/// `image` is the name of the image, if there is one.
pub(crate) fn severity<S>(score: &SeverityScore<S>, scale: &ScaleInfo, image: Option<&str>) -> String {
    let mut text = String::new();
    write_severity(&mut text, score, scale, image).expect("writing to a string cannot fail");
    text
}

fn write_severity<S>(
    text: &mut String,
    score: &SeverityScore<S>,
    scale: &ScaleInfo,
    image: Option<&str>,
) -> fmt::Result {
    if score.is_from_sandbox() {
        text.write_str(SANDBOX)?;
    }
    writeln!(text, "{} ({})", scale.title, scale.code)?;
    write_score(text, score.into())?;
    if !score.items.is_empty() {
        writeln!(text, "\nItems")?;
        write_items(text, &score.items, scale)?;
    }
    write_detections(text, &score.detections)?;
    if let Some(name) = image {
        writeln!(text, "\nImage\n     {}", shortened(&plain(name), 70))?;
        match &score.validity {
            Some(validity) => write_validity(text, validity)?,
            None => text.write_str("     the device does not say whether it can be used")?,
        }
        text.write_str("\n")?;
    }
    writeln!(text, "\n{CLOSING}")
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
    writeln!(text, "\nFound in the image")?;
    counts
        .into_iter()
        .try_for_each(|(name, count)| writeln!(text, "  {:<40} {count:>8}", shortened(&plain(name), 40)))
}

pub(crate) fn whole_body<S>(score: &GlobalSeverityScore<S>, scale: &ScaleInfo) -> String {
    let mut text = String::new();
    write_whole_body(&mut text, score, scale).expect("writing to a string cannot fail");
    text
}

fn write_whole_body<S>(text: &mut String, score: &GlobalSeverityScore<S>, scale: &ScaleInfo) -> fmt::Result {
    if score.is_from_sandbox() {
        text.write_str(SANDBOX)?;
    }
    writeln!(text, "{} ({})", scale.title, scale.code)?;
    write_score(text, (&score.whole).into())?;
    let extent = if score.is_partial() { "views: NOT A WHOLE BODY" } else { "views" };
    writeln!(text, "  covers        {} of {} {extent}", score.covered.len(), View::ALL.len())?;

    writeln!(text, "\nViews")?;
    let sent_or_answered: BTreeSet<&GlobalView> = score.covered.iter().chain(score.views.keys()).collect();
    for view in sent_or_answered {
        writeln!(text, "{}", view_line(view, score.views.get(view)).trim_end())?;
    }
    writeln!(text, "\n{CLOSING}")
}

fn view_line(view: &GlobalView, findings: Option<&ViewFindings>) -> String {
    let view = shortened(&plain(view.as_str()), 16);
    let Some(findings) = findings else {
        return format!("  {view:<16}  the device says nothing about this view");
    };
    let (points, word) = match &findings.score {
        Some(score) => (number(score.value), category(score.category.as_deref())),
        None => ("no score".to_owned(), String::new()),
    };
    let usable = match &findings.validity {
        Some(validity) if validity.is_valid => "usable",
        Some(_) => "NOT USABLE, take it again",
        None => "",
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

fn write_score(text: &mut String, score: Points<'_>) -> fmt::Result {
    writeln!(text, "  score         {}", number(score.value))?;
    writeln!(text, "  category      {}", category(score.category))?;
    writeln!(text, "  intensity     {}", intensity(score.intensity))?;
    if let Some(contribution) = score.contribution {
        writeln!(text, "  contribution  {} to the score of the whole body", number(contribution.value))?;
    }
    Ok(())
}

fn category(category: Option<&str>) -> String {
    category.map_or_else(|| "not given".to_owned(), |category| shortened(&plain(category), 60))
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

const NAME: usize = 31;
const VALUE: usize = 8;
const WORDS: usize = 80 - 2 - NAME - 1 - VALUE - 2;

/// In the order of the instrument; items that it does not have come last.
fn write_items(text: &mut String, items: &BTreeMap<String, ItemScore>, scale: &ScaleInfo) -> fmt::Result {
    let place = |code: &str| scale.items.iter().position(|item| item.code == code).unwrap_or(usize::MAX);
    let mut items: Vec<(&String, &ItemScore)> = items.iter().collect();
    items.sort_by_key(|(code, _)| place(code));
    items.into_iter().try_for_each(|(code, item)| write_item(text, code, item))
}

fn write_item(text: &mut String, code: &str, item: &ItemScore) -> fmt::Result {
    let named = item.code.text.is_some() || !item.code.codings.is_empty();
    let name = shortened(&plain(if named { item.code.label() } else { code }), NAME);
    let value = match item.value {
        AnswerValue::Flag(true) => "yes".to_owned(),
        AnswerValue::Flag(false) => "no".to_owned(),
        value => number(value.as_f64()),
    };
    let words = words(item);
    let mut lines = words.iter();
    let first = lines.next().map_or("", String::as_str);
    writeln!(text, "{}", format!("  {name:<NAME$} {value:>VALUE$}  {first}").trim_end())?;
    lines.try_for_each(|line| writeln!(text, "{:indent$}{line}", "", indent = 80 - WORDS))
}

/// What the device says about the item, in lines that fit beside it.
fn words(item: &ItemScore) -> Vec<String> {
    let interpretation = item.interpretation.iter().map(|words| plain(words));
    let figures = item.measurements.iter().map(|(code, said)| figure(code, said));
    let mut lines: Vec<String> = Vec::new();
    for part in interpretation.chain(figures) {
        let part = shortened(&part, WORDS);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + part.chars().count() <= WORDS => {
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
