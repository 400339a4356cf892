//! The severity scores of a report: value, level and bands, then items or views, and what was found in the image.

use super::lenient::{label, list, members, percent_in_words, shown, text, text_or_number};
use crate::document::{grade, is_view};
use crate::words::number;
use legit_health::scale::{self, ScaleInfo};
use maud::{Markup, html};
use serde_json::Value;
use std::collections::BTreeMap;

/// At most this many items or views of a scale are shown; every instrument has fewer.
const MOST_ROWS: usize = 200;

/// Nothing, if the report is of another call. A scale that is `null` was not asked for.
pub(super) fn scores(report: &Value) -> Markup {
    let evolution = &report["patientEvolution"];
    html! {
        @for (code, scored) in members(evolution).filter(|(_, scored)| !scored.is_null()) {
            (of_scale(code, scored))
        }
        @if report.get("patientEvolution").is_some() && members(evolution).all(|(_, scored)| scored.is_null()) {
            p.missing { "The report has no score." }
        }
    }
}

fn of_scale(code: &str, scored: &Value) -> Markup {
    let known = scale::find(code);
    let (score, items) = (&scored["score"], &scored["item"]);
    let is_whole_body = members(items).any(|(_, item)| is_view(item));
    html! {
        h4 { (known.map_or_else(|| shown(code), |scale| scale.title.to_owned())) " " span.code { (shown(code)) } }
        p.score {
            strong { (text_or_number(&score["value"]).unwrap_or_else(|| "no score".to_owned())) }
            @if let Some(level) = level(score) { " " (level) }
        }
        @if let Some(intensity) = intensity(score) { p.note { "Intensity: " (intensity) "." } }
        @if score["additionalData"]["globalScoreContribution"]["value"].is_number() {
            p.note {
                "Contribution to the score of the whole body: "
                (text_or_number(&score["additionalData"]["globalScoreContribution"]["value"]).unwrap_or_default()) "."
            }
        }
        (bands(score))
        @if is_whole_body { (views(items)) } @else if members(items).next().is_some() { (item_rows(items, known)) }
        (detections(&scored["media"]["detection"]))
    }
}

/// The category in either of the two shapes of a score.
fn level(score: &Value) -> Option<String> {
    text(&score["interpretation"]["category"]).or_else(|| {
        let grade = &score["severity"]["value"];
        let is_level = |band: &&Value| list(&band["coding"]).iter().any(|coding| &coding["code"] == grade);
        list(&score["severity"]["interpretations"]).iter().find(is_level).and_then(|band| text(&band["text"]))
    })
}

fn intensity(score: &Value) -> Option<String> {
    Some(match grade(score)? {
        0 => "none".to_owned(),
        1 => "low".to_owned(),
        2 => "moderate".to_owned(),
        3 => "high".to_owned(),
        unknown => format!("a grade that this version does not know ({unknown})"),
    })
}

/// The bands of the scale, where the device sends them.
fn bands(score: &Value) -> Markup {
    let bands: Vec<String> = list(&score["severity"]["interpretations"])
        .iter()
        .take(MOST_ROWS)
        .filter_map(|band| text(&band["text"]))
        .collect();
    html! { @if !bands.is_empty() { p.note { "Bands of the scale: " (bands.join(", ")) "." } } }
}

fn item_rows(items: &Value, scale: Option<&ScaleInfo>) -> Markup {
    let place = |code: &str| scale.and_then(|scale| scale.items.iter().position(|item| item.code == code));
    let mut rows: Vec<_> = members(items).collect();
    // In the order of the instrument; items that it does not have come last.
    rows.sort_by_key(|(code, _)| place(code).unwrap_or(usize::MAX));
    html! {
        table {
            thead { tr { th scope="col" { "Item" } th.number scope="col" { "Value" } th scope="col" { "In words" } } }
            tbody {
                @for (code, item) in rows.iter().take(MOST_ROWS) {
                    tr {
                        th scope="row" { (label(&item["code"]).unwrap_or_else(|| shown(code))) }
                        td.number { (value(&item["value"])) }
                        td { (words(item)) }
                    }
                }
            }
        }
        (more(rows.len()))
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        value => text_or_number(value).unwrap_or_else(|| "not given".to_owned()),
    }
}

/// What the device says about the item.
fn words(item: &Value) -> String {
    let figures = members(&item["additionalData"]).filter_map(|(code, figure)| {
        let name = label(&figure["code"]).unwrap_or_else(|| shown(code));
        let value = figure["value"].as_f64()?;
        let is_percent = ["aiConfidence", "presenceProbability", "acneDensity"].contains(&code);
        Some(if is_percent {
            format!("{name}: {}", percent_in_words(&figure["value"]))
        } else {
            format!("{name}: {}", number(value))
        })
    });
    text(&item["interpretation"]).into_iter().chain(figures).take(MOST_ROWS).collect::<Vec<_>>().join("; ")
}

fn views(views: &Value) -> Markup {
    let rows: Vec<_> = members(views).collect();
    html! {
        table {
            thead { tr {
                th scope="col" { "View" } th.number scope="col" { "Score" } th scope="col" { "Level" } th scope="col" { "Image" }
            } }
            tbody {
                @for (view, result) in rows.iter().take(MOST_ROWS) {
                    tr {
                        th scope="row" { (shown(view)) }
                        td.number { (text_or_number(&result["score"]["value"]).unwrap_or_else(|| "not given".to_owned())) }
                        td { (level(&result["score"]).unwrap_or_default()) }
                        td { (image_of_view(&result["mediaValidity"])) }
                    }
                }
            }
        }
        (more(rows.len()))
    }
}

fn image_of_view(validity: &Value) -> Markup {
    let quality = &validity["quality"];
    let words = text(&quality["interpretation"]).unwrap_or_default();
    html! {
        @match validity["isValid"].as_bool() {
            Some(true) => { "usable" }
            Some(false) => strong.bad { "NOT USABLE: take it again" }
            None => { "not said" }
        }
        @if !words.is_empty() { "; quality " (words) ", " (percent_in_words(&quality["score"])) }
    }
}

/// Counted by their names.
fn detections(detections: &Value) -> Markup {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for detection in list(detections) {
        let name = label(&detection["code"]).unwrap_or_else(|| "without a name".to_owned());
        *counts.entry(name).or_default() += 1;
    }
    let found: Vec<String> =
        counts.iter().take(MOST_ROWS).map(|(name, count)| format!("{name}: {count}")).collect();
    html! { @if !found.is_empty() { p { "Found in the image: " (found.join(", ")) "." } } }
}

fn more(rows: usize) -> Markup {
    html! { @if rows > MOST_ROWS { p.note { "And " (rows - MOST_ROWS) " more." } } }
}
