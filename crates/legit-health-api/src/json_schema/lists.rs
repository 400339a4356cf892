//! JSON Schema of a list of codes: the codes there are, or any other, since lists grow.

use schemars::{Schema, json_schema};
use serde_json::Value;

pub fn open(json_type: &str, known: impl IntoIterator<Item = Value>, about: &str) -> Schema {
    let known: Vec<Value> = known.into_iter().collect();
    json_schema!({
        "description": about,
        "anyOf": [{"type": json_type, "enum": known}, {"type": json_type}],
    })
}
