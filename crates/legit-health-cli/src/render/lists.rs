//! Lists and facts as text: the device's label, body sites, scales and what they ask.

use super::{SANDBOX, heading, shortened};
use crate::scales::scored_from;
use crate::terminal::plain;
use legit_health::catalog::{BodySiteEntry, Names, QuestionnaireEntry};
use legit_health::codes::Mode;
use legit_health::report::DeviceInformation;
use legit_health::scale::{AnswerKind, ScaleInfo};
use legit_health_sandbox::Scenario;
use serde_json::{Map, Value};
use std::fmt::{self, Write};

pub(crate) fn device_information(device: &DeviceInformation) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{label:<13} {}", plain(value));
    };
    line("name", &device.names.join(", "));
    line("version", &device.versions.join(", "));
    line("manufacturer", &device.manufacturer.name);
    if let Some(address) = &device.manufacturer.address {
        line("address", address);
    }
    if device.is_sandbox() {
        line("sandbox", "yes: this is not the device");
    }
    text
}

pub(crate) fn sites(sites: &[BodySiteEntry]) -> String {
    let lines = sites.iter().map(|site| line(site.code.as_str(), 24, name(&site.name)));
    banner(sites.iter().map(|site| &site.unknown_fields)) + &lines.collect::<String>()
}

pub(crate) fn questionnaires(questionnaires: &[QuestionnaireEntry], icd11: &str) -> String {
    if questionnaires.is_empty() {
        return format!("The catalog lists no scale for {}.\n", shortened(&plain(icd11), 30));
    }
    let lines = questionnaires.iter().map(|entry| {
        let mode = entry.mode.as_ref().map_or("(mode not given)", |mode| mode.as_str());
        let name = name(&entry.title);
        line(entry.code.as_str(), 10, &format!("{:<7} {name}", plain(mode)))
    });
    banner(questionnaires.iter().map(|entry| &entry.unknown_fields)) + &lines.collect::<String>()
}

fn line(code: &str, width: usize, rest: &str) -> String {
    let code = shortened(&plain(code), width);
    format!("{}\n", format!("{code:<width$}  {}", shortened(&plain(rest), 78 - width)).trim_end())
}

/// The English name, else the first one.
fn name(names: &Names) -> &str {
    names.get("en_GB").or_else(|| names.values().next()).map_or("", String::as_str)
}

fn banner<'a>(mut others: impl Iterator<Item = &'a Map<String, Value>>) -> String {
    if others.any(|other| other.contains_key("sandbox")) { SANDBOX.to_owned() } else { String::new() }
}

/// A line for each edge case, and for each course of one condition: they are the same for all that can be severe.
pub(crate) fn further_scenarios() -> String {
    let mut courses = Scenario::courses().peekable();
    let first = courses.peek().map(Scenario::condition);
    let courses = courses.filter(|course| Some(course.condition()) == first).map(|course| {
        let severities: Vec<String> = course.severities().iter().map(ToString::to_string).collect();
        line(&course.to_string(), 30, &severities.join(", "))
    });
    let edge_cases = Scenario::edge_cases()
        .map(|edge_case| line(&edge_case.to_string(), 30, edge_case.description().unwrap_or_default()));
    format!("{}\n{}", courses.collect::<String>(), edge_cases.collect::<String>())
}

/// A line for each condition, with its severities.
pub(crate) fn scenarios(scenarios: &[Scenario]) -> String {
    let mut text = String::new();
    let mut last = "";
    for scenario in scenarios {
        let (name, severity) = (scenario.condition(), format!("{:?}", scenario.severity()).to_lowercase());
        if name == last {
            text += &format!(", {severity}");
        } else {
            let separator = if last.is_empty() { "" } else { "\n" };
            text += &format!("{separator}{name:<30}  {severity}");
        }
        last = name;
    }
    text + "\n"
}

/// All of them, by the command that takes them.
pub(crate) fn scales(scales: &[ScaleInfo]) -> String {
    let mut text = String::new();
    for mode in Mode::KNOWN {
        let title = format!("severity {}: scored from {}", mode.as_str(), scored_from(mode));
        text += &format!("{}{}\n", if text.is_empty() { "" } else { "\n" }, heading(&title));
        for scale in scales.iter().filter(|scale| scale.modes.contains(mode)) {
            text += &format!("  {:<8}  {}\n", scale.code, scale.title);
        }
    }
    text + "\nWhat a scale asks: `legit-health scales SCALE`.\n"
}

pub(crate) fn scale(scale: &ScaleInfo) -> String {
    let mut text = String::new();
    write_scale(&mut text, scale).expect("writing to a string cannot fail");
    text
}

fn write_scale(text: &mut String, scale: &ScaleInfo) -> fmt::Result {
    writeln!(text, "{} ({})\n", heading(scale.title), scale.code)?;
    for mode in scale.modes {
        writeln!(text, "scored from   {} (severity {})", scored_from(mode), mode.as_str())?;
    }
    for condition in scale.conditions {
        writeln!(text, "tried with    {} {}", condition.icd11, condition.text)?;
    }
    for (label, sites) in [("accepted at", scale.accepted_sites), ("refused at", scale.refused_sites)] {
        if !sites.is_empty() {
            writeln!(text, "{label:<13} {} (seen; others are not known)", sites.join(", "))?;
        }
    }
    if scale.items.is_empty() {
        return writeln!(text, "asks          nothing");
    }

    writeln!(text, "\n{}", heading("Items"))?;
    let width = |of: fn(&legit_health::scale::Item) -> &str| {
        scale.items.iter().map(|item| of(item).chars().count()).max().unwrap_or_default()
    };
    let (codes, labels) = (width(|item| item.code), width(|item| item.label));
    for item in scale.items {
        writeln!(text, "  {:<codes$}  {:<labels$}  {}", item.code, item.label, bounds(item.kind))?;
    }
    Ok(())
}

fn bounds(kind: AnswerKind) -> String {
    match kind {
        AnswerKind::YesNo => "yes or no".to_owned(),
        AnswerKind::Count => "count".to_owned(),
        AnswerKind::Percent => "0 to 100 %".to_owned(),
        AnswerKind::Whole { min, max } => format!("{min} to {max}"),
        _ => "not known".to_owned(),
    }
}
