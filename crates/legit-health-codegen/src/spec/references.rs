//! Finds the schemas of a document, the references between them, and whether they are sent or received.

use std::fmt;

use indexmap::{IndexMap, IndexSet};

use crate::spec::{Document, Node, Pointer};

/// The name in a reference to a schema.
pub(crate) fn target(node: &Node) -> Option<&str> {
    node.text("$ref")?.strip_prefix("#/components/schemas/")
}

/// Returns the shared response, parameter, header or body that a reference names, or the node itself.
pub(crate) fn component<'a>(document: &'a Document, node: &'a Node) -> (Option<&'a str>, &'a Node) {
    let mut at = (None, node);
    for _ in 0..8 {
        let Some(reference) = at.1.text("$ref") else { break };
        let mut keys = reference.trim_start_matches("#/").split('/');
        let found = match (keys.next(), keys.next(), keys.next()) {
            (Some("components"), Some(section), Some(name)) => {
                document.root().at(&["components", section, name]).map(|found| (Some(name), found))
            }
            _ => None,
        };
        let Some(found) = found else { break };
        at = found;
    }
    at
}

/// The schemas that a subtree refers to, each once. Extensions refer to nothing: `x-key` names the type of a key.
pub(crate) fn targets(node: &Node) -> IndexSet<&str> {
    let mut found = IndexSet::new();
    collect(node, &mut found, &mut IndexSet::new());
    found
}

/// Collects the schemas that a subtree refers to, and those of the keys of its maps.
fn collect<'a>(node: &'a Node, found: &mut IndexSet<&'a str>, keys: &mut IndexSet<&'a str>) {
    // A reference to a part of a schema is one to the schema.
    found.extend(target(node).and_then(|target| target.split('/').next()));
    for (_, to) in node.get("discriminator").into_iter().flat_map(|told| told.members("mapping")) {
        found.extend(to.as_text().and_then(|to| to.strip_prefix("#/components/schemas/")));
    }
    for (key, inner) in node.children() {
        match key.as_str() {
            "x-key" => keys.extend(target(inner)),
            key if key.starts_with("x-") => {}
            _ => collect(inner, found, keys),
        }
    }
}

/// The named schemas that can be reached from these, themselves included.
pub(crate) fn reachable<'a>(
    document: &'a Document,
    roots: impl IntoIterator<Item = &'a str>,
) -> IndexSet<&'a str> {
    let mut found: IndexSet<&str> = roots.into_iter().collect();
    let mut next = 0;
    while let Some(&name) = found.get_index(next) {
        found.extend(document.named_schema(name).into_iter().flat_map(targets));
        next += 1;
    }
    found
}

/// Returns a cycle of references, if there is one.
pub(crate) fn cycle(document: &Document) -> Option<Vec<&str>> {
    let mut open: IndexMap<&str, IndexSet<&str>> =
        document.named_schemas().map(|(name, node)| (name, targets(node))).collect();
    for targets in open.values_mut() {
        targets.retain(|target| document.named_schema(target).is_some());
    }
    // Remove the schemas that refer to nothing, then those that referred only to them, until nothing changes.
    let mut users: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (name, targets) in &open {
        targets.iter().for_each(|target| users.entry(target).or_default().push(name));
    }
    let mut left: IndexMap<&str, usize> = open.iter().map(|(name, targets)| (*name, targets.len())).collect();
    let mut done: Vec<&str> = left.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = done.pop() {
        for user in users.get(name).into_iter().flatten() {
            let count = &mut left[user];
            *count -= 1;
            if *count == 0 {
                done.push(user);
            }
        }
    }
    open.retain(|name, _| left[name] > 0);
    // Every remaining schema refers to a remaining one, so following references ends in a cycle.
    let mut way: IndexSet<&str> = IndexSet::new();
    let mut at = *open.keys().next()?;
    while way.insert(at) {
        at = open[at].iter().copied().find(|target| open.contains_key(target))?;
    }
    let mut round: Vec<&str> = way.into_iter().skip_while(|name| *name != at).collect();
    round.push(at);
    Some(round)
}

/// Whether a schema is sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In requests.
    Sent,
    /// In responses, error bodies included.
    Received,
    /// In both.
    Both,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Both => "sent and received",
        })
    }
}

/// The schemas of a document that are sent and received.
#[derive(Debug, Clone)]
pub(crate) struct Directions<'a> {
    sent: IndexSet<&'a str>,
    received: IndexSet<&'a str>,
}

impl<'a> Directions<'a> {
    pub(crate) fn of(document: &'a Document) -> Self {
        let component = |section| document.root().at(&["components", section]).into_iter();
        let items = document.root().members("paths").filter_map(|(_, item)| item.get("parameters"));
        let operations = || document.operations().map(|(_, _, _, operation)| operation);
        let sent = operations()
            .flat_map(|operation| ["parameters", "requestBody"].map(|key| operation.get(key)))
            .flatten()
            .chain(items)
            .chain(component("parameters"))
            .chain(component("requestBodies"));
        let received = operations()
            .filter_map(|operation| operation.get("responses"))
            .chain(component("responses"))
            .chain(component("headers"));
        Self { sent: reach(document, sent), received: reach(document, received) }
    }

    /// The same for one operation, with the shared responses it refers to.
    pub(crate) fn of_operation(document: &'a Document, operation: &'a Node) -> Self {
        let sent = ["parameters", "requestBody"].into_iter().filter_map(|key| operation.get(key));
        let shared = |response: &'a Node| {
            let name = response.text("$ref")?.strip_prefix("#/components/responses/")?;
            document.root().at(&["components", "responses", name])
        };
        let received =
            operation.members("responses").map(|(_, response)| shared(response).unwrap_or(response));
        Self { sent: reach(document, sent), received: reach(document, received) }
    }

    /// Every schema that is sent or received, some twice.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &'a str> {
        self.sent.iter().chain(&self.received).copied()
    }

    /// The direction of a named schema; `None` if nothing uses it.
    pub(crate) fn of_schema(&self, name: &str) -> Option<Direction> {
        match (self.sent.contains(name), self.received.contains(name)) {
            (true, true) => Some(Direction::Both),
            (true, false) => Some(Direction::Sent),
            (false, true) => Some(Direction::Received),
            (false, false) => None,
        }
    }
}

/// The schemas that can be reached from these nodes, with the types of the keys of maps.
fn reach<'a>(document: &'a Document, from: impl Iterator<Item = &'a Node>) -> IndexSet<&'a str> {
    let (mut found, mut keys) = (IndexSet::new(), IndexSet::new());
    from.for_each(|node| collect(node, &mut found, &mut keys));
    let mut next = 0;
    while let Some(&name) = found.get_index(next) {
        document.named_schema(name).into_iter().for_each(|schema| collect(schema, &mut found, &mut keys));
        next += 1;
    }
    found.extend(keys);
    found
}

/// A media type without its parameters, such as `charset`.
pub(crate) fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}

/// Whether the generated client reads and sends this media type as JSON.
pub(crate) fn is_json(media: &str) -> bool {
    let media = essence(media);
    media == "application/json" || media == "*/*" || media.ends_with("+json")
}

/// Whether an operation has failed when it answers with this status.
pub(crate) fn is_failure(operation: &Node, status: &str) -> bool {
    let succeeds = |status: &str| status.starts_with('2');
    match status {
        "default" => operation.members("responses").any(|(other, _)| succeeds(other)),
        status => !succeeds(status),
    }
}

/// The schemas that generated code reads: those of the JSON of successes. It reads no body of a failure, and no header.
pub(crate) fn read_schemas(document: &Document) -> IndexSet<&str> {
    let bodies = document.operations().flat_map(|(_, _, _, operation)| {
        let successes = operation.members("responses").filter(|(status, _)| !is_failure(operation, status));
        successes.flat_map(|(_, response)| component(document, response).1.members("content"))
    });
    reach(document, bodies.filter(|(media, _)| is_json(media)).map(|(_, content)| content))
}

/// The role of a schema at its place.
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
        collect_schemas(Schema { node, at, role: Role::Named, owner: Some(node) }, &mut found);
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
    for (key, node) in node.children() {
        let at = at.then(&key);
        match key.as_str() {
            "schema" => collect_schemas(Schema { node, at, role: Role::Part, owner: None }, found),
            "example" | "examples" => {}
            _ => outside_components(node, &at, found),
        }
    }
}

fn collect_schemas<'a>(schema: Schema<'a>, found: &mut Vec<Schema<'a>>) {
    let Schema { node, at, owner, .. } = schema.clone();
    found.push(schema);
    let mut part = |node, at, role| collect_schemas(Schema { node, at, role, owner }, found);
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

    fn document(text: &str) -> Document {
        Document::parse("x.yaml", &format!("components: {{schemas: {{{text}}}}}")).unwrap()
    }

    const CHAIN: &str = "
        A: {properties: {b: {allOf: [{$ref: '#/components/schemas/B'}]}}, x-key: {$ref: '#/components/schemas/K'}},
        B: {items: {$ref: '#/components/schemas/C'}},
        C: {type: string}, K: {type: string}";

    #[test]
    fn reach_follows_references_but_not_extensions() {
        let document = document(CHAIN);
        assert_eq!(reachable(&document, ["A"]).into_iter().collect::<Vec<_>>(), ["A", "B", "C"]);
        assert_eq!(cycle(&document), None);
    }

    #[test]
    fn a_cycle_is_named_without_the_path_that_leads_to_it() {
        let reference = |to| format!("{{properties: {{x: {{$ref: '#/components/schemas/{to}'}}}}}}");
        let text = format!(
            "Start: {}, A: {}, B: {}, Own: {{type: string}}",
            reference("A"),
            reference("B"),
            reference("A")
        );
        assert_eq!(cycle(&document(&text)), Some(vec!["A", "B", "A"]));
    }

    #[test]
    fn a_schema_has_the_directions_of_its_users_and_a_key_those_of_its_map() {
        let text = "
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Sheet'}}}}
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Scores'}}}}
        '422': {$ref: '#/components/responses/Bad'}
components:
  responses: {Bad: {content: {application/json: {schema: {$ref: '#/components/schemas/Fault'}}}}}
  schemas:
    Sheet: {properties: {grade: {$ref: '#/components/schemas/Grade'}}}
    Grade: {type: integer}
    Scores: {x-key: {$ref: '#/components/schemas/Code'}, additionalProperties: {$ref: '#/components/schemas/Grade'}}
    Code: {type: string}
    Fault: {type: object}
    Lost: {type: object}";
        let document = Document::parse("x.yaml", text).unwrap();
        let directions = Directions::of(&document);
        let of = |name| directions.of_schema(name);
        assert_eq!(of("Sheet"), Some(Direction::Sent));
        assert_eq!(of("Grade"), Some(Direction::Both));
        assert_eq!([of("Scores"), of("Code"), of("Fault")], [Some(Direction::Received); 3]);
        assert_eq!(of("Lost"), None);
    }

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
