//! What a call can be given: one answer sheet, or a tuple of two to four, whose scores come back in the same order.

use super::{LocalScale, ManualScale};
use crate::scales::{LocalInput, ManualInput};

/// One answer sheet that is scored from answers alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from answers alone",
    label = "not a scale that is scored from answers alone",
    note = "scales that need an image go to the local or the global call"
)]
pub trait ManualAnswer: Into<ManualInput> {}

/// One answer sheet that is scored together with an image of one body site.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from an image of one body site",
    label = "not a scale that is scored from an image of one body site",
    note = "questionnaires go to the manual call"
)]
pub trait LocalAnswer: Into<LocalInput> {}

impl<S: ManualScale> ManualAnswer for S {}
impl<S: LocalScale> LocalAnswer for S {}

/// Answers of a manual call: one sheet, or a tuple of two to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from answers alone",
    label = "not a scale that is scored from answers alone, nor a tuple of two to four",
    note = "scales that need an image go to the local or the global call"
)]
pub trait ManualAnswers {
    /// The sheets as a tuple, also if there is one: what the scores are made for.
    type Sheets;

    /// The sheets, in order.
    fn into_inputs(self) -> Vec<ManualInput>;
}

/// Answers of a local call: one sheet, or a tuple of two to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from an image of one body site",
    label = "not a scale that is scored from an image of one body site, nor a tuple of two to four",
    note = "questionnaires go to the manual call"
)]
pub trait LocalAnswers {
    /// The sheets as a tuple, also if there is one: what the scores are made for.
    type Sheets;

    /// The sheets, in order.
    fn into_inputs(self) -> Vec<LocalInput>;
}

macro_rules! one {
    ($answers:ident, $answer:ident, $input:ident) => {
        impl<A: $answer> $answers for A {
            type Sheets = (A,);

            fn into_inputs(self) -> Vec<$input> {
                vec![self.into()]
            }
        }
    };
}

macro_rules! several {
    ($answers:ident, $answer:ident, $input:ident, $($sheet:ident $place:tt),+) => {
        impl<$($sheet: $answer),+> $answers for ($($sheet,)+) {
            type Sheets = Self;

            fn into_inputs(self) -> Vec<$input> {
                vec![$(self.$place.into()),+]
            }
        }
    };
}

one!(ManualAnswers, ManualAnswer, ManualInput);
several!(ManualAnswers, ManualAnswer, ManualInput, A 0, B 1);
several!(ManualAnswers, ManualAnswer, ManualInput, A 0, B 1, C 2);
several!(ManualAnswers, ManualAnswer, ManualInput, A 0, B 1, C 2, D 3);
one!(LocalAnswers, LocalAnswer, LocalInput);
several!(LocalAnswers, LocalAnswer, LocalInput, A 0, B 1);
several!(LocalAnswers, LocalAnswer, LocalInput, A 0, B 1, C 2);
several!(LocalAnswers, LocalAnswer, LocalInput, A 0, B 1, C 2, D 3);
