//! Reading `x-scale` of the schemas.

use serde_json::{Map, Value};

use super::{Result, Unreadable, text};
use crate::contract::scale::{Mode, Scale};

pub(super) fn read(schemas: &Map<String, Value>) -> Result<Vec<Scale>> {
    let defining = schemas.iter().filter(|(_, schema)| schema.get("x-scale").is_some());
    defining.map(|(name, schema)| scale(name, schema)).collect()
}

fn scale(name: &str, schema: &Value) -> Result<Scale> {
    let scale = &schema["x-scale"];
    let conditions = list(&scale["conditions"]).iter().map(|condition| text(&condition["code"], name));
    let refused = list(&scale["sites"]["refused"]).iter().map(|site| text(site, name));
    let answered = &schema["properties"]["questionnaireResponse"]["properties"]["item"]["properties"];
    Ok(Scale {
        code: text(&scale["code"], name)?.to_owned(),
        title: text(&schema["title"], name)?.to_owned(),
        modes: list(&scale["modes"]).iter().map(|mode| read_mode(mode, name)).collect::<Result<_>>()?,
        conditions: owned(conditions)?,
        refused_sites: owned(refused)?,
        answers: answered.as_object().into_iter().flat_map(Map::keys).cloned().collect(),
    })
}

fn read_mode(mode: &Value, place: &str) -> Result<Mode> {
    let name = text(mode, place)?;
    let known = Mode::ALL.into_iter().find(|mode| mode.name() == name);
    known.ok_or_else(|| Unreadable::at(place, "has a mode that the sandbox does not know"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn owned<'a>(texts: impl Iterator<Item = Result<&'a str>>) -> Result<Vec<String>> {
    texts.map(|text| text.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unknown_mode_is_refused_and_not_overlooked() {
        let schema = json!({"title": "T", "x-scale": {"code": "t", "modes": ["remote"], "conditions": []}});
        let message = scale("T", &schema).unwrap_err().0;
        assert_eq!(message, "T: has a mode that the sandbox does not know");
    }

    #[test]
    fn a_scale_without_answers_or_limits_has_none() {
        let schema = json!({"title": "T", "x-scale": {"code": "t", "modes": ["local"], "conditions": []}});
        let scale = scale("T", &schema).unwrap();
        assert!(scale.answers.is_empty() && scale.refused_sites.is_empty() && scale.conditions.is_empty());
        assert_eq!(scale.modes, [Mode::Local]);
    }
}
