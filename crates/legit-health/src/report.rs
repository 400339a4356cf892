//! Results, in types of their own: they can be stored, compared, and built by hand for a test.
//!
//! `Debug` shows their structure and none of the findings.

mod concept;
mod device_information;
mod diagnosis_support;
mod global_scored;
mod image_findings;
mod indicators;
mod picture;
mod scored;
mod validity;
pub(crate) mod wire;

pub use concept::{Coding, Concept};
pub use device_information::{DeviceInformation, Manufacturer};
pub use diagnosis_support::{Conclusion, DiagnosisSupport};
pub use global_scored::{GlobalSeverityScore, ViewFindings};
pub use image_findings::{ImageConclusion, ImageFindings};
pub use indicators::{ClinicalIndicators, Performance};
pub use picture::OutputImage;
pub use scored::{Band, BoundingBox, Detection, ItemScore, ScaleOf, ScaleTag, Score, SeverityScore};
pub use validity::{Measurement, Quality, Validity};

/// `Debug` that names a type and hides what it holds.
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
