//! Rewrites a document so that everything that is generated from it compiles, whatever a server calls and describes.
//!
//! Names that Rust cannot have are changed, schemas without a name get one, keywords that say nothing about a type are
//! dropped, and an operation that cannot be generated is left out. Everything of this that a user would miss is a
//! [`Note`]. A document that [`lint`](crate::lint()) passes as our own has little of it and stays as it is.

mod forms;
mod merge;
mod names;
mod operations;
mod schemas;
mod wire_names;

use std::collections::BTreeSet;

use crate::spec::{Document, Map, Node, Pointer, reachable, targets};
use crate::update::Note;
pub(crate) use forms::says_something;
pub(crate) use names::{UniqueNames, field_name, variant_name};
pub(crate) use wire_names::WireNames;

/// A document ready for lowering.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prepared {
    pub(crate) document: Document,
    /// The names in JSON of what has another name in the document.
    pub(crate) wire_names: WireNames,
    pub(crate) notes: Vec<Note>,
}

/// Prepares a document.
pub(crate) fn prepare(document: Document) -> Prepared {
    let mut document = document.with_path_items_in_place();
    let original = document.clone();
    let mut schemas = schemas::Schemas::of(&original);
    let mut wire_names = WireNames::default();
    schemas.components();
    let responses = operations::shared_responses(original.root(), &mut schemas);
    let paths = operations::paths(original.root(), &mut schemas, &mut wire_names);
    let (mut components, mut notes) = schemas.finish();
    wire_names::separate_members(&mut components, &mut wire_names, &mut notes);

    let root = document.root_mut();
    let Some(map) = root.as_map_mut() else { return Prepared { document, wire_names, notes } };
    // Nothing is generated from tags, servers, links or security schemes, so a mistake in them is no reason to refuse all.
    map.clear();
    let mut all = Map::from([("schemas".into(), Node::Map(components))]);
    if let Some(responses) = responses {
        all.insert("responses".into(), responses);
    }
    map.insert("components".into(), Node::Map(all));
    map.insert("paths".into(), paths);
    map.insert("openapi".into(), "3.0.3".into());
    map.insert("info".into(), info(original.root()));
    Prepared { document, wire_names, notes }
}

/// The head of the document. The version is sent as a header, which takes visible ASCII only.
fn info(root: &Node) -> Node {
    let mut info: Map = root.members("info").map(|(key, node)| (key.to_owned(), node.clone())).collect();
    info.retain(|key, _| ["title", "description", "version"].contains(&key.as_str()));
    let version = root.at(&["info", "version"]).and_then(Node::as_text).unwrap_or("0");
    let version: String = version.chars().filter(char::is_ascii_graphic).collect();
    info.insert("version".into(), Node::Text(version));
    if root.at(&["info", "title"]).and_then(Node::as_text).is_none() {
        info.insert("title".into(), "An API".into());
    }
    Node::Map(info)
}

/// Removes the schemas that no operation and no response uses, such as those of operations that were left out.
pub(crate) fn without_unused_schemas(document: &mut Document) {
    let used: BTreeSet<String> = {
        let operations = document.operations().flat_map(|(_, _, _, operation)| targets(operation));
        let responses = document.root().at(&["components", "responses"]).into_iter().flat_map(targets);
        let used = reachable(document, operations.chain(responses));
        let keys = used.iter().filter_map(|name| {
            let key = document.named_schema(name)?.get("x-key")?;
            crate::spec::target(key)
        });
        keys.chain(used.iter().copied()).map(str::to_owned).collect()
    };
    if let Some(schemas) = document.root_mut().at_mut(&["components", "schemas"]).and_then(Node::as_map_mut) {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// Returns the document with the operations that are to be kept, by their id.
pub(crate) fn with_operations(document: &Document, keep: impl Fn(&str) -> bool) -> Document {
    let mut document = document.clone();
    if let Some(paths) = document.root_mut().at_mut(&["paths"]).and_then(Node::as_map_mut) {
        for item in paths.values_mut().filter_map(Node::as_map_mut) {
            item.retain(|_, operation| operation.text("operationId").is_some_and(&keep));
        }
        paths.retain(|_, item| item.entries().next().is_some());
    }
    without_unused_schemas(&mut document);
    document
}

/// A note, for the modules of this step.
fn note(at: &Pointer, what: impl Into<String>) -> Note {
    Note { at: at.clone(), what: what.into() }
}
