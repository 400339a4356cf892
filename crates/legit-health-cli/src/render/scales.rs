//! Scales, and what they ask, as text.

use crate::scales::{Mode, Scale};
use legit_health::scale::AnswerKind;
use std::fmt::{self, Write};

/// All of them, by the command that takes them.
pub(crate) fn scales(scales: &[Scale]) -> String {
    let mut text = String::new();
    for mode in Mode::ALL {
        let title = format!("severity {}: scored from {}", mode.name(), mode.scored_from());
        text += &format!("{}{title}\n", if text.is_empty() { "" } else { "\n" });
        for scale in scales.iter().filter(|scale| scale.modes.contains(&mode)) {
            text += &format!("  {:<8}  {}\n", scale.code, scale.title);
        }
    }
    text + "\nWhat a scale asks: `legit-health scales SCALE`.\n"
}

pub(crate) fn scale(scale: &Scale) -> String {
    let mut text = String::new();
    write(&mut text, scale).expect("writing to a string cannot fail");
    text
}

fn write(text: &mut String, scale: &Scale) -> fmt::Result {
    writeln!(text, "{} ({})\n", scale.title, scale.code)?;
    for mode in &scale.modes {
        writeln!(text, "scored from   {} (severity {})", mode.scored_from(), mode.name())?;
    }
    for condition in scale.conditions {
        writeln!(text, "tried with    {} {}", condition.icd11, condition.text)?;
    }
    for (label, sites) in [("accepted at", scale.accepted_sites), ("refused at", scale.refused_sites)] {
        if !sites.is_empty() {
            writeln!(text, "{label:<13} {} (seen; others are not known)", sites.join(", "))?;
        }
    }
    if scale.items.is_empty() {
        return writeln!(text, "asks          nothing");
    }

    writeln!(text, "\nItems")?;
    let width = |of: fn(&legit_health::scale::Item) -> &str| {
        scale.items.iter().map(|item| of(item).chars().count()).max().unwrap_or_default()
    };
    let (codes, labels) = (width(|item| item.code), width(|item| item.label));
    for item in scale.items {
        writeln!(text, "  {:<codes$}  {:<labels$}  {}", item.code, item.label, bounds(item.kind))?;
    }
    Ok(())
}

fn bounds(kind: AnswerKind) -> String {
    match kind {
        AnswerKind::YesNo => "yes or no".to_owned(),
        AnswerKind::Count => "count".to_owned(),
        AnswerKind::Percent => "0 to 100 %".to_owned(),
        AnswerKind::Whole { min, max } => format!("{min} to {max}"),
        _ => "not known".to_owned(),
    }
}
