//! A scale that this version does not model.

use super::AnswerSheetError;
use crate::codes::ScoringSystemCode;
use legit_health_api::scale::{self, Answer, LocalAnswer, ManualAnswer};
use legit_health_api::scales::{LocalInput, ManualInput};
use std::collections::BTreeMap;
use std::fmt;

/// Any scale, as its code and answers. Items and bounds are not checked here; the device does that.
///
/// Its score is a [`SeverityScore<AnyScale>`](crate::SeverityScore), which knows its scale by code.
///
/// ```
/// use legit_health::scale::AnyScale;
///
/// let sheet = AnyScale::new("brandNew").answer("itch", 3u32);
/// assert_eq!(sheet.code.as_str(), "brandNew");
/// ```
#[derive(Clone, PartialEq)]
pub struct AnyScale {
    /// The key of the scale in requests and reports.
    pub code: ScoringSystemCode,
    /// Answers by the code of their item; none for a scale that asks nothing.
    pub answers: BTreeMap<String, Answer>,
}

impl AnyScale {
    /// A scale without answers so far.
    pub fn new(code: &str) -> Self {
        Self { code: code.into(), answers: BTreeMap::new() }
    }

    /// With this answer; an earlier one to the same item is replaced.
    #[must_use]
    pub fn answer(mut self, item: impl Into<String>, answer: impl Into<Answer>) -> Self {
        self.answers.insert(item.into(), answer.into());
        self
    }
}

/// JSON has no word for infinity, so what is no number would arrive as `null`.
pub(super) fn check(sheet: &scale::AnyScale) -> Result<(), AnswerSheetError> {
    let not_a_number = |answer: &Answer| matches!(answer, Answer::Real(number) if !number.is_finite());
    match sheet.0.values().any(not_a_number) {
        true => Err(AnswerSheetError::NotANumber),
        false => Ok(()),
    }
}

impl From<AnyScale> for ManualInput {
    fn from(sheet: AnyScale) -> Self {
        Self::Any(sheet.code, scale::AnyScale(sheet.answers))
    }
}

impl From<AnyScale> for LocalInput {
    fn from(sheet: AnyScale) -> Self {
        Self::Any(sheet.code, scale::AnyScale(sheet.answers))
    }
}

impl ManualAnswer for AnyScale {}
impl LocalAnswer for AnyScale {}

/// Says which scale it is, and none of the answers.
impl fmt::Debug for AnyScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyScale").field("code", &self.code.as_str()).finish_non_exhaustive()
    }
}
