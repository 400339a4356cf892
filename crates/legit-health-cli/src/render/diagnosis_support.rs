//! A diagnosis support report as text.

use super::{CLOSING, SANDBOX, shortened, write_validity};
use crate::terminal::plain;
use legit_health::DiagnosisSupport;
use legit_health::report::{Conclusion, ImageFindings};
use std::fmt::{self, Write};

/// So many conditions are shown; the rest is counted.
const SHOWN: usize = 5;
const NAME_WIDTH: usize = 52;

/// `names` are those of the images, in the order in which they were sent.
pub(crate) fn diagnosis_support(report: &DiagnosisSupport, names: &[String]) -> String {
    let mut text = String::new();
    write(&mut text, report, names).expect("writing to a string cannot fail");
    text
}

fn write(text: &mut String, report: &DiagnosisSupport, names: &[String]) -> fmt::Result {
    if report.is_from_sandbox() {
        text.write_str(SANDBOX)?;
    }
    writeln!(text, "Ranked conditions")?;
    for (place, conclusion) in report.conclusions.iter().take(SHOWN).enumerate() {
        writeln!(text, "{}", condition(place + 1, conclusion))?;
    }
    match report.conclusions.len() {
        0 => writeln!(text, "  none")?,
        count if count > SHOWN => writeln!(text, "      and {} more", count - SHOWN)?,
        _ => {}
    }

    let indicators = &report.indicators;
    writeln!(text, "\nClinical indicators")?;
    for (name, percent) in [
        ("a condition is present", indicators.has_condition),
        ("pigmented lesion", indicators.pigmented_lesion),
        ("malignancy", indicators.malignancy),
        ("urgent referral, within 48 hours", indicators.urgent_referral),
        ("high-priority referral, within 15 days", indicators.high_priority_referral),
    ] {
        writeln!(text, "  {name:<40} {:>8}", percent.to_string())?;
    }

    writeln!(text, "\nImages")?;
    for (place, image) in report.images.iter().enumerate() {
        let name = names.get(place).map_or("", String::as_str);
        write_image(text, place + 1, &shortened(&plain(name), NAME_WIDTH), image)?;
    }
    writeln!(text, "\n{CLOSING}")
}

fn condition(place: usize, conclusion: &Conclusion) -> String {
    let name = shortened(&plain(conclusion.condition.label()), NAME_WIDTH);
    let code = conclusion.condition.icd11().map(plain).unwrap_or_default();
    format!(
        "  {place}. {:>8}  {name:<NAME_WIDTH$} {}",
        conclusion.probability.to_string(),
        shortened(&code, 10)
    )
    .trim_end()
    .to_owned()
}

fn write_image(text: &mut String, place: usize, name: &str, image: &ImageFindings) -> fmt::Result {
    writeln!(text, "  {place}. {name}")?;
    write_validity(text, &image.validity)?;
    let heat_maps = image.conclusions.iter().filter(|conclusion| conclusion.heat_map.is_some()).count();
    writeln!(text, "; heat maps for {heat_maps} conditions")
}
