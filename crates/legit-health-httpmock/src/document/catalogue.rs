//! The public lists.

use std::collections::BTreeMap;

use legit_health_api::catalog::types::{
    BodySiteEntries, BodySiteEntry, ClinicalSign, QuestionnaireEntries, QuestionnaireEntry,
};
use legit_health_api::codes::{BodySite, Mode};
use legit_health_api::scale::Scale;
use serde_json::Map;

/// Every body site that this version knows, each named after its code.
pub fn body_sites() -> BodySiteEntries {
    let entry = |code: &BodySite| BodySiteEntry {
        code: code.clone(),
        name: named(code.as_str()),
        unknown_fields: Map::new(),
    };
    BodySiteEntries(BodySite::KNOWN.iter().map(entry).collect())
}

/// One scoring system, as a list; extend one list with another for more.
pub fn questionnaires<S: Scale>(mode: Mode) -> QuestionnaireEntries {
    let place: String = match mode {
        Mode::Manual => "Manual".into(),
        Mode::Local => "Local".into(),
        Mode::Global => "Global".into(),
        _ => mode.as_str().into(),
    };
    QuestionnaireEntries(vec![QuestionnaireEntry {
        code: S::CODE.into(),
        identifier: format!("{}{place}", S::CODE),
        mode: Some(mode),
        title: Some(named(S::TITLE)),
        description: Some(named("Mock description")),
        path: None,
        unknown_fields: Map::new(),
    }])
}

/// Clinical signs of these codes, each named after its code.
pub fn clinical_signs<'a>(codes: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, ClinicalSign> {
    codes.into_iter().map(|code| (code.to_owned(), ClinicalSign { name: named(code) })).collect()
}

fn named(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("en_GB".to_owned(), text.to_owned())])
}
