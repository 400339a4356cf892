//! Answer sheets of the scoring systems: structs whose fields hold only what may be answered.
//!
//! A yes or no is a `bool`, a count a `u32`, a percentage a [`Percent`](crate::Percent), any other whole
//! answer a [`Bounded`]. An answer that is known when the program is written goes through
//! [`answer!`](crate::answer), which refuses a wrong one when the program is built; any other goes through
//! `Bounded::try_from`, which refuses it when it is given. Nothing is rounded and nothing is cut off: 3.9 for a whole
//! answer is refused.
//!
//! ```
//! use legit_health::answer;
//! use legit_health::scale::{Bounded, Pasi};
//!
//! # fn example(asked: u8) -> Result<(), legit_health::Error> {
//! let sheet = Pasi {
//!     surface: answer!(2),
//!     erythema: answer!(3),
//!     induration: Bounded::try_from(asked)?,
//!     desquamation: answer!(1),
//! };
//! # Ok(())
//! # }
//! ```
//!
//! [`Scale`] says what a sheet asks, so a form can be made from it without knowing the scale. [`each_scale!`] goes through
//! all of them:
//!
//! ```
//! use legit_health::scale::{Scale, each_scale};
//!
//! macro_rules! titles {
//!     ($($sheet:path: [$($mode:ident),+]),+) => {
//!         vec![$((<$sheet as Scale>::TITLE, vec![$(stringify!($mode)),+])),+]
//!     };
//! }
//!
//! let titles = each_scale!(titles);
//! assert!(titles.contains(&("Automatic Vitiligo Area Scoring Index", vec!["local", "global"])));
//! ```

pub use crate::severity::any_scale::AnyScale;
#[doc(inline)]
pub use legit_health_api::each_scale;
pub use legit_health_api::scalar::{Bounded, OutOfRange};
pub use legit_health_api::scale::{
    Answer, AnswerError, Condition, GlobalScale, Item, Kind, LocalAnswer, LocalAnswers, LocalScale,
    ManualAnswer, ManualAnswers, ManualScale, Scale,
};
#[doc(inline)]
pub use legit_health_api::scales::sheets::*;
