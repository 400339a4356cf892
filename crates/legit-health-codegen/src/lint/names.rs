//! Names of schemas become Rust types without change, and must hide none that generated code uses.

use heck::ToUpperCamelCase;

use crate::document::{Document, Pointer};
use crate::error::Findings;

/// Names in scope in every Rust module, and those a generated client brings along.
const TAKEN: [&str; 36] = [
    "AsMut",
    "AsRef",
    "Box",
    "ByteStream",
    "Client",
    "ClientHooks",
    "ClientInfo",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Error",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "OperationInfo",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "ResponseValue",
    "Result",
    "Self",
    "String",
    "ToString",
    "Vec",
];

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for (name, _) in document.named_schemas() {
        let at = Pointer::to_schema(name);
        if TAKEN.contains(&name) {
            findings.add(
                at,
                "the name hides one that Rust code relies on",
                "say what it is of, as in `BoundingBox`",
            );
        } else if name.to_upper_camel_case() != name || syn::parse_str::<syn::Ident>(name).is_err() {
            findings.add(
                at,
                "the name is no Rust type name",
                "write it in UpperCamelCase, beginning with a letter",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::findings;

    #[test]
    fn names_that_are_taken_or_no_rust_types_are_refused() {
        let named = |name| findings(&format!("    {name}: {{type: string, x-evidence: {{guide: p}}}}"));
        assert!(named("Box")[0].contains("/Box: the name hides one that Rust code relies on — "));
        for name in ["snake_case", "'7Points'", "'With space'", "''", "'Ünder/Slash'"] {
            assert!(named(name)[0].contains(": the name is no Rust type name — "), "{name}");
        }
        assert_eq!(named("Answer0To3"), [""; 0]);
    }
}
