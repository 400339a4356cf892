//! Merges the objects of an `allOf` into one.

use std::collections::BTreeSet;

use super::forms::without_null;
use super::schemas::Schemas;
use crate::spec::{Map, Node, target};

/// One object with the members of all, which keeps the rest of the schema; `None` if one of them is no object.
pub(super) fn merged<'a>(schemas: &Schemas<'a>, schema: &Node, seen: &mut BTreeSet<String>) -> Option<Node> {
    let mut object = Object::default();
    object.add(schemas, schema, seen)?;
    let mut map: Map = schema
        .entries()
        .filter(|(key, _)| ["title", "description"].contains(key))
        .map(|(key, node)| (key.to_owned(), node.clone()))
        .collect();
    map.insert("type".into(), "object".into());
    map.insert("required".into(), Node::List(object.required));
    map.insert("properties".into(), Node::Map(object.properties));
    map.extend(object.others.map(|others| ("additionalProperties".into(), others)));
    Some(Node::Map(map))
}

#[derive(Default)]
struct Object {
    required: Vec<Node>,
    properties: Map,
    others: Option<Node>,
}

impl Object {
    fn add(&mut self, schemas: &Schemas<'_>, schema: &Node, seen: &mut BTreeSet<String>) -> Option<()> {
        let (schema, _) = without_null(schema);
        if let Some(name) = target(&schema) {
            if !seen.insert(name.to_owned()) {
                return Some(());
            }
            return self.add(schemas, schemas.root.at(&["components", "schemas", name])?, seen);
        }
        let is_object = schema.text("type").is_none_or(|kind| kind == "object");
        let is_other =
            ["oneOf", "anyOf", "enum", "x-extensible-enum", "items", "$ref", "x-scalar", "x-scale", "x-mode"]
                .iter()
                .any(|key| schema.has(key));
        if !is_object || is_other {
            return None;
        }
        for part in schema.list("allOf") {
            self.add(schemas, part, seen)?;
        }
        self.properties
            .extend(schema.members("properties").map(|(name, node)| (name.to_owned(), node.clone())));
        self.required.extend(schema.list("required").iter().cloned());
        if let Some(others) = schema.get("additionalProperties") {
            self.others = Some(others.clone());
        }
        Some(())
    }
}
