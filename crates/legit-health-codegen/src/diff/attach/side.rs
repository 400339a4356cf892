//! One generation, indexed for the question what belongs together.

use std::collections::HashMap;

use indexmap::IndexSet;

use crate::diff::Generation;
use crate::diff::spot::{Draft, Owner};
use crate::document::{Direction, Directions, Document, Node, Pointer, reachable, targets};
use crate::lower::Lowered;

pub(super) struct Side<'a> {
    pub(super) generation: &'a Generation<'a>,
    device: Index<'a>,
    catalog: Index<'a>,
}

/// A document of a generation.
pub(super) struct Index<'a> {
    pub(super) document: &'a Document,
    pub(super) lowered: &'a Lowered,
    /// What a schema leads to, itself left out.
    pub(super) reach: HashMap<&'a str, IndexSet<&'a str>>,
    /// The schemas that an item stands for.
    pub(super) schemas: HashMap<String, Vec<&'a str>>,
    pub(super) operations: Vec<Operation<'a>>,
}

/// An operation and what travels with it.
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    pub(super) at: Pointer,
    pub(super) reach: IndexSet<&'a str>,
    ways: Directions<'a>,
    node: &'a Node,
}

impl<'a> Side<'a> {
    pub(super) fn of(generation: &'a Generation<'a>) -> Self {
        let Generation { contract, generated, .. } = generation;
        Self {
            generation,
            device: Index::of(&contract.device, &generated.lowered_device),
            catalog: Index::of(&contract.catalog, &generated.lowered_catalog),
        }
    }

    pub(super) fn index(&self, file: &str) -> &Index<'a> {
        if file == self.catalog.document.file() { &self.catalog } else { &self.device }
    }
}

impl<'a> Index<'a> {
    fn of(document: &'a Document, lowered: &'a Lowered) -> Self {
        let mut schemas: HashMap<String, Vec<&str>> = HashMap::new();
        for (name, _) in document.named_schemas() {
            schemas.entry(item_of_schema(lowered, name)).or_default().push(name);
        }
        let reach = document.named_schemas().map(|(name, node)| (name, reachable(document, targets(node))));
        Self { document, lowered, reach: reach.collect(), schemas, operations: operations_of(document) }
    }
}

/// The item that stands for a schema.
pub(super) fn item_of_schema(lowered: &Lowered, name: &str) -> String {
    let replaced = lowered.replacements.get(name).and_then(|path| path.strip_prefix("::legit_health_api::"));
    match replaced {
        Some(path) if !path.contains('<') => path.to_owned(),
        _ => format!("{}::types::{name}", lowered.part.module()),
    }
}

pub(super) fn operations_of(document: &Document) -> Vec<Operation<'_>> {
    let operations = document.operations();
    operations
        .map(|(_, _, at, node)| Operation {
            id: node.text("operationId").unwrap_or_default(),
            at,
            reach: reachable(document, targets(node)),
            ways: Directions::of_operation(document, node),
            node,
        })
        .collect()
}

/// The operations of both sides that a change concerns, by what travels.
pub(super) fn concerned(sides: [&[Operation<'_>]; 2], draft: &Draft) -> Vec<String> {
    let mut found: IndexSet<String> = IndexSet::new();
    for operations in sides {
        let concerned = operations.iter().filter(|operation| match &draft.spot.owner {
            Owner::Schema(name, _) => {
                let way = operation.ways.of_schema(name);
                way.is_some_and(|way| overlaps(way, draft.spot.direction))
            }
            Owner::Operation(id) => operation.id == id,
            Owner::Response(name) => {
                let reference = format!("#/components/responses/{name}");
                operation.node.members("responses").any(|(_, response)| response.says("$ref", &reference))
            }
            Owner::Document => false,
        });
        found.extend(concerned.map(|operation| operation.id.to_owned()));
    }
    found.into_iter().collect()
}

fn overlaps(way: Direction, wanted: Option<Direction>) -> bool {
    wanted.is_none_or(|wanted| way == wanted || way == Direction::Both || wanted == Direction::Both)
}
