//! Items of an instrument: what each accepts as an answer, and how a report shows it.

use crate::score::{Intermediate, Score};
use std::fmt;

/// A question, sign or measurement that an instrument is scored from.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    code: &'static str,
    label: &'static str,
    kind: AnswerKind,
    levels: Option<LevelNames>,
    reported: Reported,
    is_optional: bool,
}

/// What an item accepts as an answer. `Display` completes the sentence "must be …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerKind {
    /// 0 for no, 1 for yes.
    YesNo,
    /// A whole number from 0 to `max`.
    Whole {
        /// The highest answer.
        max: u8,
    },
    /// A count: a whole number from 0 upwards.
    Count,
    /// A number from 0 to 100, fractions allowed.
    Percent,
}

/// What a report holds as the value of an item.
#[derive(Clone, Copy, Debug)]
enum Reported {
    Answer,
    Intermediate(Intermediate),
    Nothing,
}

/// Names for the levels of an item. They are ours and neutral: the wording of a questionnaire may be protected.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LevelNames {
    /// One name for each whole answer from 0.
    Each(&'static [&'static str]),
    /// Each name with the lowest answer that has it, in rising order from 0.
    From(&'static [(f64, &'static str)]),
}

impl Item {
    /// Returns the code at the API.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns a neutral label of ours, not the wording of a questionnaire.
    pub fn label(&self) -> &'static str {
        self.label
    }

    /// Returns what the item accepts as an answer.
    pub fn kind(&self) -> AnswerKind {
        self.kind
    }

    /// Returns the name of an answer's level, in a neutral word of ours.
    ///
    /// Manual items, and the few automatic ones that the API interprets, have a name for every valid answer; other
    /// items have none.
    pub fn interpretation(&self, answer: f64) -> Option<&'static str> {
        match self.levels.filter(|_| self.kind.accepts(answer))? {
            // An accepted answer of such an item is whole and small, so the cast loses nothing.
            LevelNames::Each(names) => names.get(answer as usize).copied(),
            LevelNames::From(names) => {
                names.iter().rev().find(|(from, _)| answer >= *from).map(|&(_, name)| name)
            }
        }
    }

    /// Returns the value that a report of the API holds for this item: the answer itself, or what was computed from it
    /// (`aeasi` takes a percentage as `surface` and reports the area score). `None` if a report has no such item.
    pub fn reported(&self, answer: f64, score: &Score) -> Option<f64> {
        match self.reported {
            Reported::Answer => Some(answer),
            Reported::Intermediate(intermediate) => score.intermediate(intermediate),
            Reported::Nothing => None,
        }
    }

    const fn new(code: &'static str, label: &'static str, kind: AnswerKind) -> Self {
        Self { code, label, kind, levels: None, reported: Reported::Answer, is_optional: false }
    }

    pub(crate) const fn yes_no(code: &'static str, label: &'static str) -> Self {
        Self::new(code, label, AnswerKind::YesNo)
    }

    pub(crate) const fn whole(max: u8, code: &'static str, label: &'static str) -> Self {
        Self::new(code, label, AnswerKind::Whole { max })
    }

    pub(crate) const fn count(code: &'static str, label: &'static str) -> Self {
        Self::new(code, label, AnswerKind::Count)
    }

    pub(crate) const fn percent(code: &'static str, label: &'static str) -> Self {
        Self::new(code, label, AnswerKind::Percent)
    }

    pub(crate) const fn levels(self, names: LevelNames) -> Self {
        Self { levels: Some(names), ..self }
    }

    pub(crate) const fn reported_as(self, intermediate: Intermediate) -> Self {
        Self { reported: Reported::Intermediate(intermediate), ..self }
    }

    pub(crate) const fn not_reported(self) -> Self {
        Self { reported: Reported::Nothing, ..self }
    }

    pub(crate) const fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    pub(crate) fn is_optional(&self) -> bool {
        self.is_optional
    }
}

impl AnswerKind {
    /// Returns the highest answer; the lowest is always 0.
    pub fn max(self) -> f64 {
        match self {
            Self::YesNo => 1.0,
            Self::Whole { max } => max.into(),
            Self::Count => f64::MAX,
            Self::Percent => 100.0,
        }
    }

    /// Returns whether a number is a valid answer. Only percentages may have a fraction.
    pub fn accepts(self, answer: f64) -> bool {
        (0.0..=self.max()).contains(&answer) && (self == Self::Percent || answer.fract() == 0.0)
    }
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo => f.write_str("0 (no) or 1 (yes)"),
            Self::Whole { max } => write!(f, "a whole number from 0 to {max}"),
            Self::Count => f.write_str("a whole number from 0 upwards"),
            Self::Percent => f.write_str("a number from 0 to 100"),
        }
    }
}

/// Names of levels that several instruments share.
impl LevelNames {
    pub(crate) const NO_YES: Self = Self::Each(&["No", "Yes"]);
    /// Signs and symptoms from 0 to 3.
    pub(crate) const SEVERITY_0_TO_3: Self = Self::Each(&["None", "Mild", "Moderate", "Severe"]);
    /// Self-rated symptoms from 0 to 10.
    pub(crate) const RATING_0_TO_10: Self =
        Self::From(&[(0.0, "None"), (1.0, "Mild"), (4.0, "Moderate"), (7.0, "Severe")]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_inclusive_and_fractions_are_for_percentages_only() {
        let whole = AnswerKind::Whole { max: 3 };
        assert!([0.0, 3.0].into_iter().all(|answer| whole.accepts(answer)));
        assert!([-1.0, 0.5, 4.0].into_iter().all(|answer| !whole.accepts(answer)));
        assert!([0.0, 0.001, 100.0].into_iter().all(|answer| AnswerKind::Percent.accepts(answer)));
        for invalid in [-0.1, 100.000_001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!AnswerKind::Percent.accepts(invalid), "{invalid}");
        }
    }
}
