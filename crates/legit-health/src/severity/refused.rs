//! Answers that are refused before anything is sent.

use legit_health_api::scales::{LocalInput, LocalScales, ManualInput, ManualScales};
use std::fmt;

/// Answers that cannot be sent as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerSheetError {
    /// The same scale was given twice, and a request holds each once.
    RepeatedScale,
}

impl fmt::Display for AnswerSheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RepeatedScale => "the same scale was given twice: send the second in a call of its own",
        })
    }
}

impl std::error::Error for AnswerSheetError {}

macro_rules! set {
    ($name:ident, $input:ident, $set:ident) => {
        /// The set of all sheets. One that would push another out is refused, not swallowed.
        pub(crate) fn $name(inputs: Vec<$input>) -> Result<$set, AnswerSheetError> {
            let given = inputs.len();
            let mut inputs = inputs.into_iter();
            let first = inputs.next().expect("answers are one sheet or a tuple of them");
            let set = inputs.fold($set::new(first), $set::with);
            if set.iter().count() == given { Ok(set) } else { Err(AnswerSheetError::RepeatedScale) }
        }
    };
}

set!(manual_set, ManualInput, ManualScales);
set!(local_set, LocalInput, LocalScales);
