//! Reading an OpenAPI document. A keyword that validation would ignore is an error, so that a rule added to the
//! contract cannot be overlooked.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Map, Value};

use super::schema::{Bounds, Member, Object, Schema, Shape, Text};
use super::{BodySpec, Contract, MediaType, Mode, OperationSpec, Scale};
use crate::operation::Operation;

type Result<T> = std::result::Result<T, UnsupportedContractError>;

/// Error for a document that requires something the sandbox cannot validate.
#[derive(Debug, PartialEq)]
pub(crate) struct UnsupportedContractError(String);

impl UnsupportedContractError {
    fn at(place: &str, what: &str) -> Self {
        Self(format!("{place}: {what}"))
    }
}

pub(super) fn read(document: &Value) -> Result<Contract> {
    let schemas = object(&document["components"]["schemas"], "components/schemas")?;
    let defining_scales = schemas.iter().filter(|(_, schema)| schema.get("x-scale").is_some());
    Ok(Contract {
        operations: operations(document)?,
        scales: defining_scales.map(|(name, schema)| scale(name, schema)).collect::<Result<_>>()?,
        schemas: schemas
            .iter()
            .map(|(name, value)| Ok((name.clone(), schema(value, name)?)))
            .collect::<Result<BTreeMap<_, _>>>()?,
    })
}

fn operations(document: &Value) -> Result<Vec<OperationSpec>> {
    let mut operations = Vec::new();
    for (path, methods) in object(&document["paths"], "paths")? {
        for (method, value) in object(methods, path)? {
            let id = text(&value["operationId"], path)?;
            // What the sandbox has no answer for is not served. A test compares the names with the documents.
            if id.parse::<Operation>().is_err() {
                continue;
            }
            let security = value.get("security").unwrap_or(&document["security"]);
            operations.push(OperationSpec {
                id: id.to_owned(),
                method: Method::from_bytes(method.to_ascii_uppercase().as_bytes())
                    .map_err(|_| UnsupportedContractError::at(path, "names no HTTP method"))?,
                path: path.clone(),
                needs_token: security.as_array().is_some_and(|schemes| !schemes.is_empty()),
                required_query: required_query(value, id)?,
                body: value.get("requestBody").map(|body| body_spec(body, id)).transpose()?,
            });
        }
    }
    Ok(operations)
}

fn required_query(operation: &Value, id: &str) -> Result<Vec<String>> {
    let mut required = Vec::new();
    for parameter in list(&operation["parameters"]) {
        if parameter["in"] != "query" || parameter["schema"]["type"] != "string" {
            return Err(UnsupportedContractError::at(id, "has a parameter other than a string in the query"));
        }
        if parameter["required"] == true {
            required.push(text(&parameter["name"], id)?.to_owned());
        }
    }
    Ok(required)
}

fn body_spec(body: &Value, id: &str) -> Result<BodySpec> {
    if body["required"] != true {
        return Err(UnsupportedContractError::at(id, "has an optional body"));
    }
    let content = object(&body["content"], id)?.iter().next();
    let (media, content) = match content.map(|(media, content)| (media.as_str(), content)) {
        Some(("application/json", content)) => (MediaType::Json, content),
        Some(("application/x-www-form-urlencoded", content)) => (MediaType::Form, content),
        _ => return Err(UnsupportedContractError::at(id, "has a body of an unknown media type")),
    };
    Ok(BodySpec { media, schema: referenced_name(&content["schema"]["$ref"], id)? })
}

fn scale(name: &str, schema: &Value) -> Result<Scale> {
    let scale = &schema["x-scale"];
    let mode = |mode: &Value| {
        let mode = text(mode, name)?;
        let known = Mode::ALL.into_iter().find(|known| known.name() == mode);
        known.ok_or_else(|| UnsupportedContractError::at(name, "has a mode that the sandbox does not know"))
    };
    let texts = |texts: &[Value], member: fn(&Value) -> &Value| -> Result<Vec<String>> {
        texts.iter().map(|value| Ok(text(member(value), name)?.to_owned())).collect()
    };
    let answered = &schema["properties"]["questionnaireResponse"]["properties"]["item"]["properties"];
    Ok(Scale {
        code: text(&scale["code"], name)?.to_owned(),
        title: text(&schema["title"], name)?.to_owned(),
        modes: list(&scale["modes"]).iter().map(mode).collect::<Result<_>>()?,
        conditions: texts(list(&scale["conditions"]), |condition| &condition["code"])?,
        refused_sites: texts(list(&scale["sites"]["refused"]), |site| site)?,
        answers: answered.as_object().into_iter().flat_map(Map::keys).cloned().collect(),
    })
}

fn schema(value: &Value, place: &str) -> Result<Schema> {
    let keywords = object(value, place)?;
    let nullable = keywords.get("nullable") == Some(&Value::Bool(true));
    Ok(Schema { nullable, shape: shape(keywords, place)? })
}

fn shape(keywords: &Map<String, Value>, place: &str) -> Result<Shape> {
    let (shape, supported): (Shape, &[&str]) = if let Some(reference) = keywords.get("$ref") {
        (Shape::Reference(referenced_name(reference, place)?), &["$ref"])
    } else if let Some(parts) = keywords.get("allOf") {
        // A type beside it is that of the schema it refers to: linters want one beside `nullable`.
        (only_reference(parts, place)?, &["allOf", "type"])
    } else if let Some(arms) = keywords.get("oneOf") {
        let arms = list(arms).iter().map(|arm| schema(arm, place)).collect::<Result<_>>()?;
        (Shape::OneOf(arms), &["oneOf"])
    } else {
        match keywords.get("type").map(|kind| text(kind, place)).transpose()? {
            None => (Shape::Anything, &[]),
            Some("object") => (
                Shape::Object(object_rule(keywords, place)?),
                &["type", "properties", "required", "additionalProperties", "minProperties"],
            ),
            Some("array") => (list_rule(keywords, place)?, &["type", "items", "minItems", "maxItems"]),
            Some("string") => {
                (Shape::Text(text_rule(keywords, place)?), &["type", "format", "enum", "pattern"])
            }
            Some("integer") => (Shape::Integer(bounds(keywords)), &["type", "minimum", "maximum"]),
            Some("number") => (Shape::Number(bounds(keywords)), &["type", "minimum", "maximum"]),
            Some("boolean") => (Shape::Boolean, &["type"]),
            Some(_) => return Err(UnsupportedContractError::at(place, "has an unknown type")),
        }
    };
    refuse_unsupported(keywords, supported, place)?;
    Ok(shape)
}

fn refuse_unsupported(keywords: &Map<String, Value>, supported: &[&str], place: &str) -> Result<()> {
    /// Keywords that describe without restricting, like `x-…`.
    const DESCRIBING: [&str; 4] = ["title", "description", "example", "nullable"];
    let unsupported = keywords.keys().map(String::as_str).find(|keyword| {
        !supported.contains(keyword) && !DESCRIBING.contains(keyword) && !keyword.starts_with("x-")
    });
    match unsupported {
        Some(keyword) => {
            let what = format!("`{keyword}` is not supported by the sandbox");
            Err(UnsupportedContractError::at(place, &what))
        }
        None => Ok(()),
    }
}

/// `nullable` with `allOf: [one $ref]` is how the contract writes "null or the reference".
fn only_reference(parts: &Value, place: &str) -> Result<Shape> {
    match list(parts) {
        [only] => Ok(Shape::Reference(referenced_name(&only["$ref"], place)?)),
        _ => Err(UnsupportedContractError::at(place, "has an `allOf` of more than one reference")),
    }
}

fn object_rule(keywords: &Map<String, Value>, place: &str) -> Result<Object> {
    let required = keywords.get("required").map(list).unwrap_or_default();
    let required: Vec<&str> = required.iter().filter_map(Value::as_str).collect();
    let mut members = Vec::new();
    if let Some(properties) = keywords.get("properties") {
        for (name, value) in object(properties, place)? {
            members.push(Member {
                name: name.clone(),
                required: required.contains(&name.as_str()),
                schema: schema(value, &format!("{place}/{name}"))?,
            });
        }
    }
    if let Some(stray) = required.iter().find(|name| members.iter().all(|member| member.name != **name)) {
        let what = format!("`{stray}` is required but not described");
        return Err(UnsupportedContractError::at(place, &what));
    }
    Ok(Object {
        members,
        rest: rest_rule(keywords.get("additionalProperties"), place)?,
        key: keywords.get("x-key").map(|key| referenced_name(&key["$ref"], place)).transpose()?,
        min_members: length(keywords, "minProperties").unwrap_or(0),
    })
}

fn rest_rule(rule: Option<&Value>, place: &str) -> Result<Option<Box<Schema>>> {
    match rule {
        None => Ok(None),
        Some(Value::Bool(true)) => Ok(Some(Box::new(Schema { nullable: true, shape: Shape::Anything }))),
        Some(Value::Bool(false)) => Err(UnsupportedContractError::at(place, "forbids further members")),
        Some(rule) => Ok(Some(Box::new(schema(rule, &format!("{place}/*"))?))),
    }
}

fn list_rule(keywords: &Map<String, Value>, place: &str) -> Result<Shape> {
    let items = keywords
        .get("items")
        .ok_or_else(|| UnsupportedContractError::at(place, "does not say what it lists"))?;
    Ok(Shape::List {
        items: Box::new(schema(items, &format!("{place}/[]"))?),
        min: length(keywords, "minItems").unwrap_or(0),
        max: length(keywords, "maxItems"),
    })
}

fn text_rule(keywords: &Map<String, Value>, place: &str) -> Result<Text> {
    if let Some(values) = keywords.get("enum") {
        let values = list(values).iter().map(|value| Ok(text(value, place)?.to_owned()));
        return values.collect::<Result<_>>().map(Text::OneOf);
    }
    match (keywords.get("format").and_then(Value::as_str), keywords.get("pattern").and_then(Value::as_str)) {
        (None | Some("password"), None) => Ok(Text::Free),
        (Some("byte"), None) => Ok(Text::Base64),
        (None, Some("^[0-9]+$")) => Ok(Text::Digits),
        _ => {
            let what = "has a format or pattern that the sandbox does not know";
            Err(UnsupportedContractError::at(place, what))
        }
    }
}

fn bounds(keywords: &Map<String, Value>) -> Bounds {
    let bound = |keyword| keywords.get(keyword).and_then(Value::as_f64);
    Bounds { min: bound("minimum"), max: bound("maximum") }
}

fn length(keywords: &Map<String, Value>, keyword: &str) -> Option<usize> {
    keywords.get(keyword)?.as_u64()?.try_into().ok()
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| UnsupportedContractError::at(place, "must be an object"))
}

fn text<'a>(value: &'a Value, place: &str) -> Result<&'a str> {
    value.as_str().ok_or_else(|| UnsupportedContractError::at(place, "must be a string"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Returns the name in `#/components/schemas/<name>`.
fn referenced_name(reference: &Value, place: &str) -> Result<String> {
    let name = text(reference, place)?.strip_prefix("#/components/schemas/");
    let name = name.map(str::to_owned);
    name.ok_or_else(|| UnsupportedContractError::at(place, "refers to something other than a schema"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unknown_mode_is_rejected() {
        let schema = json!({"title": "T", "x-scale": {"code": "t", "modes": ["remote"], "conditions": []}});
        let message = scale("T", &schema).unwrap_err().0;
        assert_eq!(message, "T: has a mode that the sandbox does not know");
    }

    #[test]
    fn a_scale_may_have_no_answers_and_no_refused_sites() {
        let schema = json!({"title": "T", "x-scale": {"code": "t", "modes": ["local"], "conditions": []}});
        let scale = scale("T", &schema).unwrap();
        assert!(scale.answers.is_empty() && scale.refused_sites.is_empty() && scale.conditions.is_empty());
        assert_eq!(scale.modes, [Mode::Local]);
    }

    fn error(value: Value) -> String {
        schema(&value, "Here").unwrap_err().0
    }

    #[test]
    fn an_unsupported_keyword_is_rejected() {
        assert_eq!(
            error(json!({"type": "string", "maxLength": 3})),
            "Here: `maxLength` is not supported by the sandbox"
        );
        assert!(error(json!({"type": "integer", "exclusiveMinimum": true})).contains("exclusiveMinimum"));
        assert!(error(json!({"type": "string", "format": "uuid"})).contains("format"));
        assert!(error(json!({"allOf": [{"$ref": "#/components/schemas/A"}, {}]})).contains("allOf"));
    }

    #[test]
    fn a_required_member_must_be_described() {
        let error = error(json!({"type": "object", "required": ["a"], "properties": {}}));
        assert_eq!(error, "Here: `a` is required but not described");
    }

    #[test]
    fn extensions_and_descriptions_are_accepted() {
        let read = schema(
            &json!({"type": "string", "title": "T", "x-evidence": {}, "x-extensible-enum": ["a"]}),
            "Here",
        );
        assert!(matches!(read, Ok(Schema { shape: Shape::Text(Text::Free), nullable: false })));
    }
}
