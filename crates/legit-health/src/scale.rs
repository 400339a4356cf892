//! Answer sheets of the scoring systems: structs whose fields hold only valid answers.
//!
//! A yes or no is a `bool`, a count a `u32`, a percentage a [`Percent`](crate::Percent), any other whole
//! answer a [`Bounded`]. An answer that is known at compile time goes through
//! [`answer!`](crate::answer), which rejects an invalid one at compile time; any other goes through
//! `Bounded::try_from`, which rejects it at run time. Nothing is rounded or truncated: 3.9 for a whole answer is
//! rejected.
//!
//! ```
//! use legit_health::answer;
//! use legit_health::scale::{Bounded, Pasi};
//!
//! # fn example(induration: u8) -> Result<(), legit_health::Error> {
//! let sheet = Pasi {
//!     surface: answer!(2),
//!     erythema: answer!(3),
//!     induration: Bounded::try_from(induration)?,
//!     desquamation: answer!(1),
//! };
//! # Ok(())
//! # }
//! ```
//!
//! A scale that is chosen at run time is found by its code, and answered with an [`AnyScale`]:
//!
//! ```
//! use legit_health::scale;
//! use legit_health::scale::AnyScale;
//!
//! # fn example() -> Result<(), legit_health::Error> {
//! let info = scale::find("uas").expect("this version knows the scale");
//! for item in info.items {
//!     println!("{} ({}): {}", item.label, item.code, item.kind);
//! }
//! let form = serde_json::json!({"pruritus": 2, "wheals": 1});
//! let sheet = AnyScale::from_json(info.code, &form)?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Scale`] holds the same facts as constants, and [`each_scale!`] calls a macro with every type:
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
//! let avasi = ("Automatic Vitiligo Area Scoring Index", vec!["local", "global"]);
//! assert!(titles.contains(&avasi));
//! ```

#[doc(inline)]
pub use legit_health_api::each_scale;
pub use legit_health_api::scalar::{Bounded, OutOfRangeError};

pub use legit_health_api::scale::{
    Answer, AnswerError, AnswerKind, AnyScale, GlobalScale, Item, KnownCondition, LocalAnswer, LocalAnswers,
    LocalScale, ManualAnswer, ManualAnswers, ManualScale, Scale, ScaleInfo, all, find,
};
#[doc(inline)]
pub use legit_health_api::scales::sheets::*;
