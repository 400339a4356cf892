//! Reading one schema, with every keyword accounted for.

use serde_json::{Map, Value};

use super::{Result, Unreadable, object, referenced_name, text};
use crate::contract::schema::{Bounds, Member, Object, Schema, Shape, Text};

/// Keywords that describe without restricting. `x-…` is let through beside them.
const DESCRIBING: [&str; 4] = ["title", "description", "example", "nullable"];

pub(super) fn schema(value: &Value, place: &str) -> Result<Schema> {
    let keywords = object(value, place)?;
    let nullable = keywords.get("nullable") == Some(&Value::Bool(true));
    Ok(Schema { nullable, shape: shape(keywords, place)? })
}

fn shape(keywords: &Map<String, Value>, place: &str) -> Result<Shape> {
    let (shape, heeded): (Shape, &[&str]) = if let Some(reference) = keywords.get("$ref") {
        (Shape::Reference(referenced_name(reference, place)?), &["$ref"])
    } else if let Some(parts) = keywords.get("allOf") {
        (only_reference(parts, place)?, &["allOf"])
    } else if let Some(arms) = keywords.get("oneOf") {
        (Shape::OneOf(schemas(arms, place)?), &["oneOf"])
    } else {
        match keywords.get("type").map(|kind| text(kind, place)).transpose()? {
            None => (Shape::Anything, &[]),
            Some("object") => (
                Shape::Object(read_object(keywords, place)?),
                &["type", "properties", "required", "additionalProperties", "minProperties"],
            ),
            Some("array") => (list(keywords, place)?, &["type", "items", "minItems", "maxItems"]),
            Some("string") => {
                (Shape::Text(text_rule(keywords, place)?), &["type", "format", "enum", "pattern"])
            }
            Some("integer") => (Shape::Integer(bounds(keywords)), &["type", "minimum", "maximum"]),
            Some("number") => (Shape::Number(bounds(keywords)), &["type", "minimum", "maximum"]),
            Some("boolean") => (Shape::Boolean, &["type"]),
            Some(_) => return Err(Unreadable::at(place, "has an unknown type")),
        }
    };
    refuse_unheeded(keywords, heeded, place)?;
    Ok(shape)
}

fn refuse_unheeded(keywords: &Map<String, Value>, heeded: &[&str], place: &str) -> Result<()> {
    let unheeded = keywords.keys().map(String::as_str).find(|keyword| {
        !heeded.contains(keyword) && !DESCRIBING.contains(keyword) && !keyword.starts_with("x-")
    });
    match unheeded {
        Some(keyword) => Err(Unreadable::at(place, &format!("`{keyword}` is not understood by the sandbox"))),
        None => Ok(()),
    }
}

/// `nullable` + `allOf: [one $ref]` is the contract's "null or the reference".
fn only_reference(parts: &Value, place: &str) -> Result<Shape> {
    match parts.as_array().map(Vec::as_slice) {
        Some([only]) => Ok(Shape::Reference(referenced_name(&only["$ref"], place)?)),
        _ => Err(Unreadable::at(place, "has an `allOf` of more than one reference")),
    }
}

fn read_object(keywords: &Map<String, Value>, place: &str) -> Result<Object> {
    let required: Vec<&str> = match keywords.get("required") {
        Some(names) => names.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let mut members = Vec::new();
    if let Some(properties) = keywords.get("properties") {
        for (name, value) in object(properties, place)? {
            let required = required.contains(&name.as_str());
            members.push(Member {
                name: name.clone(),
                required,
                schema: schema(value, &format!("{place}/{name}"))?,
            });
        }
    }
    if let Some(stray) = required.iter().find(|name| members.iter().all(|member| member.name != **name)) {
        return Err(Unreadable::at(place, &format!("`{stray}` is required but not described")));
    }
    Ok(Object {
        members,
        rest: rest(keywords.get("additionalProperties"), place)?,
        key: keywords.get("x-key").map(|key| referenced_name(&key["$ref"], place)).transpose()?,
        min_members: length(keywords, "minProperties").unwrap_or(0),
    })
}

fn rest(rule: Option<&Value>, place: &str) -> Result<Option<Box<Schema>>> {
    match rule {
        None => Ok(None),
        Some(Value::Bool(true)) => Ok(Some(Box::new(Schema { nullable: true, shape: Shape::Anything }))),
        Some(Value::Bool(false)) => Err(Unreadable::at(place, "forbids further members")),
        Some(rule) => Ok(Some(Box::new(schema(rule, &format!("{place}/*"))?))),
    }
}

fn list(keywords: &Map<String, Value>, place: &str) -> Result<Shape> {
    let items = keywords.get("items").ok_or_else(|| Unreadable::at(place, "does not say what it lists"))?;
    Ok(Shape::List {
        items: Box::new(schema(items, &format!("{place}/[]"))?),
        min: length(keywords, "minItems").unwrap_or(0),
        max: length(keywords, "maxItems"),
    })
}

fn text_rule(keywords: &Map<String, Value>, place: &str) -> Result<Text> {
    if let Some(choices) = keywords.get("enum") {
        let choices = choices.as_array().into_iter().flatten();
        return choices
            .map(|choice| Ok(text(choice, place)?.to_owned()))
            .collect::<Result<_>>()
            .map(Text::OneOf);
    }
    match (keywords.get("format").and_then(Value::as_str), keywords.get("pattern").and_then(Value::as_str)) {
        (None | Some("password"), None) => Ok(Text::Free),
        (Some("byte"), None) => Ok(Text::Base64),
        (None, Some("^[0-9]+$")) => Ok(Text::Digits),
        _ => Err(Unreadable::at(place, "has a format or pattern that the sandbox does not know")),
    }
}

fn bounds(keywords: &Map<String, Value>) -> Bounds {
    let bound = |keyword| keywords.get(keyword).and_then(Value::as_f64);
    Bounds { min: bound("minimum"), max: bound("maximum") }
}

fn length(keywords: &Map<String, Value>, keyword: &str) -> Option<usize> {
    keywords.get(keyword)?.as_u64()?.try_into().ok()
}

fn schemas(arms: &Value, place: &str) -> Result<Vec<Schema>> {
    arms.as_array().into_iter().flatten().map(|arm| schema(arm, place)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(value: Value) -> String {
        schema(&value, "Here").unwrap_err().0
    }

    #[test]
    fn a_keyword_that_would_not_be_heeded_is_refused() {
        assert_eq!(
            refusal(json!({"type": "string", "maxLength": 3})),
            "Here: `maxLength` is not understood by the sandbox"
        );
        assert!(refusal(json!({"type": "integer", "exclusiveMinimum": true})).contains("exclusiveMinimum"));
        assert!(refusal(json!({"type": "string", "format": "uuid"})).contains("format"));
        assert!(refusal(json!({"allOf": [{"$ref": "#/components/schemas/A"}, {}]})).contains("allOf"));
    }

    #[test]
    fn a_required_member_must_be_described() {
        let text = refusal(json!({"type": "object", "required": ["a"], "properties": {}}));
        assert_eq!(text, "Here: `a` is required but not described");
    }

    #[test]
    fn extensions_and_words_are_let_through() {
        let read = schema(
            &json!({"type": "string", "title": "T", "x-evidence": {}, "x-extensible-enum": ["a"]}),
            "Here",
        );
        assert!(matches!(read, Ok(Schema { shape: Shape::Text(Text::Free), nullable: false })));
    }
}
