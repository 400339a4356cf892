//! What is scored: the scale, the body site and the condition, checked before anything is asked or sent.

use crate::failure::{Failure, Usage};
use crate::nearest;
use crate::output::plain;
use crate::scales::{self, Mode, Scale};
use legit_health::{BodySite, Condition};

/// The scale with this code, if it is scored this way.
pub(super) fn scale(code: &str, mode: Mode) -> Result<Scale, Failure> {
    let scale = scales::named(code)?;
    if scale.modes.contains(&mode) {
        return Ok(scale);
    }
    let places: Vec<String> = scale
        .modes
        .iter()
        .map(|mode| format!("from {} (`legit-health severity {} {code}`)", mode.scored_from(), mode.name()))
        .collect();
    Err(Failure::usage(format!(
        "`{code}` is not scored from {}, but {}",
        mode.scored_from(),
        places.join(" or ")
    )))
}

/// A site that the contract knows.
pub(super) fn site(code: &str) -> Result<BodySite, Failure> {
    let site = BodySite::from(code);
    if BodySite::KNOWN.contains(&site) {
        return Ok(site);
    }
    let hint = nearest::hint(code, BodySite::KNOWN.iter().map(BodySite::as_str));
    Err(Failure::usage(format!(
        "there is no body site `{}`{hint} (`legit-health sites` lists them)",
        plain(code)
    )))
}

pub(super) fn condition(text: &str) -> Result<Condition, Failure> {
    if text.trim().is_empty() {
        return Err(Usage("`--condition` is empty: name the known condition, such as `psoriasis`").into());
    }
    Ok(text.into())
}
