//! The facts about every scoring system of the contract, typed or at run time.
//!
//! The answer sheets in [`scales`](crate::scales) are generated; they are built from the traits and macros here. A scale
//! that is chosen at run time is found with [`find`] or in [`all`], and answered with an [`AnyScale`]:
//!
//! ```
//! use legit_health_api::scale::{self, AnyScale};
//!
//! let info = scale::find("dlqi").expect("this version knows the DLQI");
//! assert_eq!((info.title, info.items.len()), ("Dermatology Life Quality Index", 10));
//! assert_eq!(info.items[0].kind.to_string(), "a whole number from 0 to 3");
//!
//! let form = serde_json::json!({"pruritus": 2, "wheals": 1});
//! let sheet = AnyScale::from_json("uas", &form)?;
//! # Ok::<(), scale::AnswerError>(())
//! ```

mod answer;
mod any;
mod sheet;

pub use answer::{Answer, AnswerError};
pub use any::AnyScale;
pub use sheet::{LocalAnswer, LocalAnswers, ManualAnswer, ManualAnswers, ScaleTag};

// For generated code, which may be in another crate.
#[doc(hidden)]
pub use {
    answer::{FromAnswer, ask},
    any::{Answers, read, write, write_any},
    sheet::{foreign_scale, scale, scale_set, set_schema, sheet_schema},
};

use crate::codes::Mode;
use std::collections::BTreeMap;

use crate::scales::{LocalInput, ManualInput};

/// A scoring system, as an answer sheet in which every answer is given and within its bounds.
///
/// The facts come from the spec (`x-scale`), so a form, a prompt or a schema for any scale can be built from them.
pub trait Scale: Sized + Clone + Send + Sync + 'static {
    /// The key of the scale in requests and reports.
    const CODE: &'static str;
    /// The name of the instrument.
    const TITLE: &'static str;
    /// The conditions that the vendor's tests use it for. It may be used for others.
    const CONDITIONS: &'static [KnownCondition];
    /// Body sites that are known to be accepted; empty if none is known.
    const ACCEPTED_SITES: &'static [&'static str];
    /// Body sites that are known to be refused; empty if none is known.
    const REFUSED_SITES: &'static [&'static str];
    /// The items, in the order of the instrument.
    const ITEMS: &'static [Item];

    /// Returns the answer to `ITEMS[index]`.
    ///
    /// # Panics
    ///
    /// If there is no such item.
    fn answer(&self, index: usize) -> Answer;

    /// Builds a sheet by calling `answer` for every item in turn.
    ///
    /// # Errors
    ///
    /// The error of `answer`, and an answer outside the bounds of its item.
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
    /// The key in requests and reports.
    pub code: &'static str,
    /// A neutral name; not the wording of the instrument, which may be protected.
    pub label: &'static str,
    /// The kind of valid answers.
    pub kind: AnswerKind,
}

/// The kind of valid answers to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerKind {
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

/// A condition that a scale is known to be used for, by its ICD-11 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownCondition {
    /// ICD-11 code.
    pub icd11: &'static str,
    /// Its title.
    pub text: &'static str,
}

/// The facts about a scale at run time: those of the constants of [`Scale`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScaleInfo {
    /// The key of the scale in requests and reports.
    pub code: &'static str,
    /// The name of the instrument.
    pub title: &'static str,
    /// The calls that take it.
    pub modes: &'static [Mode],
    /// The conditions that the vendor's tests use it for. It may be used for others.
    pub conditions: &'static [KnownCondition],
    /// Body sites that are known to be accepted; empty if none is known.
    pub accepted_sites: &'static [&'static str],
    /// Body sites that are known to be refused; empty if none is known.
    pub refused_sites: &'static [&'static str],
    /// The items, in the order of the instrument.
    pub items: &'static [Item],
}

/// Returns every scale that this version knows, in the order of the contract.
pub fn all() -> &'static [ScaleInfo] {
    crate::scales::ALL
}

/// Returns the facts about the scale with this code; `None` if this version does not know it.
pub fn find(code: &str) -> Option<&'static ScaleInfo> {
    all().iter().find(|scale| scale.code == code)
}

impl ScaleInfo {
    /// Returns the item with this code.
    pub fn item(&self, code: &str) -> Option<&'static Item> {
        self.items.iter().find(|item| item.code == code)
    }

    /// Checks that every item has an answer within its bounds, and that there is no other item.
    fn check(&self, answers: &BTreeMap<String, Answer>) -> Result<(), AnswerError> {
        if let Some(code) = answers.keys().find(|code| self.item(code).is_none()) {
            return Err(AnswerError::Unknown(code.clone()));
        }
        for item in self.items {
            let answer = answers.get(item.code).ok_or(AnswerError::Missing(item.code))?;
            if !answer.is_within(item.kind) {
                return Err(AnswerError::OutOfRange(item));
            }
        }
        Ok(())
    }
}
