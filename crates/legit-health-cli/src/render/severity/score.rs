//! A score and the device's words for it.

use crate::output::plain;
use crate::render::shortened;
use legit_health::SeverityScore;
use legit_health::codes::Intensity;
use legit_health::report::Measurement;
use std::fmt::{self, Write};

/// A score, whichever scale it is of.
pub(in crate::render) struct Points<'a> {
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

pub(in crate::render) fn write_score(text: &mut String, score: Points<'_>) -> fmt::Result {
    writeln!(text, "  score         {}", number(score.value))?;
    writeln!(text, "  category      {}", category(score.category))?;
    writeln!(text, "  intensity     {}", intensity(score.intensity))?;
    if let Some(contribution) = score.contribution {
        writeln!(text, "  contribution  {} to the score of the whole body", number(contribution.value))?;
    }
    Ok(())
}

pub(in crate::render) fn category(category: Option<&str>) -> String {
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
pub(in crate::render) fn number(number: f64) -> String {
    let ordinary = number == 0.0 || (1e-6..1e15).contains(&number.abs());
    if ordinary { format!("{number}") } else { format!("{number:e}") }
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
