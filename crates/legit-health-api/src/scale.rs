//! What every scoring system of the contract can say about itself. The answer sheets in [`scales`](crate::scales) are
//! generated; they are built from the traits and macros here.

mod answer;
mod answers;
mod any;
mod json;
mod sheet;

pub use answer::{Answer, AnswerError};
pub use answers::{LocalAnswer, LocalAnswers, ManualAnswer, ManualAnswers};
pub use any::AnyScale;

// For generated code, which may stand in another crate.
#[doc(hidden)]
pub use {
    answer::{FromAnswer, ask},
    json::{SheetJson, read},
    sheet::{foreign_scale, scale, scale_set, set_schema, sheet_schema},
};

use crate::scales::{LocalInput, ManualInput};

/// A scoring system, as an answer sheet in which every answer is given and within its bounds.
///
/// The facts come from the spec (`x-scale`), so a form, a prompt or a schema can be made from them without knowing the
/// scale.
pub trait Scale: Sized + Clone + Send + Sync + 'static {
    /// The key of the scale in requests and reports.
    const CODE: &'static str;
    /// The name of the instrument.
    const TITLE: &'static str;
    /// The conditions that the vendor's tests pair it with. Not a limit.
    const CONDITIONS: &'static [Condition];
    /// Body sites that were seen to be accepted; empty if nothing is known.
    const ACCEPTED_SITES: &'static [&'static str];
    /// Body sites that were seen to be refused; empty if nothing is known.
    const REFUSED_SITES: &'static [&'static str];
    /// What is asked, in the order of the instrument.
    const ITEMS: &'static [Item];

    /// The answer to `ITEMS[index]`.
    ///
    /// # Panics
    ///
    /// If there is no such item.
    fn answer(&self, index: usize) -> Answer;

    /// Builds a sheet by asking `answer` for every item in turn.
    ///
    /// # Errors
    ///
    /// What `answer` fails with, and an answer outside the bounds of its item.
    fn build(answer: impl FnMut(&'static Item) -> Result<Answer, AnswerError>) -> Result<Self, AnswerError>;
}

/// A scale that is scored from answers alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from answers alone",
    note = "scales that need an image go to the local or the global call"
)]
pub trait ManualScale: Scale + Into<ManualInput> {}

/// A scale that is scored from one image of one body site.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not scored from an image of one body site",
    note = "questionnaires go to the manual call"
)]
pub trait LocalScale: Scale + Into<LocalInput> {}

/// A scale that is scored from views of the whole body.
#[diagnostic::on_unimplemented(message = "`{Self}` is not scored from views of the whole body")]
pub trait GlobalScale: Scale {}

/// One question or sign of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its key in requests and reports.
    pub code: &'static str,
    /// A neutral name; not the wording of the instrument, which may be protected.
    pub label: &'static str,
    /// What an answer may be.
    pub kind: Kind,
}

/// What an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// No or yes; 0 or 1 on the wire.
    YesNo,
    /// A whole number from 0 upwards.
    Count,
    /// A percentage from 0 to 100, fractions allowed.
    Percent,
    /// A whole number within bounds.
    Whole {
        /// The lowest answer.
        min: u8,
        /// The highest answer.
        max: u8,
    },
}

/// A condition as the catalogue of diseases names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// ICD-11 code.
    pub icd11: &'static str,
    /// Its title.
    pub text: &'static str,
}
