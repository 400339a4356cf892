//! Results as text, for 80 columns.

mod device;
mod diagnosis_support;

pub(crate) use device::device_information;
pub(crate) use diagnosis_support::diagnosis_support;
