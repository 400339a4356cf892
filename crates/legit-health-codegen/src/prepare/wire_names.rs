//! Members and parameters whose name in Rust would collide: they get another one, and keep their own on the wire.

use std::collections::BTreeMap;

use super::names::{TAKEN_PARAMETERS, UniqueNames, field_name};
use super::note;
use crate::spec::{Map, Node, Pointer};
use crate::update::Note;

/// The names on the wire of members and parameters that have another name in the prepared document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct WireNames {
    /// By schema and field in Rust.
    pub(crate) members: BTreeMap<(String, String), String>,
    /// By operation and name in the document.
    pub(crate) parameters: BTreeMap<(String, String), String>,
}

impl WireNames {
    /// The name in JSON of a member of the prepared document.
    pub(crate) fn of_member(&self, schema: &str, member: &str) -> String {
        let renamed = self.members.get(&(schema.to_owned(), member.to_owned()));
        renamed.map_or(member, String::as_str).to_owned()
    }
}

/// The members that typify, or a pass of ours, adds to a type that keeps unknown members.
const OF_OPEN_TYPES: [&str; 2] = ["extra", "unknown_fields"];

/// Gives each member of a schema a Rust field of its own.
pub(super) fn separate_members(schemas: &mut Map, wire_names: &mut WireNames, notes: &mut Vec<Note>) {
    for (name, schema) in schemas.iter_mut().filter(|(_, schema)| !is_by_hand(schema)) {
        let taken: &[&str] = if schema.has("additionalProperties") { &OF_OPEN_TYPES } else { &[] };
        let mut fields = UniqueNames::without(taken);
        let members: Vec<String> =
            schema.members("properties").map(|(member, _)| member.to_owned()).collect();
        let mut renamed = BTreeMap::new();
        for member in members {
            let field = field_name(&member);
            if fields.take(&field) {
                continue;
            }
            let other = fields.unique(&format!("{}_member", field.trim_end_matches('_')));
            let at = Pointer::to_schema(name).then("properties").then(&member);
            notes.push(note(
                &at,
                format!("`{field}` is taken in `{name}`: the field is `{other}`, and `{member}` in JSON"),
            ));
            wire_names.members.insert((name.clone(), other.clone()), member.clone());
            renamed.insert(member, other);
        }
        if !renamed.is_empty() {
            rename_members(schema, &renamed);
        }
    }
}

fn rename_members(schema: &mut Node, renamed: &BTreeMap<String, String>) {
    let other = |name: &str| renamed.get(name).map_or(name, String::as_str).to_owned();
    if let Some(properties) = schema.at_mut(&["properties"]).and_then(Node::as_map_mut) {
        *properties =
            std::mem::take(properties).into_iter().map(|(name, node)| (other(&name), node)).collect();
    }
    if let Some(Node::List(required)) = schema.at_mut(&["required"]) {
        for name in required {
            *name = Node::Text(other(name.as_text().unwrap_or_default()));
        }
    }
}

/// Gives each parameter an argument of its own.
pub(super) fn separate_parameters(
    operation: &str,
    parameters: &mut [Node],
    at: &Pointer,
    wire_names: &mut WireNames,
    notes: &mut Vec<Note>,
) {
    let mut arguments = UniqueNames::without(&TAKEN_PARAMETERS);
    for parameter in parameters.iter_mut().filter_map(Node::as_map_mut) {
        let Some(name) = parameter.get("name").and_then(Node::as_text).map(str::to_owned) else { continue };
        let argument = field_name(&name);
        if arguments.take(&argument) {
            continue;
        }
        let other = arguments.unique(&format!("{}_parameter", argument.trim_end_matches('_')));
        notes.push(note(
            at,
            format!("`{argument}` is taken in `{operation}`: the parameter `{name}` is `{other}` in Rust"),
        ));
        wire_names.parameters.insert((operation.to_owned(), other.clone()), name);
        parameter.insert("name".into(), Node::Text(other));
    }
}

/// Whether the type of a schema is written by hand, or by a template of ours.
pub(super) fn is_by_hand(schema: &Node) -> bool {
    ["x-scalar", "x-scale", "x-mode", "x-defined-in"].iter().any(|key| schema.has(key))
}
