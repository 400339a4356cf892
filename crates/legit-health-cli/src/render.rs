//! Results as text, for 80 columns.

mod catalog;
mod device;
mod diagnosis_support;
mod scales;

pub(crate) use catalog::{questionnaires, sites};
pub(crate) use device::device_information;
pub(crate) use diagnosis_support::diagnosis_support;
pub(crate) use scales::{scale, scales};

/// Where the sandbox wrote what follows.
const SANDBOX: &str = "SANDBOX: made up, and not about anybody.\n\n";

/// At most `width` characters, with an ellipsis where some are missing.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}
