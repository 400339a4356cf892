//! Whether an image can be used, and what it shows.

use super::shortened;
use crate::output::plain;
use legit_health::report::Validity;
use std::fmt::{self, Write};

/// Two indented lines; the second one is left open.
pub(super) fn write_validity(text: &mut String, validity: &Validity) -> fmt::Result {
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
