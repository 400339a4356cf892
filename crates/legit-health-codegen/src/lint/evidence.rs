//! Every fact says where it was seen.

use crate::document::{Document, Node, Pointer, Role, Schema};
use crate::error::Findings;

const REMEDY: &str = "add `x-evidence: {<source>: <place>}`; a guess is `inferred`, a gap is `unknown`";

pub(super) fn check(document: &Document, schemas: &[Schema<'_>], findings: &mut Findings) {
    for schema in schemas {
        let needed = schema.role != Role::Part && !schema.node.has("$ref");
        demand(schema.node, &schema.at, needed, document, findings);
    }
    for (_, _, at, operation) in document.operations() {
        demand(operation, &at, true, document, findings);
        for (index, parameter) in operation.list("parameters").iter().enumerate() {
            demand(parameter, &at.then("parameters").then(index), true, document, findings);
        }
    }
    if let Some(responses) = document.root().at(&["components", "responses"]) {
        let at = Pointer::root().then("components").then("responses");
        for (name, response) in responses.entries() {
            demand(response, &at.then(name), true, document, findings);
        }
    }
}

fn demand(node: &Node, at: &Pointer, needed: bool, document: &Document, findings: &mut Findings) {
    let Some(evidence) = node.get("x-evidence") else {
        if needed {
            findings.add(at, "no evidence", REMEDY);
        }
        return;
    };
    let at = at.then("x-evidence");
    if evidence.entries().next().is_none() {
        findings.add(&at, "evidence without a source", REMEDY);
    }
    let sources: Vec<&str> = document.root().members("x-evidence-sources").map(|(name, _)| name).collect();
    for (source, place) in evidence.entries() {
        if !sources.contains(&source) {
            let remedy = format!("use one of {}, or list it there", sources.join(", "));
            findings.add(&at, format!("`{source}` is not under /x-evidence-sources"), remedy);
        }
        if place.as_text().is_none_or(str::is_empty) {
            findings.add(&at, format!("no place in `{source}`"), "say where it was seen, as text");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::{document, findings};
    use crate::{Document, lint};

    fn only(schemas: &str) -> String {
        let found = findings(schemas);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split(" — ").next().unwrap().to_owned()
    }

    #[test]
    fn schemas_and_properties_need_evidence_and_bare_references_do_not() {
        assert_eq!(only("    Word: {type: string}"), "x.yaml: /components/schemas/Word: no evidence");
        assert_eq!(
            only("    Thing: {type: object, x-evidence: {guide: p}, properties: {a: {type: string}}}"),
            "x.yaml: /components/schemas/Thing/properties/a: no evidence"
        );
        let bare = "
    Thing:
      type: object
      x-evidence: {guide: p}
      properties: {a: {$ref: '#/components/schemas/Answer'}}";
        assert_eq!(findings(bare), [""; 0]);
    }

    #[test]
    fn a_parameter_needs_evidence_too() {
        let text = document("").to_json().replace(
            "\"operationId\": \"call\",",
            "\"operationId\": \"call\", \"parameters\": [{\"name\": \"q\", \"in\": \"query\"}],",
        );
        let said = lint(&Document::parse("x.yaml", &text).unwrap()).unwrap_err().to_string();
        assert!(said.starts_with("x.yaml: /paths/~1call/post/parameters/0: no evidence — "), "{said}");
    }

    #[test]
    fn a_source_must_be_listed_and_a_place_said() {
        let at = "x.yaml: /components/schemas/Word/x-evidence";
        let word = |evidence| format!("    Word: {{type: string, x-evidence: {evidence}}}");
        assert_eq!(only(&word("{hearsay: p}")), format!("{at}: `hearsay` is not under /x-evidence-sources"));
        assert_eq!(only(&word("{guide: ''}")), format!("{at}: no place in `guide`"));
        assert_eq!(only(&word("guide")), format!("{at}: evidence without a source"));
    }
}
