//! Published dermatology severity instruments as pure functions: answers in, number, band and intensity out.
//!
//! **Intended for software integration and testing; not intended for any medical purpose; no conformity assessment.**
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only
//! to identify the API. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! The sandbox scores with these instruments. A client of the API never does: the device scores.
//!
//! ```
//! use legit_health_scoring::{Answers, Evidence, Instrument, Intensity};
//!
//! let pasi = Instrument::find("pasi").ok_or("no such instrument")?;
//! let answers = |surface| Answers {
//!     items: [
//!         ("surface", surface),
//!         ("erythema", 3.0),
//!         ("induration", 3.0),
//!         ("desquamation", 3.0),
//!     ]
//!     .into(),
//!     site: Some("armLeft"),
//! };
//! let score = pasi.score(&answers(4.0)).map_err(|error| error.to_string())?;
//! assert_eq!((score.value, score.category), (7.2, "Severe"));
//! assert_eq!(score.intensity, Intensity::High);
//! assert_eq!(score.contribution, Some(7.2));
//! assert_eq!(score.evidence.value, Evidence::Literature);
//! assert_eq!(score.evidence.category, Evidence::Inferred);
//!
//! // An invalid answer is an error; nothing is rounded, clamped or filled in.
//! let error = pasi.score(&answers(3.9)).unwrap_err();
//! assert_eq!(error.to_string(), "pasi: `surface` must be a whole number from 0 to 6");
//! # Ok::<(), String>(())
//! ```
//!
//! # Evidence
//!
//! Every part of a [`Score`] says how well it is established ([`Evidence`]): **exact** (asserted by the vendor's public
//! tests, or stated in its public requirements), **literature** (the published instrument), **inferred** (consistent
//! with everything observed, stated nowhere) or **unknown** (the vendor's rule is not public; a placeholder). Numbers
//! are rounded to two decimals, and bands are decided before that; both are inferred. So is every [`Intensity`] that no
//! vendor test asserts.
//!
//! # The instruments
//!
//! The evidence in the table leaves out single results that the vendor's tests assert; the [`Score`] of those answers
//! has stronger evidence. "Region" is 0.1 for the head, 0.2 for the upper limbs, 0.3 for the trunk and 0.4 for the
//! lower limbs.
//!
#![doc = include_str!("table.md")]
//!
//! The names of levels and the labels ([`Item::interpretation`], [`Item::label`]) are ours and neutral: the wording of a
//! questionnaire may be protected, as that of the DLQI is, and none is shipped.

mod body_site;
mod error;
mod instrument;
mod item;
mod score;

pub use body_site::{BodySite, Region};
pub use error::{ScoringError, ScoringErrorKind};
pub use instrument::{Answers, Instrument, wheal_grade};
pub use item::{AnswerKind, Item};
pub use score::{Band, Evidence, Intensity, Intermediate, Score, ScoreEvidence};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
