//! `$defs` become components: 3.0 has schemas with names in one place only.

use super::Conversion;
use crate::document::{Document, Map, Node, Pointer};

/// Moves definitions, and what refers to them.
pub(super) fn hoist(document: &mut Document, conversion: &mut Conversion) {
    let mut moved: Vec<(String, String, Node)> = Vec::new();
    collect(document.root_mut(), &Pointer::root(), &mut moved);
    if moved.is_empty() {
        return;
    }
    let ways: Vec<(String, String)> =
        moved.iter().map(|(from, name, _)| (from.clone(), name.clone())).collect();
    let Some(root) = document.root_mut().as_map_mut() else { return };
    let components = root.entry("components".into()).or_insert_with(|| Node::Map(Map::new()));
    let Some(components) = components.as_map_mut() else { return };
    let schemas = components.entry("schemas".into()).or_insert_with(|| Node::Map(Map::new()));
    let Some(schemas) = schemas.as_map_mut() else { return };
    for (from, name, schema) in moved {
        if schemas.get(&name).is_some_and(|other| *other != schema) {
            let at = Pointer::to_schema(&name);
            conversion.refuse(&at, format!("`{from}` has this name too, and says something else"));
        }
        schemas.insert(name, schema);
    }
    redirect(document.root_mut(), &ways);
}

/// Takes the definitions out of a tree: where each stood, its name, itself.
fn collect(node: &mut Node, at: &Pointer, moved: &mut Vec<(String, String, Node)>) {
    match node {
        Node::Map(map) => {
            if let Some(Node::Map(definitions)) = map.get("$defs").cloned() {
                map.shift_remove("$defs");
                for (name, mut schema) in definitions {
                    let at = at.then("$defs").then(&name);
                    collect(&mut schema, &at, moved);
                    moved.push((format!("#{at}"), name, schema));
                }
            }
            for (key, value) in map.iter_mut() {
                collect(value, &at.then(key), moved);
            }
        }
        Node::List(list) => {
            for (index, value) in list.iter_mut().enumerate() {
                collect(value, &at.then(index), moved);
            }
        }
        _ => {}
    }
}

/// A definition is referred to by its place; pydantic writes `#/$defs/Name` for one nearby.
fn redirect(node: &mut Node, ways: &[(String, String)]) {
    match node {
        Node::Map(map) => {
            if let Some(Node::Text(reference)) = map.get_mut("$ref") {
                let near = reference.strip_prefix("#/$defs/");
                let found = ways.iter().find(|(from, name)| from == reference || near == Some(name));
                if let Some((_, name)) = found {
                    *reference = format!("#/components/schemas/{name}");
                }
            }
            map.values_mut().for_each(|value| redirect(value, ways));
        }
        Node::List(list) => list.iter_mut().for_each(|value| redirect(value, ways)),
        _ => {}
    }
}
