//! Lists of the catalogue as text. They are long, so each entry has one line.

use super::{SANDBOX, shortened};
use crate::output::plain;
use legit_health::catalog::{BodySiteEntry, Names, QuestionnaireEntry};
use serde_json::{Map, Value};

pub(crate) fn sites(sites: &[BodySiteEntry]) -> String {
    let lines = sites.iter().map(|site| line(site.code.as_str(), 24, name(&site.name)));
    banner(sites.iter().map(|site| &site.unknown_fields)) + &lines.collect::<String>()
}

pub(crate) fn questionnaires(questionnaires: &[QuestionnaireEntry], icd11: &str) -> String {
    if questionnaires.is_empty() {
        return format!("The catalogue lists no scale for {}.\n", shortened(&plain(icd11), 30));
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
