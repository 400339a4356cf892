//! Every place in a document where a schema stands, with what it is there.

use super::{Document, Node, Pointer};

/// What a schema is at the place where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A component under `/components/schemas`.
    Named,
    /// A member of an object.
    Property,
    /// An element, an arm, the values of a map, or the schema of a parameter, body or header.
    Part,
}

/// A schema and its place.
#[derive(Debug, Clone)]
pub(crate) struct Schema<'a> {
    pub(crate) node: &'a Node,
    pub(crate) at: Pointer,
    pub(crate) role: Role,
    /// The component it is part of, which is itself for a named one.
    pub(crate) owner: Option<&'a Node>,
}

/// All schemas of the document: the named ones first, then those of paths and responses; parents before parts.
pub(crate) fn schemas(document: &Document) -> Vec<Schema<'_>> {
    let mut found = Vec::new();
    for (name, node) in document.named_schemas() {
        let at = Pointer::to_schema(name);
        collect(Schema { node, at, role: Role::Named, owner: Some(node) }, &mut found);
    }
    let root = Pointer::root();
    for (key, node) in document.root().entries() {
        let (node, at) = match key {
            "paths" => (node, root.then("paths")),
            "components" => match node.get("responses") {
                Some(responses) => (responses, root.then("components").then("responses")),
                None => continue,
            },
            _ => continue,
        };
        outside_components(node, &at, &mut found);
    }
    found
}

fn outside_components<'a>(node: &'a Node, at: &Pointer, found: &mut Vec<Schema<'a>>) {
    match node {
        Node::Map(map) => {
            for (key, value) in map {
                let at = at.then(key);
                match key.as_str() {
                    "schema" => collect(Schema { node: value, at, role: Role::Part, owner: None }, found),
                    "example" | "examples" => {}
                    _ => outside_components(value, &at, found),
                }
            }
        }
        Node::List(list) => {
            for (index, value) in list.iter().enumerate() {
                outside_components(value, &at.then(index), found);
            }
        }
        _ => {}
    }
}

fn collect<'a>(schema: Schema<'a>, found: &mut Vec<Schema<'a>>) {
    let Schema { node, at, owner, .. } = schema.clone();
    found.push(schema);
    let mut part = |node, at, role| collect(Schema { node, at, role, owner }, found);
    for (name, node) in node.members("properties") {
        part(node, at.then("properties").then(name), Role::Property);
    }
    for key in ["items", "additionalProperties", "not"] {
        if let Some(node @ Node::Map(_)) = node.get(key) {
            part(node, at.then(key), Role::Part);
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for (index, node) in node.list(key).iter().enumerate() {
            part(node, at.then(key).then(index), Role::Part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_schema_is_visited_once_and_examples_are_not() {
        let text = "
paths:
  /a:
    get:
      parameters: [{name: q, schema: {type: string}}]
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}, example: {schema: 1}}}}
components:
  responses: {Bad: {content: {application/json: {schema: {type: string}}}}}
  schemas:
    A:
      properties:
        schema: {allOf: [{$ref: '#/components/schemas/A'}]}
      additionalProperties: {type: array, items: {type: string}}
";
        let document = Document::parse("x.yaml", text).unwrap();
        let found = schemas(&document);
        let places: Vec<_> = found.iter().map(|s| format!("{:?} {}", s.role, s.at)).collect();
        assert_eq!(
            places,
            [
                "Named /components/schemas/A",
                "Property /components/schemas/A/properties/schema",
                "Part /components/schemas/A/properties/schema/allOf/0",
                "Part /components/schemas/A/additionalProperties",
                "Part /components/schemas/A/additionalProperties/items",
                "Part /paths/~1a/get/parameters/0/schema",
                "Part /paths/~1a/get/responses/200/content/application~1json/schema",
                "Part /components/responses/Bad/content/application~1json/schema",
            ]
        );
    }
}
