//! Change of dermatology severity scores over time, in points and percent, and the published criteria for it.
//!
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API. Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! Pure functions on numbers: no input or output, no clock, no dependency. [`Course::select`] makes a course of dated scores,
//! and [`Course::assess`] judges a [`Criterion`] of the scale: met, not met, or not applicable with the reason.
//!
//! ```
//! use legit_health_follow_up::{Course, DatedScore, Outcome, Selection};
//!
//! let scores = [("2026-01-05", 14.0), ("2026-03-30", 10.0), ("2026-06-22", 1.0)]
//!     .map(|(date, value)| DatedScore::new("dlqi", date.parse().ok(), value));
//! let course = Course::select(&scores, &Selection::default())?;
//! for criterion in course.scale().criteria {
//!     assert_eq!(course.assess(criterion, &[]).outcome, Outcome::Met, "{}", criterion.name);
//! }
//! # Ok::<(), legit_health_follow_up::CourseError>(())
//! ```
//!
//! # What is refused
//!
//! A percentage of nothing, or the difference of two scores that do not measure the same, would be a wrong number about a
//! patient. So:
//!
//! - Another scale, another part of the body, another patient, a manual score among automatic ones, a sandbox's score among the
//!   device's, an image that cannot be used, a number that is not a score, a score without a date, and different scores of one
//!   moment are **left out** of a course ([`Exclusion`]).
//! - From a baseline of 0 there is no percentage. Across two versions of the device, or unknown ones, an automatic score is
//!   shown and **not judged** against the baseline. A target or a minimal difference of the whole body is not judged on one
//!   zone; one day is not judged by the criteria of seven ([`Reason`]).
//! - A new version of the device, an unknown intensity and a derived sum are **flagged** at their visit ([`Flag`]); times in
//!   which a visit is missing are [`Gap`]s.
//!
//! Numbers are compared exactly, except for the noise of binary fractions (60 − 51.3 is 8.7).

mod assessment;
mod course;
mod criteria;
mod criterion;
mod moment;
mod refusal;
mod scale;
mod score;
mod whole_body;

pub use assessment::{Assessment, Outcome, Reason};
pub use course::{Baseline, Course, Flag, Gap, Selection, Visit};
pub use criterion::{AppliesTo, Certainty, Criterion, Quantity, Rule};
pub use moment::{Day, Moment, ParseMomentError};
pub use refusal::{CourseError, Exclusion, LeftOut};
pub use scale::{Better, Covers, JudgedBy, Measure, Scale};
pub use score::{DatedScore, ImageUse, Origin, Place};
pub use whole_body::{Part, WholeBodyError};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
