//! The score of a scale as text.

mod item;
mod score;

pub(super) use score::{category, number, write_score};

use super::validity::write_validity;
use super::{CLOSING, SANDBOX, shortened};
use crate::output::plain;
use crate::scales::Scale;
use legit_health::SeverityScore;
use legit_health::report::Detection;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// `image` is the name of the image, if there is one.
pub(crate) fn severity<S>(score: &SeverityScore<S>, scale: &Scale, image: Option<&str>) -> String {
    let mut text = String::new();
    write(&mut text, score, scale, image).expect("writing to a string cannot fail");
    text
}

fn write<S>(text: &mut String, score: &SeverityScore<S>, scale: &Scale, image: Option<&str>) -> fmt::Result {
    if score.is_from_sandbox() {
        text.write_str(SANDBOX)?;
    }
    writeln!(text, "{} ({})", scale.title, scale.code)?;
    write_score(text, score.into())?;
    if !score.items.is_empty() {
        writeln!(text, "\nItems")?;
        item::write_items(text, &score.items, scale)?;
    }
    write_detections(text, &score.detections)?;
    if let Some(name) = image {
        writeln!(text, "\nImage\n     {}", shortened(&plain(name), 70))?;
        match &score.validity {
            Some(validity) => write_validity(text, validity)?,
            None => text.write_str("     the device does not say whether it can be used")?,
        }
        text.write_str("\n")?;
    }
    writeln!(text, "\n{CLOSING}")
}

/// Counted by their names.
fn write_detections(text: &mut String, detections: &[Detection]) -> fmt::Result {
    if detections.is_empty() {
        return Ok(());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for detection in detections {
        *counts.entry(detection.code.label()).or_default() += 1;
    }
    writeln!(text, "\nFound in the image")?;
    counts
        .into_iter()
        .try_for_each(|(name, count)| writeln!(text, "  {:<40} {count:>8}", shortened(&plain(name), 40)))
}
