//! Rules for the sections of a document and its operations.

use std::collections::BTreeSet;

use heck::ToSnakeCase;

use crate::error::Findings;
use crate::spec::{Document, Node, Pointer, target};

pub(super) fn check_head(document: &Document, findings: &mut Findings) {
    let root = document.root();
    let at = Pointer::root();
    match root.get("openapi") {
        Some(Node::Text(version)) if version.starts_with("3.0.") => {}
        Some(Node::Text(version)) => {
            let what = format!("OpenAPI {version}; progenitor reads 3.0 only");
            findings.add(at.then("openapi"), what, "rewrite the document as 3.0.3");
        }
        _ => findings.add(&at, "no OpenAPI version", "begin the document with `openapi: 3.0.3`"),
    }
    for key in ["title", "version"] {
        if root.at(&["info", key]).and_then(Node::as_text).is_none() {
            findings.add(at.then("info"), format!("no {key}"), format!("add `{key}` as text"));
        }
    }
    for path in [&["paths"][..], &["components", "schemas"], &["x-evidence-sources"]] {
        if root.at(path).is_none_or(|node| node.entries().next().is_none()) {
            let at = path.iter().fold(Pointer::root(), |at, key| at.then(key));
            findings.add(at, "missing or empty", "add the section; it is required");
        }
    }
    for (source, facts) in root.members("x-evidence-sources") {
        for key in ["title", "date", "weight"] {
            if facts.text(key).is_none() {
                let at = at.then("x-evidence-sources").then(source);
                findings.add(
                    at,
                    format!("the source has no `{key}`"),
                    format!("add `{key}` as text, in quotes"),
                );
            }
        }
    }
}

/// Whether an operation may have this name: it becomes a method.
pub(crate) fn is_method_name(name: &str) -> bool {
    name.to_snake_case() == name && syn::parse_str::<syn::Ident>(name).is_ok()
}

pub(super) fn check_operations(document: &Document, findings: &mut Findings) {
    let mut names = BTreeSet::new();
    for (_, _, at, operation) in document.operations() {
        match operation.text("operationId") {
            None => findings.add(&at, "no operationId", "add one in snake_case; it becomes the method"),
            Some(name) if !is_method_name(name) => {
                findings.add(
                    &at,
                    format!("operationId `{name}` is not a valid method name"),
                    "write it in snake_case",
                );
            }
            Some(name) if !names.insert(name) => {
                findings.add(
                    &at,
                    format!("operationId `{name}` is given twice"),
                    "name each operation differently",
                );
            }
            Some(_) => {}
        }
        if let Some(body) = operation.get("requestBody") {
            let types = ["application/json", "application/x-www-form-urlencoded"];
            one_named_body(body, &at.then("requestBody"), &types, findings);
        }
        let mut good = operation.members("responses").filter(|(status, _)| status.starts_with('2'));
        let at = at.then("responses");
        match (good.next(), good.next()) {
            (Some((status, response)), None) => {
                if response.has("content") {
                    one_named_body(response, &at.then(status), &["application/json"], findings);
                }
            }
            (None, _) => findings.add(at, "no 2xx response", "describe the successful response"),
            (Some(_), Some(_)) => {
                findings.add(at, "several 2xx responses", "keep one; a method has one result")
            }
        }
    }
}

fn one_named_body(holder: &Node, at: &Pointer, types: &[&str], findings: &mut Findings) {
    let bodies: Vec<_> = holder.members("content").collect();
    let named = match bodies[..] {
        [(media, content)] => types.contains(&media) && content.get("schema").and_then(target).is_some(),
        _ => false,
    };
    if !named {
        let remedy =
            format!("write one entry under `content`, {}, with a `$ref` to a schema", types.join(" or "));
        findings.add(at, "expected exactly one media type whose schema is a `$ref`", remedy);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, lint};

    fn refusal(text: &str) -> String {
        lint(&Document::parse("x.yaml", text).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn missing_sections_are_named() {
        let said =
            refusal("info: {title: T, version: 1.0.0}\npaths: {}\nx-evidence-sources: {guide: {title: G}}\n");
        let lines: Vec<_> = said.lines().map(|line| line.split(" — ").next().unwrap()).collect();
        assert_eq!(
            lines,
            [
                "x.yaml: /: no OpenAPI version",
                "x.yaml: /paths: missing or empty",
                "x.yaml: /components/schemas: missing or empty",
                "x.yaml: /x-evidence-sources/guide: the source has no `date`",
                "x.yaml: /x-evidence-sources/guide: the source has no `weight`",
            ]
        );
    }

    #[test]
    fn another_version_is_refused() {
        let said = refusal("openapi: 3.1.0\ninfo: {title: T, version: 1.0.0}\n");
        assert!(said.starts_with("x.yaml: /openapi: OpenAPI 3.1.0; progenitor reads 3.0 only — "), "{said}");
        assert!(refusal("openapi: 3.0\n").starts_with("x.yaml: /: no OpenAPI version"));
    }

    fn said(change: impl Fn(String) -> String) -> String {
        let text = change(crate::lint::tests::document("").to_json());
        lint(&Document::parse("x.yaml", &text).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn an_operation_needs_a_name_and_one_response() {
        let no_name = said(|text| text.replace("\"operationId\": \"call\",", ""));
        assert!(no_name.starts_with("x.yaml: /paths/~1call/post: no operationId — "), "{no_name}");
        let camel = said(|text| text.replace("\"operationId\": \"call\"", "\"operationId\": \"makeCall\""));
        assert!(
            camel
                .starts_with("x.yaml: /paths/~1call/post: operationId `makeCall` is not a valid method name"),
            "{camel}"
        );
        let none = said(|text| text.replace("\"200\"", "\"404\""));
        assert!(none.starts_with("x.yaml: /paths/~1call/post/responses: no 2xx response"), "{none}");
        let text = said(|text| text.replace("application/json", "text/html"));
        assert!(
            text.starts_with(
                "x.yaml: /paths/~1call/post/responses/200: expected exactly one media type whose schema is a `$ref`"
            ),
            "{text}"
        );
    }
}
