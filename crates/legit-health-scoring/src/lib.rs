//! Published dermatology severity instruments as pure functions: answers in, number, band and intensity out.
//!
//! **Intended for software integration and testing; not intended for any medical purpose; no conformity assessment.**
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only
//! to identify the API. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! The sandbox scores with these functions; a client of the API never does, because the device's rules are the
//! device's.
//!
//! ```
//! use legit_health_scoring::{Intensity, Mark, Region, Pasi, Whole};
//!
//! let zone = Pasi {
//!     surface: Whole::new(4).ok_or("0 to 6")?,
//!     erythema: Whole::new(3).ok_or("0 to 4")?,
//!     induration: Whole::new(3).ok_or("0 to 4")?,
//!     desquamation: Whole::new(3).ok_or("0 to 4")?,
//! };
//! let outcome = zone.score(Region::UpperLimbs);
//! assert_eq!((outcome.value, outcome.category, outcome.intensity), (7.2, "Severe", Intensity::High));
//! assert_eq!((outcome.marks.value, outcome.marks.category), (Mark::Literature, Mark::Inferred));
//! # Ok::<(), &str>(())
//! ```
//!
//! Whoever holds answers as numbers by item code, and learns at run time which instrument is asked for, goes through
//! [`Instrument`]:
//!
//! ```
//! use legit_health_scoring::{Answers, Instrument};
//!
//! let pasi = Instrument::of("pasi").ok_or("no such instrument")?;
//! let answers = |surface| Answers {
//!     items: [("surface", surface), ("erythema", 3.0), ("induration", 3.0), ("desquamation", 3.0)].into(),
//!     site: Some("armLeft"),
//! };
//! let outcome = pasi.score(&answers(4.0)).map_err(|refusal| refusal.to_string())?;
//! assert_eq!((outcome.value, outcome.contribution), (7.2, Some(7.2)));
//!
//! // Nothing is cut, clamped or filled in.
//! let refusal = pasi.score(&answers(3.9)).unwrap_err();
//! assert_eq!(refusal.to_string(), "pasi: `surface` must be a whole number from 0 to 6");
//! # Ok::<(), String>(())
//! ```
//!
//! # How far a result can be trusted
//!
//! Every part of an [`Outcome`] carries a [`Mark`]: **exact** (asserted by the vendor's public tests, or stated in
//! its public requirements), **literature** (the published instrument), **inferred** (fits all that was observed,
//! stated nowhere) or **unknown** (the vendor's rule is not public; the figure is a placeholder). Numbers are rounded
//! to two decimals and bands are decided before that; both are inferred. So is every [`Intensity`] that no vendor
//! test asserts.
//!
//! # The instruments
//!
//! Marks are those away from the single points that the vendor's tests assert; there an outcome carries better ones.
//! "Region" is 0.1 for the head, 0.2 for the upper limbs, 0.3 for the trunk and 0.4 for the lower limbs.
//!
#![doc = include_str!("table.md")]
//!
//! Level words and labels ([`Item::interpretation`], [`Item::label`]) are ours and neutral: the wording of a
//! questionnaire may be protected, as that of the DLQI is, and none is shipped.

mod answers;
mod area;
mod band;
mod bounds;
mod instrument;
mod intensity;
mod item;
mod mark;
mod number;
mod outcome;
mod refusal;
mod sheet;
mod site;
mod words;

pub use answers::Answers;
pub use band::{Band, Reach};
pub use bounds::Bounds;
pub use instrument::Instrument;
pub use instrument::aeasi::Aeasi;
pub use instrument::agppga::Agppga;
pub use instrument::aihs4::Aihs4;
pub use instrument::aladin::Aladin;
pub use instrument::apasi::Apasi;
pub use instrument::asalt::{Asalt, ScalpView};
pub use instrument::ascorad::Ascorad;
pub use instrument::auas::Auas;
pub use instrument::avasi::Avasi;
pub use instrument::avasi_global::{AvasiGlobal, BodyView};
pub use instrument::awosi::Awosi;
pub use instrument::dlqi::Dlqi;
pub use instrument::gags::Gags;
pub use instrument::ihs4::Ihs4;
pub use instrument::nsil::Nsil;
pub use instrument::pasi::Pasi;
pub use instrument::pga::Pga;
pub use instrument::pure4::Pure4;
pub use instrument::resvech::Resvech;
pub use instrument::scorad::{Extent, Scorad};
pub use instrument::scovid::Scovid;
pub use instrument::seven_pc::SevenPc;
pub use instrument::uas::Uas;
pub use instrument::uct::Uct;
pub use intensity::Intensity;
pub use item::Item;
pub use mark::{Mark, Marks};
pub use number::{Percent, Whole};
pub use outcome::{Figure, Outcome};
pub use refusal::{Reason, Refusal};
pub use site::{Region, Site};
