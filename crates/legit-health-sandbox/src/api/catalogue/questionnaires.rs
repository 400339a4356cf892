//! `GET /questionnaires?pathology=EA90`: the scales that the contract names for a condition.

use serde_json::{Value, json};

use crate::api::mark::{Evidence, marked};
use crate::contract::{Contract, Mode, Scale};

/// One entry for each mode of each scale. A condition that no scale is made for has an empty list.
///
/// `code`, where it is given, keeps one scale; that it does so only beside `pathology` is inferred.
pub(in crate::api) fn answer(contract: &Contract, query: &[(String, String)]) -> Value {
    let given = |name: &str| query.iter().find(|(given, _)| given == name).map(|(_, value)| value);
    let pathology = given("pathology");
    let scales = contract.scales.iter().filter(|scale| {
        scale.conditions.iter().any(|condition| Some(condition) == pathology)
            && given("code").is_none_or(|code| *code == scale.code)
    });
    scales.flat_map(|scale| scale.modes.iter().map(|mode| entry(scale, *mode))).collect()
}

fn entry(scale: &Scale, mode: Mode) -> Value {
    let entry = json!({
        "identifier": identifier(&scale.code, mode),
        "code": scale.code,
        "mode": mode.name(),
        "path": path(mode),
        "title": {"en_GB": scale.title},
        "description": {"en_GB": description(mode)},
    });
    let (inferred, placeholder) = ([Evidence::Inferred].as_slice(), [Evidence::Placeholder].as_slice());
    marked(
        entry,
        &[],
        &[("identifier", inferred), ("path", inferred), ("title", placeholder), ("description", placeholder)],
    )
}

/// `apasiLocal`, `avasiGlobal`, `pure4`.
fn identifier(code: &str, mode: Mode) -> String {
    match mode {
        Mode::Manual => code.to_owned(),
        Mode::Local => format!("{code}Local"),
        Mode::Global => format!("{code}Global"),
    }
}

/// As the documentation shows it: other paths than those of the device, and not to be called.
fn path(mode: Mode) -> &'static str {
    match mode {
        Mode::Manual => "/severity-assessment/text-based",
        Mode::Local => "/severity-assessment/image-based/local",
        Mode::Global => "/severity-assessment/image-based/global",
    }
}

fn description(mode: Mode) -> &'static str {
    match mode {
        Mode::Manual => "Scored from answers alone",
        Mode::Local => "Scored from one image of one body site",
        Mode::Global => "Scored from a set of views of the whole body",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::device;

    fn identifiers(query: &[(&str, &str)]) -> Vec<String> {
        let query: Vec<_> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let entries = answer(device(), &query);
        let identifier = |entry: &Value| entry["identifier"].as_str().unwrap_or_default().to_owned();
        entries.as_array().into_iter().flatten().map(identifier).collect()
    }

    #[test]
    fn a_condition_lists_its_scales_in_every_mode() {
        assert_eq!(identifiers(&[("pathology", "EA90")]), ["pure4", "apasiLocal"]);
        assert_eq!(identifiers(&[("pathology", "ED63.0")]), ["avasiLocal", "avasiGlobal"]);
        assert_eq!(identifiers(&[("pathology", "EA89")]), ["aeasiLocal", "ascoradLocal", "nsilLocal"]);
    }

    #[test]
    fn an_unknown_condition_lists_nothing_and_a_code_keeps_one() {
        assert!(identifiers(&[("pathology", "EA9")]).is_empty());
        assert_eq!(identifiers(&[("pathology", "EA89"), ("code", "nsil")]), ["nsilLocal"]);
    }
}
