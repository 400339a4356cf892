//! Courses of severity scores as text, as SVG and as PNG, from scores of the client or from stored JSON documents; and a page of
//! such documents.
//!
//! Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API. Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! What is compared, what is left out and which criteria are judged is decided by
//! [`legit_health_follow_up`](https://docs.rs/legit-health-follow-up); this crate converts and draws.
//!
//! ```
//! use legit_health::scale::Apasi;
//! use legit_health::{BodySite, SeverityScore};
//! use legit_health_follow_up::{Course, Selection};
//! use legit_health_report::{Chart, Visit, dated_score};
//!
//! let visit = |date: &str| {
//!     let visit = Visit::new(date.parse().unwrap());
//!     visit.with_site(&BodySite::ArmLeft).with_device_version("2.0.0")
//! };
//! let scores = [("2026-01-05", 7.2), ("2026-03-30", 3.6), ("2026-06-22", 1.8)]
//!     .map(|(date, value)| dated_score(&SeverityScore::<Apasi>::new(value), &visit(date)));
//! let course = Course::select(&scores, &Selection::default())?;
//! let published = course.scale().criteria.iter();
//! let criteria: Vec<_> = published.map(|one| course.assess(one, &scores)).collect();
//!
//! let svg = Chart::new(&course).with_assessments(&criteria).to_svg();
//! assert!(svg.contains("<title id=\"title\">PASI of armLeft over time</title>"));
//! let name = |index| format!("score {index}");
//! let text = legit_health_report::text(&course, &criteria, name, 80);
//! assert!(text.contains("improved by 5.4"));
//! # Ok::<(), legit_health_follow_up::CourseError>(())
//! ```
//!
//! # Features
//!
//! `png`: `Chart::to_png`, which needs a rasteriser and an encoder.

mod chart;
mod document;
mod font;
mod page;
mod photograph;
mod scores;
mod text;
mod words;

pub use chart::Chart;
pub use document::{Document, DocumentError, read_scores};
pub use page::Page;
pub use photograph::Photograph;
pub use scores::{Visit, dated_global_score, dated_score};
pub use text::text;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
