//! Members of a stored document that may be missing, null or of another type, and texts that anybody may have written.

use crate::words::{number, safe};
use serde_json::Value;

/// A longer text is cut off, and ends in `…`: names, codes and sentences of the device are shorter.
const LONGEST: usize = 300;

/// A text that is safe to show; `None` if there is none.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(shown).filter(|text| !text.is_empty())
}

pub(super) fn shown(text: &str) -> String {
    let text = text.trim();
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    safe(&shown)
}

/// A text or a number, as it is shown.
pub(super) fn text_or_number(value: &Value) -> Option<String> {
    text(value).or_else(|| value.as_f64().map(number))
}

/// A percentage; `None` for anything else, such as a number outside 0 to 100.
pub(super) fn percent(value: &Value) -> Option<f64> {
    // Rounding noise of the device, such as 100.0000001.
    value.as_f64().filter(|percent| (-1e-6..=100.0 + 1e-6).contains(percent)).map(|it| it.clamp(0.0, 100.0))
}

/// A percentage as text. A number outside 0 to 100 is not shown as one.
pub(super) fn percent_in_words(value: &Value) -> String {
    match percent(value) {
        Some(percent) => format!("{}\u{A0}%", number(percent)),
        None if value.is_null() => "not given".to_owned(),
        None => "not a percentage".to_owned(),
    }
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// A concept in words: its text, else the display text of a code, else a code.
pub(super) fn label(concept: &Value) -> Option<String> {
    let codings = || list(&concept["coding"]).iter();
    text(&concept["text"])
        .or_else(|| codings().find_map(|coding| text(&coding["display"])))
        .or_else(|| codings().find_map(|coding| text(&coding["code"])))
}

/// The codes of a concept, each with its system.
pub(super) fn codes(concept: &Value) -> String {
    const SHOWN: usize = 4;
    let codings = list(&concept["coding"]);
    let one = |coding: &Value| {
        let code = text(&coding["code"])?;
        Some(text(&coding["systemDisplay"]).map_or(code.clone(), |system| format!("{system} {code}")))
    };
    let mut codes: Vec<String> = codings.iter().take(SHOWN).filter_map(one).collect();
    if codings.len() > SHOWN {
        codes.push(format!("and {} more", codings.len() - SHOWN));
    }
    codes.join(", ")
}
