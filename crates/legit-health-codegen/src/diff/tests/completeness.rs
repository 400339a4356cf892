//! Every edit of a document is seen by a check of its own.

use crate::diff::tests::table::WHOLE;
use crate::diff::{NOT_COVERED, documents};
use crate::spec::{Document, Node};
use crate::update::in_comparable_form;

/// Says what only OpenAPI 3.1 can.
const ONLY_3_1: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /call: {post: {requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/Sent'}}}}, responses: {'200': {}}}}
components:
  schemas:
    Sent:
      type: object
      if: {required: [a]}
      then: {properties: {b: {minLength: 1}}}
      dependentRequired: {a: [b]}
      propertyNames: {pattern: '^[a-z]+$'}
      patternProperties: {'^x': {type: integer}}
      properties:
        a: {type: array, prefixItems: [{type: integer}, {type: string}], contains: {type: integer}, minContains: 1}
        b: {type: [string, integer], maxLength: 3}
        c: {type: string, const: a, enum: [b]}
        d: {type: string, contentEncoding: base32, contentMediaType: a/b}
        e: {$ref: '#/components/schemas/Sent/$defs/E'}
        f: {anyOf: [{type: string, minLength: 1}], minLength: 2}
      $defs: {E: {type: integer, exclusiveMinimum: 0}}
    E: {type: string}
";

/// Every key that goes and every value that changes is seen by a check of its own, so that no other change hides it.
#[test]
fn every_edit_of_a_document_is_seen() {
    let fastapi = include_str!("../../../tests/contract/vendor/fastapi.json");
    for (name, text, stride) in [("whole", WHOLE, 1), ("only 3.1", ONLY_3_1, 1), ("fastapi", fastapi, 17)] {
        let before = Document::of_vendor(name, text.as_bytes()).unwrap();
        let compared = in_comparable_form(&before);
        let edits = edits(before.root(), &mut Vec::new());
        let mut unseen = Vec::new();
        // Each version of 3.1 means the same.
        for (what, root) in edits.iter().step_by(stride).filter(|(what, _)| what != "/openapi replaced") {
            let mut edited = before.clone();
            *edited.root_mut() = root(before.root());
            let drafts = documents(&compared, &in_comparable_form(&edited));
            if !drafts.iter().any(|(_, draft)| draft.what != NOT_COVERED) {
                unseen.push(what.clone());
            }
        }
        assert!(edits.len() > 80);
        assert_eq!(unseen, Vec::<String>::new(), "{name}");
    }
}

type Edit = Box<dyn Fn(&Node) -> Node>;

/// Every edit of a tree: each key removed, each value replaced.
fn edits(node: &Node, way: &mut Vec<String>) -> Vec<(String, Edit)> {
    let mut all: Vec<(String, Edit)> = Vec::new();
    for (key, inner) in node.children() {
        way.push(key);
        let at = way.clone();
        let replace = |with: Option<Node>| -> Edit {
            let at = at.clone();
            Box::new(move |root| edited(root, &at, with.as_ref()))
        };
        let other = match inner {
            Node::Text(text) => Some(Node::Text(format!("{text}2"))),
            Node::Number(_) => Some(Node::Number(77.into())),
            Node::Bool(is) => Some(Node::Bool(!is)),
            _ => None,
        };
        all.push((format!("/{} removed", way.join("/")), replace(None)));
        all.extend(other.map(|other| (format!("/{} replaced", way.join("/")), replace(Some(other)))));
        all.extend(edits(inner, way));
        way.pop();
    }
    all
}

fn edited(node: &Node, at: &[String], with: Option<&Node>) -> Node {
    let Some((first, rest)) = at.split_first() else { return with.cloned().unwrap_or(Node::Null) };
    let mut node = node.clone();
    match &mut node {
        Node::Map(map) if rest.is_empty() && with.is_none() => drop(map.shift_remove(first)),
        Node::Map(map) => {
            let inner = edited(&map[first], rest, with);
            map.insert(first.clone(), inner);
        }
        Node::List(list) if rest.is_empty() && with.is_none() => drop(list.remove(first.parse().unwrap())),
        Node::List(list) => {
            let index: usize = first.parse().unwrap();
            list[index] = edited(&list[index], rest, with);
        }
        _ => {}
    }
    node
}
