//! Results as text, for 80 columns.

mod catalog;
mod device;
mod diagnosis_support;
mod scales;
mod severity;
mod validity;
mod whole_body;

pub(crate) use catalog::{questionnaires, sites};
pub(crate) use device::device_information;
pub(crate) use diagnosis_support::diagnosis_support;
pub(crate) use scales::{scale, scales};
pub(crate) use severity::severity;
pub(crate) use whole_body::whole_body;

/// Where the sandbox wrote what follows.
const SANDBOX: &str = "SANDBOX: made up, and not about anybody.\n\n";

const CLOSING: &str = "The output supports, and does not replace, a qualified healthcare professional.";

/// At most `width` characters, with an ellipsis where some are missing.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}
