//! Results of calls, which can be compared and stored as JSON.
//!
//! Read the members of a [`DiagnosisSupport`], a [`SeverityScore`] or a [`GlobalSeverityScore`]; store them as JSON, and read
//! them back with serde.
//!
//! `Debug` shows the structure of a result and hides the findings (`DiagnosisSupport { conclusions: 3, .. }`), so that it is
//! safe in a log. To look at a result, serialise it: `serde_json::to_string_pretty(&report)`.
//!
//! # In your own tests
//!
//! The structs are `#[non_exhaustive]`, since a newer version may have more members: they cannot be written as struct
//! literals outside this crate. Build one from JSON, and change its members. Members
//! that are `Option`s can be left out:
//!
//! ```
//! use legit_health::DiagnosisSupport;
//! use serde_json::json;
//!
//! # fn main() -> Result<(), serde_json::Error> {
//! let indicators = json!({
//!     "hasCondition": 97.3, "pigmentedLesion": 0.2, "malignancy": 0.6,
//!     "urgentReferral": 1.4, "highPriorityReferral": 12.8,
//! });
//! let mut report: DiagnosisSupport = serde_json::from_value(json!({
//!     "status": "preliminary",
//!     "issued": "2026-03-02T10:15:30",
//!     "analysisSeconds": 1.5,
//!     "conclusions": [{
//!         "probability": 78.4,
//!         "condition": {
//!             "text": "Psoriasis",
//!             "codings": [{"code": "EA90", "systemDisplay": "ICD-11"}],
//!         },
//!     }],
//!     "indicators": indicators,
//!     "performance": {"sensitivity": 91.0, "specificity": 88.0, "entropy": 21.4},
//!     "images": [{
//!         "validity": {
//!             "isValid": false,
//!             "quality": {"acceptable": false, "score": 12.0, "interpretation": "Bad"},
//!             "isDermatological": true,
//!             "modality": "Clinical",
//!         },
//!         "conclusions": [],
//!         "indicators": indicators,
//!         "entropy": 21.4,
//!     }],
//! }))?;
//! report.status = "final".into();
//! assert_eq!(report.conclusions[0].condition.icd11(), Some("EA90"));
//! assert_eq!(report.unusable_images().count(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! [`SeverityScore::new`](crate::SeverityScore::new) builds a score from its value alone. Stored results of an earlier
//! version stay readable.

// A new member is an `Option` or has `#[serde(default)]`, since stored results lack it.

mod device_information;
pub(crate) mod diagnosis_support;
pub(crate) mod global_severity_score;
mod score;
pub(crate) mod severity_score;
mod shared;

pub use device_information::{DeviceInformation, Manufacturer};
pub use diagnosis_support::{ClinicalIndicators, Conclusion, ImageConclusion, ImageFindings, Performance};
pub use global_severity_score::ViewFindings;
pub use legit_health_api::scalar::{AnswerValue, IssueTime};
pub use legit_health_api::scale::ScaleTag;
pub use score::{Band, Score};
pub use severity_score::{BoundingBox, Detection, ItemScore, ScaleOf};
pub use shared::{Coding, Concept, Measurement, OutputImage, Quality, Validity};

pub(crate) use crate::{DiagnosisSupport, GlobalSeverityScore, SeverityScore};

/// Implements `Debug` with the name of the type and none of its members.
macro_rules! structure_only {
    ($($type:ident),+ $(,)?) => {$(
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )+};
}

use structure_only;

/// Conversion from a generated type. `From` would make the generated types part of the public API.
pub(crate) trait FromWire<W>: Sized {
    fn from_wire(wire: W) -> Self;
}

/// The reverse of [`FromWire`], for when the target type is inferred.
pub(crate) trait IntoReport<T> {
    fn into_report(self) -> T;
}

impl<W, T: FromWire<W>> IntoReport<T> for W {
    fn into_report(self) -> T {
        T::from_wire(self)
    }
}
