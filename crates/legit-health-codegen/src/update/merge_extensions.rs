//! Takes our extensions over to a new version of a document, each to the place where it stood.

use crate::spec::{METHODS, Map, Node, Pointer};
use crate::update::Note;

/// The source that is named where a fact comes from the vendor's own document.
pub(in crate::update) const SOURCE: &str = "upstream";

/// Extensions that say what a schema is. In an aligned document they stand where they hold.
const OF_TYPES: [&str; 5] = ["x-defined-in", "x-enum-varnames", "x-extensible-enum", "x-key", "x-scalar"];

/// Copies every extension to its place, and returns those whose place no longer exists or is taken. `with_types` copies also
/// those that say what a schema is.
pub(super) fn merge_extensions(old: &Node, new: &mut Node, with_types: bool) -> Vec<Note> {
    let mut lost = Vec::new();
    let copied = |key: &str| with_types || !OF_TYPES.contains(&key);
    members(old, new, &Pointer::root(), &copied, &mut lost);
    lost
}

fn members(old: &Node, new: &mut Node, at: &Pointer, copied: &impl Fn(&str) -> bool, lost: &mut Vec<Note>) {
    let (Node::Map(old), Some(new)) = (old, new.as_map_mut()) else { return };
    for (key, value) in old {
        if key.starts_with("x-") {
            if copied(key) {
                extension(key, value, new, at, lost);
            }
            continue;
        }
        let at = at.then(key);
        match (value, new.get_mut(key)) {
            (_, _) if ["example", "examples"].contains(&key.as_str()) => {}
            (Node::Map(_), Some(other @ Node::Map(_))) => members(value, other, &at, copied, lost),
            (Node::List(list), Some(Node::List(other))) if key == "parameters" => {
                parameters(list, other, &at, copied, lost)
            }
            (value, _) => gone(value, &at, lost),
        }
    }
}

/// Parameters are the same by name, in whatever order.
fn parameters(
    old: &[Node],
    new: &mut [Node],
    at: &Pointer,
    copied: &impl Fn(&str) -> bool,
    lost: &mut Vec<Note>,
) {
    let key = |node: &Node| (node.text("in").map(str::to_owned), node.text("name").map(str::to_owned));
    for (index, node) in old.iter().enumerate() {
        match new.iter_mut().find(|other| key(other) == key(node)) {
            Some(other) => members(node, other, &at.then(index), copied, lost),
            None => gone(node, &at.then(index), lost),
        }
    }
}

fn extension(key: &str, value: &Node, new: &mut Map, at: &Pointer, lost: &mut Vec<Note>) {
    let mut lose = |what: &str| lost.push(Note { at: at.then(key), what: what.to_owned() });
    if new.contains_key(key) {
        return;
    }
    if new.contains_key("$ref") {
        // Its evidence is at the target of the reference.
        if key != "x-evidence" {
            lose("a bare `$ref` took its place");
        }
        return;
    }
    if key == "x-extensible-enum" && new.contains_key("enum") {
        return lose("the vendor now lists the values");
    }
    new.insert(key.to_owned(), value.clone());
}

/// Every extension in a part that the new version does not have.
fn gone(node: &Node, at: &Pointer, lost: &mut Vec<Note>) {
    for (key, value) in node.children() {
        if key.starts_with("x-") {
            lost.push(Note { at: at.then(key), what: "its place no longer exists".into() });
        } else if !["example", "examples"].contains(&key.as_str()) {
            gone(value, &at.then(key), lost);
        }
    }
}

/// Gives every place without evidence the vendor's document as its evidence. Returns how many there were.
pub(super) fn attest(root: &mut Node, file: &str, date: &str) -> usize {
    let mut count = 0;
    let place = |file: &str| Node::Map([(SOURCE.to_owned(), Node::from(file))].into_iter().collect());
    let mut mark = |node: &mut Node| {
        if let Some(map) = node.as_map_mut()
            && !map.contains_key("x-evidence")
            && !map.contains_key("$ref")
        {
            map.insert("x-evidence".into(), place(file));
            count += 1;
        }
    };
    for (_, item) in root.at_mut(&["paths"]).into_iter().flat_map(Node::entries_mut) {
        for (method, operation) in item.entries_mut() {
            if METHODS.contains(&method) {
                mark(operation);
                if let Some(Node::List(parameters)) = operation.at_mut(&["parameters"]) {
                    parameters.iter_mut().for_each(&mut mark);
                }
            }
        }
    }
    for (_, response) in root.at_mut(&["components", "responses"]).into_iter().flat_map(Node::entries_mut) {
        mark(response);
    }
    for (_, schema) in root.at_mut(&["components", "schemas"]).into_iter().flat_map(Node::entries_mut) {
        mark(schema);
        properties(schema, &mut mark);
    }
    if count > 0
        && let Some(map) = root.as_map_mut()
    {
        let sources = map.entry("x-evidence-sources".into()).or_insert_with(|| Node::Map(Map::new()));
        if let Some(sources) = sources.as_map_mut() {
            let facts = [("title", file), ("date", date), ("weight", "authority for what it says")];
            let facts = facts.into_iter().map(|(key, text)| (key.to_owned(), Node::from(text)));
            sources.insert(SOURCE.to_owned(), Node::Map(facts.collect()));
        }
    }
    count
}

fn properties(schema: &mut Node, mark: &mut impl FnMut(&mut Node)) {
    for (_, property) in schema.at_mut(&["properties"]).into_iter().flat_map(Node::entries_mut) {
        mark(property);
        properties(property, mark);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(part) = schema.at_mut(&[key]) {
            properties(part, mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    fn parsed(text: &str) -> Node {
        Document::parse("x.yaml", text).unwrap().root().clone()
    }

    #[test]
    fn extensions_keep_their_place_and_the_others_are_reported() {
        let old = parsed(
            "{a: {type: string, x-evidence: {guide: p}, x-key: {k: v}}, gone: {deep: [{x-scale: {code: s}}]},
              bare: {x-scalar: s, x-evidence: {}}, list: {x-extensible-enum: [a]}, own: {x-evidence: {guide: ours}},
              parameters: [{in: query, name: b, x-evidence: {guide: b}}, {in: query, name: c, x-evidence: {guide: c}}]}",
        );
        let mut new = parsed(
            "{a: {type: integer}, bare: {$ref: '#/a'}, list: {enum: [a]}, own: {x-evidence: {guide: theirs}},
              parameters: [{in: query, name: c}, {in: query, name: b}]}",
        );
        let lost: Vec<String> =
            merge_extensions(&old, &mut new, true).iter().map(ToString::to_string).collect();
        assert_eq!(
            lost,
            [
                "/gone/deep/0/x-scale: its place no longer exists",
                "/bare/x-scalar: a bare `$ref` took its place",
                "/list/x-extensible-enum: the vendor now lists the values",
            ]
        );
        assert_eq!(new.at(&["a", "x-evidence", "guide"]).unwrap().as_text(), Some("p"));
        assert_eq!(new.at(&["own", "x-evidence", "guide"]).unwrap().as_text(), Some("theirs"));
        assert!(new.list("parameters")[0].get("x-evidence").unwrap().says("guide", "c"));
    }

    #[test]
    fn places_without_evidence_get_the_document_of_the_vendor() {
        let mut root = parsed(
            "{paths: {/a: {get: {operationId: a}}}, components: {schemas: {
              A: {x-evidence: {guide: p}, properties: {b: {type: string}, c: {$ref: '#/x'}}}}}}",
        );
        assert_eq!(attest(&mut root, "openapi/upstream/device.json", "2026-11-22"), 2);
        let added = root.at(&["components", "schemas", "A", "properties", "b", "x-evidence"]).unwrap();
        assert!(added.says("upstream", "openapi/upstream/device.json"));
        assert!(root.at(&["x-evidence-sources", "upstream"]).unwrap().says("date", "2026-11-22"));
        assert_eq!(attest(&mut root, "f", "d"), 0);
    }
}
