//! Rules for extensions, evidence and secrets.

use heck::ToSnakeCase;

use crate::error::Findings;
use crate::spec::{Document, Node, Pointer, Role, Schema, target};

const KNOWN: [&str; 9] = [
    "x-defined-in",
    "x-enum-varnames",
    "x-evidence",
    "x-evidence-sources",
    "x-extensible-enum",
    "x-key",
    "x-mode",
    "x-scalar",
    "x-scale",
];

pub(super) fn check_extensions(document: &Document, findings: &mut Findings) {
    visit(document.root(), &Pointer::root(), findings);
}

fn visit(node: &Node, at: &Pointer, findings: &mut Findings) {
    for (key, value) in node.children() {
        if key.starts_with("x-") && !KNOWN.contains(&key.as_str()) {
            let remedy = format!("use one of {}", KNOWN.join(", "));
            findings.add(at, format!("unknown extension `{key}`"), remedy);
        }
        if !["example", "examples"].contains(&key.as_str()) {
            visit(value, &at.then(key), findings);
        }
    }
}

const REMEDY: &str = "add `x-evidence: {<source>: <place>}`; a guess is `inferred`, a gap is `unknown`";

pub(super) fn check_evidence(document: &Document, schemas: &[Schema<'_>], findings: &mut Findings) {
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
            findings.add(at, "no `x-evidence`", REMEDY);
        }
        return;
    };
    let at = at.then("x-evidence");
    if evidence.entries().next().is_none() {
        findings.add(&at, "`x-evidence` names no source", REMEDY);
    }
    let sources: Vec<&str> = document.root().members("x-evidence-sources").map(|(name, _)| name).collect();
    for (source, place) in evidence.entries() {
        if !sources.contains(&source) {
            let remedy = format!("use one of {}, or list it there", sources.join(", "));
            findings.add(&at, format!("`{source}` is not under /x-evidence-sources"), remedy);
        }
        if place.as_text().is_none_or(str::is_empty) {
            findings.add(
                &at,
                format!("`x-evidence` names no place in `{source}`"),
                "write where the fact was seen, as text",
            );
        }
    }
}

/// The endings of names of secrets.
const ENDINGS: [&str; 7] =
    ["api_key", "credential", "credentials", "passphrase", "password", "secret", "token"];

pub(super) fn check_secrets(document: &Document, schemas: &[Schema<'_>], findings: &mut Findings) {
    for Schema { node, at, role, .. } in schemas {
        let at_text = at.to_string();
        let name = at_text.rsplit('/').next().unwrap_or_default();
        if *role == Role::Part || !is_secret(name) {
            continue;
        }
        let referred = target(node).or_else(|| node.list("allOf").first().and_then(target));
        let shape = referred.and_then(|name| document.named_schema(name)).unwrap_or(node);
        if shape.says("type", "string") && !shape.says("format", "password") {
            let remedy = "refer to a component with `format: password`, or rename it if it is not a secret";
            findings.add(at, format!("the secret `{name}` would be printed like ordinary text"), remedy);
        }
    }
}

/// Whether a name is that of a secret: `access_token` is, `token_type` is not.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_snake_case();
    ENDINGS.iter().any(|ending| {
        name.strip_suffix(ending).is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::{document, findings};
    use crate::{Document, lint};

    #[test]
    fn a_misspelt_extension_is_refused() {
        let found = findings("    Word: {type: string, x-scaler: minutes, x-evidence: {guide: p}}");
        assert!(
            found[0].starts_with("x.yaml: /components/schemas/Word: unknown extension `x-scaler` — "),
            "{found:?}"
        );
    }

    fn only(schemas: &str) -> String {
        let found = findings(schemas);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split(" — ").next().unwrap().to_owned()
    }

    #[test]
    fn schemas_and_properties_need_evidence_and_bare_references_do_not() {
        assert_eq!(only("    Word: {type: string}"), "x.yaml: /components/schemas/Word: no `x-evidence`");
        assert_eq!(
            only("    Thing: {type: object, x-evidence: {guide: p}, properties: {a: {type: string}}}"),
            "x.yaml: /components/schemas/Thing/properties/a: no `x-evidence`"
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
        assert!(said.starts_with("x.yaml: /paths/~1call/post/parameters/0: no `x-evidence` — "), "{said}");
    }

    #[test]
    fn a_source_must_be_listed_and_a_place_given() {
        let at = "x.yaml: /components/schemas/Word/x-evidence";
        let word = |evidence| format!("    Word: {{type: string, x-evidence: {evidence}}}");
        assert_eq!(only(&word("{hearsay: p}")), format!("{at}: `hearsay` is not under /x-evidence-sources"));
        assert_eq!(only(&word("{guide: ''}")), format!("{at}: `x-evidence` names no place in `guide`"));
        assert_eq!(only(&word("guide")), format!("{at}: `x-evidence` names no source"));
    }

    fn said(property: &str) -> Vec<String> {
        let schemas = format!(
            "    Hidden: {{type: string, format: password, x-evidence: {{guide: p}}}}
    Thing: {{type: object, x-evidence: {{guide: p}}, properties: {{{property}}}}}"
        );
        findings(&schemas)
    }

    #[test]
    fn a_secret_that_would_be_printed_is_refused() {
        let at = "x.yaml: /components/schemas/Thing/properties";
        let found = said("password: {type: string, x-evidence: {guide: p}}");
        assert_eq!(
            found,
            [format!(
                "{at}/password: the secret `password` would be printed like ordinary text — refer to a component \
                 with `format: password`, or rename it if it is not a secret"
            )]
        );
        let found = said("accessToken: {$ref: '#/components/schemas/Answer'}");
        assert_eq!(found, [""; 0], "an object prints nothing by itself");
        let found = findings("    ApiKey: {type: string, x-evidence: {guide: p}}");
        assert!(
            found[0].starts_with("x.yaml: /components/schemas/ApiKey: the secret `ApiKey` would"),
            "{found:?}"
        );
    }

    #[test]
    fn a_hidden_secret_and_ordinary_text_pass() {
        assert_eq!(said("access_token: {$ref: '#/components/schemas/Hidden'}"), [""; 0]);
        let nullable = "secret: {allOf: [{$ref: '#/components/schemas/Hidden'}], nullable: true, x-evidence: {guide: p}}";
        assert_eq!(said(nullable), [""; 0]);
        assert_eq!(said("token_type: {type: string, x-evidence: {guide: p}}"), [""; 0]);
        assert!(!is_secret("secretary") && !is_secret("betoken") && is_secret("refreshToken"));
    }
}
