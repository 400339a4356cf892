//! JSON Schema of what is written by hand; that of generated types is derived. Part of the feature `schemars`.
//!
//! The schemas say what is written, and what the server may send; where the server is read more leniently than it
//! promises to write (a percentage as text), they do not say so.

pub mod lists;
pub mod sheets;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

use crate::device::types::Fault;
use crate::scalar::{
    AnswerValue, Bounded, Echo, ErrorDetail, ImageData, IssueTime, LocationPart, Minutes, Percent, Secret,
    Username,
};

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
        let faults = generator.subschema_for::<Vec<Fault>>();
        json_schema!({
            "description": "A list for a request that breaks the contract, else words or an object.",
            "anyOf": [faults, {"type": "string"}, {"type": "object", "additionalProperties": true}],
        })
    }
}

/// It has no name, as bounded answers have none: the bounds are all there is to it.
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
