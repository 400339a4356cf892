//! The document as progenitor reads it. What it cannot read is named by its place, which the reader itself cannot do.

use openapiv3::{OpenAPI, PathItem, ReferenceOr, Response, Schema};
use serde::de::DeserializeOwned;

use crate::error::{Findings, Result};
use crate::spec::{Document, Node, Pointer};

pub(super) fn parse(document: &Document) -> Result<OpenAPI> {
    read(document.root()).map_err(|whole| {
        let mut findings = Findings::of(document.file());
        let at = Pointer::root();
        section::<PathItem>(document, &["paths"], &mut findings);
        section::<Response>(document, &["components", "responses"], &mut findings);
        section::<Schema>(document, &["components", "schemas"], &mut findings);
        if findings.is_empty() {
            complain(&at, &whole, &mut findings);
        }
        findings.into_result().expect_err("one finding at least was added")
    })
}

fn section<T: DeserializeOwned>(document: &Document, path: &[&str], findings: &mut Findings) {
    let at = path.iter().fold(Pointer::root(), |at, key| at.then(key));
    for (name, node) in document.root().at(path).into_iter().flat_map(Node::entries) {
        if let Err(error) = read::<ReferenceOr<T>>(node) {
            complain(&at.then(name), &error, findings);
        }
    }
}

fn complain(at: &Pointer, error: &serde_json::Error, findings: &mut Findings) {
    // Line and column count in a text that nobody has seen.
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or(&what);
    findings.add(at, format!("not what OpenAPI 3.0 has here: {what}"), "compare with one that works");
}

/// By way of text: a map of `serde_json` would sort the keys, and methods are generated in their order.
fn read<T: DeserializeOwned>(node: &Node) -> serde_json::Result<T> {
    serde_json::from_str(&serde_json::to_string(node)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named_by_its_place() {
        let text = "
openapi: 3.0.3
info: {title: T, version: 1.0.0}
paths: {}
components:
  schemas:
    Good: {type: string}
    Bad: {type: object, required: name}
";
        let said = parse(&Document::parse("x.yaml", text).unwrap()).unwrap_err().to_string();
        assert!(
            said.starts_with("x.yaml: /components/schemas/Bad: not what OpenAPI 3.0 has here: "),
            "{said}"
        );
        assert!(!said.contains("/Good"), "{said}");
    }

    #[test]
    fn a_fault_outside_the_sections_is_still_reported() {
        let said = parse(&Document::parse("x.yaml", "openapi: 3.0.3\npaths: {}\n").unwrap())
            .unwrap_err()
            .to_string();
        assert!(said.starts_with("x.yaml: /: not what OpenAPI 3.0 has here: missing field `info`"), "{said}");
    }
}
