//! The versions and digests of the generator: the code of this crate, and the packages that decide the output.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use quote::ToTokens;
use serde::{Deserialize, Serialize};
use syn::visit_mut::{self, VisitMut};

use crate::error::{Findings, Result};
use crate::workspace::{broken, digest};

/// The packages that read the contract, generate from it, and format the result.
const PACKAGES: [&str; 13] = [
    "heck",
    "indexmap",
    "openapiv3",
    "prettyplease",
    "proc-macro2",
    "progenitor",
    "progenitor-impl",
    "quote",
    "serde_json",
    "serde_yaml_ng",
    "syn",
    "typify",
    "typify-impl",
];

/// The entry for the code of this crate.
const OURS: &str = "legit-health-codegen";

/// The generator: each part with its version or digest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tools(BTreeMap<String, String>);

impl Tools {
    /// Returns the version of this library, for programs that do not have its checkout.
    pub fn of_library() -> Self {
        Self([(OURS.to_owned(), env!("CARGO_PKG_VERSION").to_owned())].into())
    }

    /// Returns the generator in the checkout at `root`: a digest of its code, in which comments, documentation and tests
    /// do not count, and the packages that `Cargo.lock` pins.
    ///
    /// # Errors
    /// Fails if a file cannot be read, is not valid Rust, or lacks a package.
    pub fn of_checkout(root: &Path) -> Result<Self> {
        const LOCK: &str = "Cargo.lock";
        let lock = fs::read_to_string(root.join(LOCK)).map_err(|error| broken(LOCK, "read", &error))?;
        let mut tools = BTreeMap::from([(OURS.to_owned(), digest(&code_of_checkout(root)?))]);
        for name in PACKAGES {
            let pinned: Vec<String> = pinned(&lock, name).collect();
            if pinned.is_empty() {
                let what = format!("`{name}`, which generates, is not pinned");
                let remedy = "correct the list in workspace/tools.rs of legit-health-codegen";
                return Err(Findings::of(LOCK).fatal("", what, remedy));
            }
            tools.insert(name.to_owned(), pinned.join(", "));
        }
        Ok(Self(tools))
    }

    /// The tools that differ from `last`, in words.
    pub(super) fn changed_since(&self, last: &Self) -> Vec<String> {
        let names: Vec<&String> =
            self.0.keys().chain(last.0.keys().filter(|name| !self.0.contains_key(*name))).collect();
        let different = names.into_iter().filter(|name| self.0.get(*name) != last.0.get(*name));
        different.map(|name| in_words(name, last.0.get(name), self.0.get(name))).collect()
    }
}

fn in_words(name: &str, last: Option<&String>, now: Option<&String>) -> String {
    let version = |tool: &String| tool.split(" sha256:").next().unwrap_or_default().to_owned();
    match (last, now) {
        _ if name == OURS => format!("the code of {name}"),
        (Some(last), Some(now)) if version(last) != version(now) => {
            format!("{name} from {} to {}", version(last), version(now))
        }
        _ => name.to_owned(),
    }
}

/// `2.0.119 sha256:…`, for each version of a package.
fn pinned<'a>(lock: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    lock.split("[[package]]").filter_map(move |package| {
        let fact = |key: &str| {
            let lines = package.lines();
            lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')).next()
        };
        let version = (fact("name") == Some(name)).then(|| fact("version")).flatten()?;
        Some(format!("{version} sha256:{}", fact("checksum")?))
    })
}

const BASE: &str = "crates/legit-health-codegen/src";

/// The files and folders of this crate that decide what is generated; the others check, compare or describe it.
const PARTS: [&str; 16] = [
    "emit.rs",
    "generate.rs",
    "lower",
    "lower.rs",
    "pages",
    "pages.rs",
    "pass",
    "pass.rs",
    "prepare",
    "prepare.rs",
    "render",
    "render.rs",
    "scale.rs",
    "spec",
    "spec.rs",
    "target_module.rs",
];

/// The code that generates, file by file, as tokens.
pub(super) fn code_of_checkout(root: &Path) -> Result<String> {
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
            let mut file = syn::parse_file(&text).map_err(|error| {
                Findings::of(&path).fatal("", format!("not valid Rust: {error}"), "correct it")
            })?;
            Effective.visit_file_mut(&mut file);
            files.insert(path, file.to_token_stream().to_string());
        }
    }
    Ok(files.into_iter().map(|(path, code)| format!("{path}\n{code}\n")).collect())
}

/// Removes the documentation and tests, which change nothing that is generated.
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

    fn tools(pairs: &[(&str, &str)]) -> Tools {
        Tools(pairs.iter().map(|(name, tool)| ((*name).to_owned(), (*tool).to_owned())).collect())
    }

    #[test]
    fn a_tool_that_differs_is_named_with_its_versions() {
        let last = tools(&[
            (OURS, "sha256:1"),
            ("syn", "2.0.1 sha256:1"),
            ("quote", "1.0.1 sha256:1"),
            ("heck", "0.5.0 sha256:1"),
        ]);
        let now = tools(&[
            (OURS, "sha256:2"),
            ("syn", "2.0.2 sha256:2"),
            ("quote", "1.0.1 sha256:2"),
            ("heck", "0.5.0 sha256:1"),
        ]);
        assert_eq!(
            now.changed_since(&last),
            ["the code of legit-health-codegen", "quote", "syn from 2.0.1 to 2.0.2"]
        );
        assert_eq!(last.changed_since(&last), [""; 0]);
        assert_eq!(tools(&[]).changed_since(&tools(&[("syn", "2.0.1")])), ["syn"]);
    }

    #[test]
    fn a_lock_file_pins_versions_with_their_checksums() {
        let lock = "version = 4\n\n[[package]]\nname = \"syn\"\nversion = \"2.0.1\"\nchecksum = \"aa\"\n\n\
                    [[package]]\nname = \"syn-more\"\nversion = \"1.0.0\"\nchecksum = \"bb\"\n\n\
                    [[package]]\nname = \"syn\"\nversion = \"3.0.1\"\nchecksum = \"cc\"\n";
        assert_eq!(pinned(lock, "syn").collect::<Vec<_>>(), ["2.0.1 sha256:aa", "3.0.1 sha256:cc"]);
        assert_eq!(pinned(lock, "gone").count(), 0);
    }

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
            fs::write(base.join("lower/code_lists.rs"), text).unwrap();
            code_of_checkout(folder.path()).unwrap()
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
