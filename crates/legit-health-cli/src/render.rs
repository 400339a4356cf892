//! Results as text for people, in as many columns as there are, at most 80.

mod diagnosis_support;
pub(crate) mod inspect;
mod lists;
mod severity;

pub(crate) use diagnosis_support::diagnosis_support;
pub(crate) use inspect::inspection;
pub(crate) use lists::{
    device_information, further_scenarios, questionnaires, scale, scales, scenarios, sites,
};
pub(crate) use severity::{severity, whole_body};

use crate::output::Output;
use crate::style::Style;
use crate::terminal::{plain, wrapped};
use legit_health::report::Validity;

/// How much of a result is shown.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) width: usize,
    /// Everything, and not the beginning of long lists.
    pub(crate) is_whole: bool,
    /// It is a part of the demonstration, which says once what holds for all of its results.
    pub(crate) is_demonstration: bool,
}

impl Extent {
    pub(crate) fn of(output: &Output) -> Self {
        Self { width: output.width(), is_whole: output.is_verbose(), is_demonstration: false }
    }
}

/// Where the sandbox wrote what follows.
const SANDBOX: &str = "SANDBOX: made up, and not about anybody.\n\n";

/// The end of a result.
fn closing(extent: Extent) -> String {
    if extent.is_demonstration {
        return String::new();
    }
    format!("\n{}\n", Style::Faint.of(&wrapped(SUPPORTS, extent.width, "")))
}

pub(crate) const SUPPORTS: &str =
    "The output supports, and does not replace, a qualified healthcare professional.";

fn heading(text: &str) -> String {
    Style::Heading.of(text)
}

/// At most `width` characters, with an ellipsis where some are missing.
fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

/// Whether an image can be used, in the device's own words, and `more` behind it.
fn validity(validity: &Validity, more: &str, extent: Extent) -> String {
    let verdict =
        if validity.is_valid { Style::Good.of("usable") } else { Style::Bad.of("NOT USABLE, take it again") };
    let line = format!(
        "     {verdict}; quality {:.0}, {}; {}, {}{more}",
        validity.quality.score,
        shortened(&plain(&validity.quality.interpretation), 16),
        if validity.is_dermatological { "shows skin" } else { "no skin" },
        shortened(&plain(validity.modality.as_str()).to_lowercase(), 12)
    );
    wrapped(&line, extent.width, "")
}
