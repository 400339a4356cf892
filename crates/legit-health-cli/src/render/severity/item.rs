//! The items of a score: one line each, and more where the device says more about it.

use super::score::number;
use crate::output::plain;
use crate::render::shortened;
use crate::scales::Scale;
use legit_health::report::{AnswerValue, ItemScore, Measurement};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

const NAME: usize = 31;
const VALUE: usize = 8;
const WORDS: usize = 80 - 2 - NAME - 1 - VALUE - 2;

/// In the order of the instrument; items that it does not have come last.
pub(super) fn write_items(
    text: &mut String,
    items: &BTreeMap<String, ItemScore>,
    scale: &Scale,
) -> fmt::Result {
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
