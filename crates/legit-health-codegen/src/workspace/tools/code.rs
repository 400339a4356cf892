//! The code of this crate that generates, as far as it can change what is generated.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};

use crate::error::{Findings, Result};
use crate::workspace::broken;

const BASE: &str = "crates/legit-health-codegen/src";

/// The parts of this crate that decide what is generated; the others check, compare or describe it.
const PARTS: [&str; 12] = [
    "document",
    "document.rs",
    "emit",
    "emit.rs",
    "generate.rs",
    "home.rs",
    "lower",
    "lower.rs",
    "page",
    "pass",
    "render",
    "scale.rs",
];

/// The code that generates, file by file, as tokens.
pub(super) fn of_checkout(root: &Path) -> Result<String> {
    let mut open: Vec<String> = PARTS.iter().map(|part| format!("{BASE}/{part}")).collect();
    let mut files = BTreeMap::new();
    while let Some(path) = open.pop() {
        let unreadable = |error| broken(&path, "read", &error);
        if root.join(&path).is_dir() {
            for entry in fs::read_dir(root.join(&path)).map_err(unreadable)? {
                open.push(format!("{path}/{}", entry.map_err(unreadable)?.file_name().to_string_lossy()));
            }
        } else if path.ends_with(".rs") {
            let text = fs::read_to_string(root.join(&path)).map_err(unreadable)?;
            let mut file = syn::parse_file(&text)
                .map_err(|error| Findings::of(&path).fatal("", format!("no Rust: {error}"), "correct it"))?;
            Effective.visit_file_mut(&mut file);
            files.insert(path, file.to_token_stream().to_string());
        }
    }
    Ok(files.into_iter().map(|(path, code)| format!("{path}\n{code}\n")).collect())
}

/// Takes out what changes nothing that is generated.
struct Effective;

impl VisitMut for Effective {
    fn visit_file_mut(&mut self, file: &mut syn::File) {
        let is_test = |item: &syn::Item| matches!(item, syn::Item::Mod(inner) if inner.attrs.contains(&syn::parse_quote!(#[cfg(test)])));
        file.items.retain(|item| !is_test(item));
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_documentation_and_tests_do_not_count_as_code() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join(BASE);
        let digest_of = |text: &str| {
            for part in PARTS {
                let path = base.join(part);
                if part.ends_with(".rs") {
                    fs::create_dir_all(&base).unwrap();
                    fs::write(path, "").unwrap();
                } else {
                    fs::create_dir_all(path).unwrap();
                }
            }
            fs::write(base.join("emit/spec.rs"), text).unwrap();
            of_checkout(folder.path()).unwrap()
        };
        let plain = digest_of("fn a() -> u8 { 1 }");
        assert_eq!(
            plain,
            digest_of(
                "//! What.\n\n/// One.\nfn a() -> u8 {\n    // why\n    1\n}\n#[cfg(test)]\nmod tests {}"
            )
        );
        assert_ne!(plain, digest_of("fn a() -> u8 { 2 }"));
    }
}
