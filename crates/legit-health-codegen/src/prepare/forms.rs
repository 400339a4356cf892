//! What a schema says in one of several ways: its type, its nulls, and its list of codes.

use crate::spec::{Map, Node};

pub(super) fn implied_type(schema: &Node) -> Option<&'static str> {
    [("properties", "object"), ("additionalProperties", "object"), ("items", "array")]
        .into_iter()
        .find_map(|(key, kind)| schema.has(key).then_some(kind))
}

/// A list of codes, if all values are text or all are whole numbers.
pub(super) fn list_of_codes(schema: &Node) -> Option<Map> {
    let mut body = Map::new();
    let (key, values) = match (schema.get("const"), schema.has("x-extensible-enum"), schema.has("enum")) {
        (Some(value), ..) => ("enum", vec![value.clone()]),
        (None, true, _) => ("x-extensible-enum", schema.list("x-extensible-enum").to_vec()),
        (None, false, true) => ("enum", schema.list("enum").to_vec()),
        _ => return None,
    };
    let mut distinct: Vec<Node> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    let kind = if distinct.iter().all(|value| value.as_text().is_some()) {
        "string"
    } else if distinct.iter().all(|value| value.as_whole().is_some()) {
        "integer"
    } else {
        return None;
    };
    if distinct.is_empty() || schema.text("type").is_some_and(|said| said != kind) {
        return None;
    }
    body.insert("type".into(), kind.into());
    if kind == "integer" {
        let given = schema.list("x-enum-varnames");
        let named = |value: &Node| {
            Node::Text(format!("value {}", value.as_whole().unwrap_or_default()).replace('-', "minus "))
        };
        let names = if given.is_empty() { distinct.iter().map(named).collect() } else { given.to_vec() };
        body.insert("x-enum-varnames".into(), Node::List(names));
    }
    body.insert(key.into(), Node::List(distinct));
    // A secret with a list of values is refused later; any other format says nothing more than the values.
    if kind == "string" && schema.says("format", "password") {
        body.insert("format".into(), "password".into());
    }
    Some(body)
}

/// The schema without the null that it allows, in the ways of 3.0 and of 3.1, and whether it did.
pub(super) fn without_null(schema: &Node) -> (Node, bool) {
    let Node::Map(map) = schema else { return (Node::Map(Map::new()), false) };
    let mut map = map.clone();
    let mut nullable = matches!(map.shift_remove("nullable"), Some(Node::Bool(true)));
    let is_null = |node: &Node| node.says("type", "null") || matches!(node.get("const"), Some(Node::Null));
    match map.get_mut("type") {
        Some(Node::List(types)) => {
            let before = types.len();
            types.retain(|kind| kind.as_text() != Some("null"));
            nullable |= types.len() < before;
            match types.as_slice() {
                [only] => {
                    let only = only.clone();
                    map.insert("type".into(), only);
                }
                _ => drop(map.shift_remove("type")),
            }
        }
        Some(Node::Text(kind)) if kind == "null" => {
            nullable = true;
            map.shift_remove("type");
        }
        _ => {}
    }
    if let Some(Node::List(values)) = map.get_mut("enum")
        && values.len() > 1
    {
        let before = values.len();
        values.retain(|value| *value != Node::Null);
        nullable |= values.len() < before;
    }
    if let Some(Node::List(parts)) = map.get_mut("allOf") {
        parts.retain(says_something);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(Node::List(arms)) = map.get_mut(key) {
            let before = arms.len();
            arms.retain(|arm| !is_null(arm));
            nullable |= arms.len() < before;
            let alone = key != "allOf" || !map.contains_key("properties");
            let Some(Node::List(arms)) = map.get(key) else { continue };
            if let ([only], true) = (arms.as_slice(), alone) {
                let only = only.clone();
                map.shift_remove(key);
                let (inner, inner_nullable) = without_null(&only);
                nullable |= inner_nullable;
                let described = inner.has("description");
                for (key, node) in inner.entries().filter(|(key, _)| *key != "title") {
                    map.insert(key.to_owned(), node.clone());
                }
                if inner.has("$ref") && !described {
                    let text = map.shift_remove("description");
                    map.retain(|key, _| key == "$ref");
                    map.extend(text.map(|text| ("description".into(), text)));
                }
            }
        }
    }
    (Node::Map(map), nullable)
}

/// Whether a part of an `allOf` is more than words about the whole.
pub(crate) fn says_something(part: &Node) -> bool {
    part.entries().any(|(key, _)| {
        !["title", "description", "default", "example", "examples"].contains(&key) && !key.starts_with("x-")
    })
}
