//! `Row`: a case as a line of JSON or a row of a table has it.

use super::GivenCase;
use crate::call::{Call, LocalSeverity};
use legit_health::BodySite;
use legit_health::scale::AnyScale;
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;

/// The members of a case. Any other one is a mistake: it could be a misspelt one.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Row {
    #[serde(default)]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) images: Vec<PathBuf>,
    /// `diagnosisSupport` or `severityLocal`.
    #[serde(default)]
    pub(super) call: Option<String>,
    #[serde(default)]
    pub(super) scale: Option<String>,
    #[serde(default)]
    pub(super) body_site: Option<String>,
    #[serde(default)]
    pub(super) condition: Option<String>,
    #[serde(default)]
    pub(super) answers: Option<Value>,
}

impl Row {
    pub(super) fn into_case(mut self, place: String, usual: &Call) -> GivenCase {
        let reference = self.reference.take().filter(|reference| !reference.is_empty());
        let images = std::mem::take(&mut self.images);
        let call = self.call(usual);
        let (call, refusal) = match call {
            Ok(call) => (call, None),
            Err(sentence) => (usual.clone(), Some(sentence)),
        };
        GivenCase { place, reference, images, call, refusal }
    }

    fn call(self, usual: &Call) -> Result<Call, String> {
        let has_parameters = self.scale.is_some()
            || self.body_site.is_some()
            || self.condition.is_some()
            || self.answers.is_some();
        match (self.call.as_deref(), has_parameters) {
            (None, false) => Ok(usual.clone()),
            (Some("diagnosisSupport"), false) => Ok(Call::DiagnosisSupport),
            (Some("diagnosisSupport"), true) => {
                Err("`diagnosisSupport` takes no scale, body site, condition or answers: leave them out"
                    .to_owned())
            }
            (None | Some("severityLocal"), _) => self.severity(),
            (Some(_), _) => Err("`call` is neither `diagnosisSupport` nor `severityLocal`".to_owned()),
        }
    }

    fn severity(self) -> Result<Call, String> {
        let missing = |name: &str| {
            format!("`{name}` is missing: a severity call needs `scale`, `bodySite` and `condition`")
        };
        let scale = self.scale.ok_or_else(|| missing("scale"))?;
        let site = self.body_site.ok_or_else(|| missing("bodySite"))?;
        let condition = self.condition.ok_or_else(|| missing("condition"))?;
        let site = BodySite::known(&site).map_err(|error| format!("`bodySite`: {error}"))?;
        if legit_health::scale::find(&scale).is_none() {
            return Err("`scale` is not the code of a scale".to_owned());
        }
        let answers = self.answers.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let sheet =
            AnyScale::from_json(scale.as_str(), &answers).map_err(|error| format!("`answers`: {error}"))?;
        LocalSeverity::new(sheet, site, condition).map(Call::SeverityLocal).map_err(|error| error.to_string())
    }
}

/// Reads answers as a table has them: `surface=2 erythema=3`, or a JSON object.
pub(super) fn answers_of_a_cell(cell: &str) -> Result<Value, String> {
    if cell.trim_start().starts_with('{') {
        return serde_json::from_str(cell).map_err(|_| "`answers` is not a JSON object".to_owned());
    }
    let mut answers = serde_json::Map::new();
    for pair in cell.split_whitespace() {
        let (item, answer) = pair
            .split_once('=')
            .ok_or("`answers` is not written as ITEM=VALUE pairs, such as `surface=2 erythema=3`")?;
        // Text that holds a number is an answer, too.
        if answers.insert(item.to_owned(), Value::String(answer.to_owned())).is_some() {
            return Err("`answers` has an item twice: keep one".to_owned());
        }
    }
    Ok(Value::Object(answers))
}
