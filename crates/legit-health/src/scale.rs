//! Answer sheets of the scoring systems: structs whose fields hold only what may be answered.
//!
//! A yes or no is a `bool`, a count a `u32`, a percentage a [`Percent`], any other whole
//! answer a [`Bounded`]. An answer that is known when the program is written goes through
//! [`answer!`](crate::answer), which refuses a wrong one when the program is built; any other goes through
//! `Bounded::try_from`, which refuses it when it is given. Nothing is rounded and nothing is cut off: 3.9 for a whole
//! answer is refused.
//!
//! ```
//! use legit_health::{Bounded, answer, scale::Pasi};
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
//! [`Scale`] says what a sheet asks, so a form can be made from it without knowing the scale.

pub use crate::{Bounded, Percent};
pub use legit_health_api::scale::{
    Answer, AnswerError, Condition, GlobalScale, Item, Kind, LocalAnswer, LocalAnswers, LocalScale,
    ManualAnswer, ManualAnswers, ManualScale, Scale,
};
pub use legit_health_api::scales::{
    Aeasi, Agppga, Aihs4, Aladin, Apasi, Asalt, Ascorad, Auas, Avasi, Awosi, Dlqi, Gags, Ihs4, Nsil, Pasi,
    Pga, Pure4, Resvech, Scorad, Scovid, SevenPc, Uas, Uct,
};
