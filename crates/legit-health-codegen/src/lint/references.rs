//! References lead somewhere in this document, stand alone, and never lead back.

use crate::document::{Document, Node, Pointer, Schema, cycle};
use crate::error::Findings;

pub(super) fn check(document: &Document, schemas: &[Schema<'_>], findings: &mut Findings) {
    for schema in schemas {
        reference(schema.node, &schema.at, document, findings);
        if let Some(key) = schema.node.get("x-key") {
            reference(key, &schema.at.then("x-key"), document, findings);
            if !key.has("$ref") {
                findings.add(schema.at.then("x-key"), "no reference to a schema", "write `{$ref: …}`");
            }
        }
    }
    for (_, _, at, operation) in document.operations() {
        for (status, response) in operation.members("responses") {
            reference(response, &at.then("responses").then(status), document, findings);
        }
    }
    if let Some(way) = cycle(document) {
        let what = format!("the schema contains itself: {}", way.join(" → "));
        findings.add(Pointer::to_schema(way[0]), what, "take one of these references out");
    }
}

fn reference(node: &Node, at: &Pointer, document: &Document, findings: &mut Findings) {
    let Some(reference) = node.get("$ref") else { return };
    let leads_somewhere = reference.as_text().and_then(|text| text.strip_prefix("#/")).is_some_and(|path| {
        let keys: Vec<String> =
            path.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        document.root().at(&keys).is_some()
    });
    if !leads_somewhere {
        let what = format!("`{}` leads nowhere", reference.as_text().unwrap_or("$ref"));
        findings.add(at, what, "refer to a component of this document, as in `#/components/schemas/Name`");
    }
    if node.entries().count() > 1 {
        findings.add(
            at,
            "members beside `$ref`, which 3.0 ignores",
            "write `allOf: [{$ref: …}]` and keep them",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::findings;

    fn only(schemas: &str) -> String {
        let found = findings(schemas);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split(" — ").next().unwrap().to_owned()
    }

    fn thing(property: &str) -> String {
        format!("    Thing: {{type: object, x-evidence: {{guide: p}}, properties: {{a: {property}}}}}")
    }

    #[test]
    fn a_reference_must_lead_to_something_here() {
        let at = "x.yaml: /components/schemas/Thing/properties/a";
        assert_eq!(
            only(&thing("{$ref: '#/components/schemas/Nothing'}")),
            format!("{at}: `#/components/schemas/Nothing` leads nowhere")
        );
        assert_eq!(only(&thing("{$ref: other.yaml}")), format!("{at}: `other.yaml` leads nowhere"));
        assert_eq!(
            only(&thing("{$ref: '#/components/schemas/Answer', description: Lost}")),
            format!("{at}: members beside `$ref`, which 3.0 ignores")
        );
    }

    #[test]
    fn a_schema_that_contains_itself_is_refused() {
        assert_eq!(
            only(&thing("{$ref: '#/components/schemas/Thing'}")),
            "x.yaml: /components/schemas/Thing: the schema contains itself: Thing → Thing"
        );
    }
}
