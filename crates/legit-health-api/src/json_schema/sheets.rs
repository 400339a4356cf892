//! JSON Schema of answer sheets: what a form has to ask, with bounds, in the order of the instrument.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

use crate::scale::{Answer, AnyScale, Item, Kind, Scale};

/// The schema of a sheet. `required` names the items in the order of the instrument, which members of an object have not.
pub fn of<S: Scale>() -> Schema {
    if S::ITEMS.is_empty() {
        return json_schema!({"title": S::TITLE, "type": "object"});
    }
    let codes: Vec<&str> = S::ITEMS.iter().map(|item| item.code).collect();
    let items: Map<String, Value> =
        S::ITEMS.iter().map(|item| (item.code.to_owned(), question(item))).collect();
    let answers = json!({
        "type": "object",
        "required": codes,
        "properties": items,
        "additionalProperties": false,
    });
    json_schema!({
        "title": S::TITLE,
        "type": "object",
        "required": ["questionnaireResponse"],
        "properties": {
            "questionnaireResponse": {"type": "object", "required": ["item"], "properties": {"item": answers}},
        },
    })
}

fn question(Item { label, kind, .. }: &Item) -> Value {
    match kind {
        Kind::YesNo => json!({"title": label, "type": "integer", "minimum": 0, "maximum": 1}),
        Kind::Count => json!({"title": label, "type": "integer", "minimum": 0}),
        Kind::Percent => json!({"title": label, "type": "number", "minimum": 0, "maximum": 100}),
        Kind::Whole { min, max } => {
            json!({"title": label, "type": "integer", "minimum": min, "maximum": max})
        }
    }
}

/// The schema of a set: one sheet for each of these codes, or any other sheet for another.
pub fn set(generator: &mut SchemaGenerator, sheets: Vec<(&str, Schema)>) -> Schema {
    let sheets: Map<String, Value> =
        sheets.into_iter().map(|(code, schema)| (code.to_owned(), schema.to_value())).collect();
    json_schema!({
        "type": "object",
        "minProperties": 1,
        "properties": sheets,
        "additionalProperties": generator.subschema_for::<AnyScale>(),
    })
}

impl JsonSchema for AnyScale {
    fn schema_name() -> Cow<'static, str> {
        "AnyScale".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let answer = generator.subschema_for::<Answer>();
        let item = json!({"type": "object", "additionalProperties": answer});
        json_schema!({
            "description": "A scale that is not described here.",
            "type": "object",
            "properties": {
                "questionnaireResponse": {"type": "object", "required": ["item"], "properties": {"item": item}},
            },
        })
    }
}

impl JsonSchema for Answer {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Answer".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number"})
    }
}
