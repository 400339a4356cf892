//! A diagnosis support report as text: the indicators first, then the conditions, then the images.

use super::{Extent, SANDBOX, closing, heading, shortened, validity};
use crate::style::bar;
use crate::terminal::plain;
use legit_health::report::{Conclusion, ImageFindings};
use legit_health::triage::{Priority, Triage};
use legit_health::{DiagnosisSupport, Percent};
use std::fmt::{self, Write};

/// So many conditions are shown; the rest is counted.
const SHOWN: usize = 5;

/// `names` are those of the images, in the order in which they were sent. `triage` is there if thresholds were given.
pub(crate) fn diagnosis_support(
    report: &DiagnosisSupport,
    names: &[String],
    triage: Option<&Triage>,
    extent: Extent,
) -> String {
    let mut text = String::new();
    write(&mut text, report, names, triage, extent).expect("writing to a string cannot fail");
    text
}

fn write(
    text: &mut String,
    report: &DiagnosisSupport,
    names: &[String],
    triage: Option<&Triage>,
    extent: Extent,
) -> fmt::Result {
    if report.is_from_sandbox() && !extent.is_demonstration {
        text.write_str(SANDBOX)?;
    }
    let indicators = &report.indicators;
    writeln!(text, "{}", heading("Clinical indicators"))?;
    for (name, percent) in [
        ("a condition is present", indicators.has_condition),
        ("malignancy", indicators.malignancy),
        ("pigmented lesion", indicators.pigmented_lesion),
        ("urgent referral, within 48 hours", indicators.urgent_referral),
        ("high-priority referral, within 15 days", indicators.high_priority_referral),
    ] {
        write_bar(text, &format!("{:<38}", shortened(name, 38)), percent, extent)?;
    }
    if let Some(triage) = triage {
        writeln!(text, "  with your thresholds: {}", priority(triage.priority))?;
    }

    writeln!(text, "\n{}", heading("Ranked conditions"))?;
    let shown = if extent.is_whole { usize::MAX } else { SHOWN };
    let name_width = extent.width - 2 - 3 - 1 - CODE - 1 - 8 - 2 - cells(extent);
    for (place, conclusion) in report.conclusions.iter().take(shown).enumerate() {
        let name = format!("{}. {}", place + 1, condition(conclusion, name_width));
        write_bar(text, &name, conclusion.probability, extent)?;
    }
    match report.conclusions.len() {
        0 => writeln!(text, "  none")?,
        count if count > shown => writeln!(text, "     and {} more; `--verbose` shows them", count - shown)?,
        _ => {}
    }

    writeln!(text, "\n{}", heading("Images"))?;
    for (place, image) in report.images.iter().enumerate() {
        let name = names.get(place).map_or("", String::as_str);
        write_image(text, place + 1, &shortened(&plain(name), extent.width - 6), image, extent)?;
    }
    text.write_str(&closing(extent))
}

const CODE: usize = 8;

/// The length of a whole bar. In a narrow terminal, names need the columns.
fn cells(extent: Extent) -> usize {
    if extent.width < 72 { 8 } else { 18 }
}

fn write_bar(text: &mut String, name: &str, percent: Percent, extent: Extent) -> fmt::Result {
    // Where a name ends, whatever it is.
    let width = extent.width - 2 - 1 - 8 - 2 - cells(extent);
    writeln!(text, "  {name:<width$} {:>8}  {}", percent.to_string(), bar(percent.get(), cells(extent)))
}

fn condition(conclusion: &Conclusion, width: usize) -> String {
    let name = shortened(&plain(conclusion.condition.label()), width);
    let code = conclusion.condition.icd11().map(plain).unwrap_or_default();
    format!("{name:<width$} {}", shortened(&code, CODE))
}

/// In the words of the device's own time limits.
fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "urgent, within 48 hours",
        Priority::High => "high priority, within 15 days",
        Priority::BelowThresholds => "below all of them",
        _ => "undetermined, because no image is usable",
    }
}

fn write_image(
    text: &mut String,
    place: usize,
    name: &str,
    image: &ImageFindings,
    extent: Extent,
) -> fmt::Result {
    writeln!(text, "  {place}. {name}")?;
    let heat_maps = match image.conclusions.iter().filter(|conclusion| conclusion.heat_map.is_some()).count()
    {
        0 => String::new(),
        1 => ", 1 heat map".to_owned(),
        count => format!(", {count} heat maps"),
    };
    writeln!(text, "{}", validity(&image.validity, &heat_maps, extent))
}
