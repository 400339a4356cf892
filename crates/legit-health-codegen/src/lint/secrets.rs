//! What is secret by its name is a component with `format: password`, whose Rust type prints nothing.

use heck::ToSnakeCase;

use crate::document::{Document, Role, Schema, target};
use crate::error::Findings;

/// What the names of secrets end in.
const ENDINGS: [&str; 7] =
    ["api_key", "credential", "credentials", "passphrase", "password", "secret", "token"];

pub(super) fn check(document: &Document, schemas: &[Schema<'_>], findings: &mut Findings) {
    for Schema { node, at, role, .. } in schemas {
        let at_text = at.to_string();
        let name = at_text.rsplit('/').next().unwrap_or_default();
        if *role == Role::Part || !is_secret(name) {
            continue;
        }
        let referred = target(node).or_else(|| node.list("allOf").first().and_then(target));
        let shape = referred.and_then(|name| document.named_schema(name)).unwrap_or(node);
        if shape.says("type", "string") && !shape.says("format", "password") {
            let remedy =
                "refer to a component with `format: password`, or give it a name that is no secret's";
            findings.add(at, format!("the secret `{name}` would be printed like any text"), remedy);
        }
    }
}

/// `access_token` is; `token_type` is the type of one.
fn is_secret(name: &str) -> bool {
    let name = name.to_snake_case();
    ENDINGS.iter().any(|ending| {
        name.strip_suffix(ending).is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::findings;

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
                "{at}/password: the secret `password` would be printed like any text — refer to a component \
                 with `format: password`, or give it a name that is no secret's"
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
    fn a_hidden_secret_and_what_is_none_pass() {
        assert_eq!(said("access_token: {$ref: '#/components/schemas/Hidden'}"), [""; 0]);
        let nullable = "secret: {allOf: [{$ref: '#/components/schemas/Hidden'}], nullable: true, x-evidence: {guide: p}}";
        assert_eq!(said(nullable), [""; 0]);
        assert_eq!(said("token_type: {type: string, x-evidence: {guide: p}}"), [""; 0]);
        assert!(!is_secret("secretary") && !is_secret("betoken") && is_secret("refreshToken"));
    }
}
