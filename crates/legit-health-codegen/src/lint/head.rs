//! The sections that everything else rests on.

use crate::document::{Document, Node, Pointer};
use crate::error::Findings;

pub(super) fn check(document: &Document, findings: &mut Findings) {
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
            findings.add(at, "missing or empty", "add the section; this contract does not do without it");
        }
    }
    for (source, facts) in root.members("x-evidence-sources") {
        for key in ["title", "date", "weight"] {
            if facts.text(key).is_none() {
                let at = at.then("x-evidence-sources").then(source);
                findings.add(
                    at,
                    format!("a source without {key}"),
                    format!("add `{key}` as text, in quotes"),
                );
            }
        }
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
                "x.yaml: /x-evidence-sources/guide: a source without date",
                "x.yaml: /x-evidence-sources/guide: a source without weight",
            ]
        );
    }

    #[test]
    fn another_version_is_refused() {
        let said = refusal("openapi: 3.1.0\ninfo: {title: T, version: 1.0.0}\n");
        assert!(said.starts_with("x.yaml: /openapi: OpenAPI 3.1.0; progenitor reads 3.0 only — "), "{said}");
        assert!(refusal("openapi: 3.0\n").starts_with("x.yaml: /: no OpenAPI version"));
    }
}
