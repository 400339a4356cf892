//! JSON Schemas of the hand-written types, for the feature `schemars`; those of generated types are derived.
//!
//! They describe what is written and what the server may send. Other forms that are also read (a percentage as text) are
//! left out.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

use crate::device::types::ValidationError;
use crate::scalar::{
    AnswerValue, Bounded, Echo, ErrorDetail, ImageData, IssueTime, LocationPart, Minutes, Percent, Secret,
    Username,
};
use crate::scale::{Answer, AnswerKind, AnyScale, Item, Scale};

macro_rules! schema {
    ($($scalar:ident: $json:tt),* $(,)?) => {$(
        impl JsonSchema for $scalar {
            fn schema_name() -> Cow<'static, str> {
                stringify!($scalar).into()
            }

            fn schema_id() -> Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($scalar)).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($json)
            }
        }
    )*};
}

schema! {
    Secret: {"description": "Something that must never be printed.", "type": "string", "format": "password"},
    Username: {"description": "The e-mail address of an account: personal data.", "type": "string"},
    ImageData: {"description": "The bytes of an image file.", "type": "string", "contentEncoding": "base64"},
    Minutes: {
        "description": "Whole minutes.",
        "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}],
    },
    IssueTime: {
        "description": "ISO 8601 with microseconds and usually without an offset, so not RFC 3339.",
        "type": "string",
    },
    AnswerValue: {
        "description": "A number, or whether something is present.",
        "anyOf": [{"type": "number"}, {"type": "boolean"}],
    },
    LocationPart: {
        "description": "One step on the way to a faulty field.",
        "anyOf": [{"type": "string"}, {"type": "integer"}],
    },
    Echo: {"description": "The offending value as the server read it."},
}

impl JsonSchema for ErrorDetail {
    fn schema_name() -> Cow<'static, str> {
        "ErrorDetail".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let faults = generator.subschema_for::<Vec<ValidationError>>();
        json_schema!({
            "description": "A list for a request that breaks the contract, else words or an object.",
            "anyOf": [faults, {"type": "string"}, {"type": "object", "additionalProperties": true}],
        })
    }
}

/// The schema of bounded answers, inlined without a name.
impl JsonSchema for Percent {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Percent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "minimum": 0, "maximum": 100})
    }
}

impl<const MIN: u8, const MAX: u8> JsonSchema for Bounded<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Answer{MIN}To{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
    }
}

/// The schema of a list of codes: the known ones, or any other, since lists grow.
pub fn list(json_type: &str, known: impl IntoIterator<Item = Value>, about: &str) -> Schema {
    let known: Vec<Value> = known.into_iter().collect();
    json_schema!({
        "description": about,
        "anyOf": [{"type": json_type, "enum": known}, {"type": json_type}],
    })
}

/// The schema of a sheet. `required` lists the items in the order of the instrument, since members of an object have none.
pub fn sheet<S: Scale>() -> Schema {
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
        AnswerKind::YesNo => json!({"title": label, "type": "integer", "minimum": 0, "maximum": 1}),
        AnswerKind::Count => json!({"title": label, "type": "integer", "minimum": 0}),
        AnswerKind::Percent => json!({"title": label, "type": "number", "minimum": 0, "maximum": 100}),
        AnswerKind::Whole { min, max } => {
            json!({"title": label, "type": "integer", "minimum": min, "maximum": max})
        }
    }
}

/// The schema of a set: one sheet for each of these codes, or any other sheet for another.
pub fn sheet_set(generator: &mut SchemaGenerator, sheets: Vec<(&str, Schema)>) -> Schema {
    let sheets: Map<String, Value> =
        sheets.into_iter().map(|(code, schema)| (code.to_owned(), schema.to_value())).collect();
    json_schema!({
        "type": "object",
        "minProperties": 1,
        "properties": sheets,
        "additionalProperties": generator.subschema_for::<AnySheet>(),
    })
}

/// A sheet of any scale in the form of a request.
struct AnySheet;

impl JsonSchema for AnySheet {
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

impl JsonSchema for AnyScale {
    fn schema_name() -> Cow<'static, str> {
        "StoredAnyScale".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let answer = generator.subschema_for::<Answer>();
        json_schema!({
            "description": "The code and the answers of any scale.",
            "type": "object",
            "required": ["code", "answers"],
            "properties": {
                "code": generator.subschema_for::<crate::codes::ScoringSystemCode>(),
                "answers": {"type": "object", "additionalProperties": answer},
            },
        })
    }
}
