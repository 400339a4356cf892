//! Only extensions that something reads: a misspelt one would be ignored in silence.

use crate::document::{Document, Node, Pointer};
use crate::error::Findings;

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

pub(super) fn check(document: &Document, findings: &mut Findings) {
    visit(document.root(), &Pointer::root(), findings);
}

fn visit(node: &Node, at: &Pointer, findings: &mut Findings) {
    for (key, value) in node.entries() {
        if key.starts_with("x-") && !KNOWN.contains(&key) {
            let remedy = format!("use one of {}", KNOWN.join(", "));
            findings.add(at, format!("unknown extension `{key}`"), remedy);
        }
        if !["example", "examples"].contains(&key) {
            visit(value, &at.then(key), findings);
        }
    }
    if let Node::List(list) = node {
        for (index, value) in list.iter().enumerate() {
            visit(value, &at.then(index), findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::findings;

    #[test]
    fn a_misspelt_extension_is_refused() {
        let found = findings("    Word: {type: string, x-scaler: minutes, x-evidence: {guide: p}}");
        assert!(
            found[0].starts_with("x.yaml: /components/schemas/Word: unknown extension `x-scaler` — "),
            "{found:?}"
        );
    }
}
