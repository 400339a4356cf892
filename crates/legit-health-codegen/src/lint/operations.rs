//! Operations become methods: a name, at most one body, one answer.

use std::collections::BTreeSet;

use heck::ToSnakeCase;

use crate::document::{Document, Node, Pointer, target};
use crate::error::Findings;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let mut names = BTreeSet::new();
    for (_, _, at, operation) in document.operations() {
        match operation.text("operationId") {
            None => findings.add(&at, "no operationId", "add one in snake_case; it becomes the method"),
            Some(name) if name.to_snake_case() != name || syn::parse_str::<syn::Ident>(name).is_err() => {
                findings.add(
                    &at,
                    format!("operationId `{name}` is no method name"),
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
                one_named_body(response, &at.then(status), &["application/json"], findings);
            }
            (None, _) => findings.add(at, "no 2xx response", "say what success looks like"),
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
        findings.add(at, "not exactly one body of a named schema", remedy);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, lint};

    fn said(change: impl Fn(String) -> String) -> String {
        let text = change(crate::lint::tests::document("").to_json());
        lint(&Document::parse("x.yaml", &text).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn an_operation_needs_a_name_and_one_answer() {
        let no_name = said(|text| text.replace("\"operationId\": \"call\",", ""));
        assert!(no_name.starts_with("x.yaml: /paths/~1call/post: no operationId — "), "{no_name}");
        let camel = said(|text| text.replace("\"operationId\": \"call\"", "\"operationId\": \"makeCall\""));
        assert!(
            camel.starts_with("x.yaml: /paths/~1call/post: operationId `makeCall` is no method name"),
            "{camel}"
        );
        let none = said(|text| text.replace("\"200\"", "\"404\""));
        assert!(none.starts_with("x.yaml: /paths/~1call/post/responses: no 2xx response"), "{none}");
        let text = said(|text| text.replace("application/json", "text/html"));
        assert!(
            text.starts_with(
                "x.yaml: /paths/~1call/post/responses/200: not exactly one body of a named schema"
            ),
            "{text}"
        );
    }
}
