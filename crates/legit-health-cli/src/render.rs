//! Results as text for people, at most 80 columns wide.

mod diagnosis_support;
mod lists;
mod severity;

pub(crate) use diagnosis_support::diagnosis_support;
pub(crate) use lists::{device_information, questionnaires, scale, scales, sites};
pub(crate) use severity::{severity, whole_body};

use crate::terminal::plain;
use legit_health::report::Validity;
use std::fmt::{self, Write};

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

/// Two indented lines; the second one is left open.
fn write_validity(text: &mut String, validity: &Validity) -> fmt::Result {
    let verdict = if validity.is_valid { "usable" } else { "NOT USABLE, take it again" };
    writeln!(
        text,
        "     {verdict}; quality {:.0}, {}; {}",
        validity.quality.score,
        shortened(&plain(&validity.quality.interpretation).to_lowercase(), 16),
        if validity.is_dermatological { "shows skin" } else { "does not show skin" }
    )?;
    write!(text, "     modality {}", shortened(&plain(validity.modality.as_str()).to_lowercase(), 30))
}
