//! The public API of a crate as text, read from its sources on stable Rust.
//!
//! Re-exports from other crates of the workspace are described in full, and calls of `macro_rules!` macros are expanded.
//!
//! Why not a tool: `cargo-public-api` needs a nightly compiler. `cargo-semver-checks` reads rustdoc's JSON, which is not
//! stable either (it sets `RUSTC_BOOTSTRAP`, and each of its versions is for a few compilers), does not report a field, an
//! argument or a result that has another type, and does not follow a re-export into another crate. These are the changes
//! that a generated crate behind a hand-written one is most likely to make.

pub(crate) mod changes;
mod crates;
mod macros;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::{Item, Visibility};

use crate::error::Result;
use crate::outline::entry::{Entry, is_associated_item, is_hidden, is_public, joined_marks};
use crate::outline::{Import, compact, flat};
use crates::{Definition, Target, Tree, name_of, resolve};

/// Returns the public API of the crate whose root module is the file `lib`: what can be reached through public modules
/// and re-exports, sorted, with an item on a line and its members below it. Re-exports from `dependencies`, the root files
/// of other crates, are described like items of the crate itself; of all others only the names are listed.
///
/// # Errors
/// Names every module file that is missing or does not parse.
pub fn public_api(lib: &Path, dependencies: &[&Path]) -> Result<String> {
    let tree = Tree::read(lib, dependencies)?;
    let Exports { definitions, foreign, modules } = exports(&tree);
    let mut blocks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, line) in modules.into_iter().chain(foreign) {
        blocks.entry(path).or_default().push(line);
    }
    let impls: Vec<Implementation<'_>> = tree
        .impls()
        .map(|(at, block)| Implementation {
            block,
            subject: crates::subject(&tree, at, block),
            implemented: crates::implemented(&tree, at, block),
        })
        .collect();
    for (definition, paths) in &definitions {
        let Some(canonical) = canonical(paths) else {
            continue;
        };
        for path in paths.iter().filter(|path| *path != canonical) {
            blocks.entry(path.clone()).or_default().push(format!("use {canonical} as {path}"));
        }
        let (module, name) = (definition.module, definition.name.as_str());
        for item in tree.items(module, name) {
            let block = blocks.entry(canonical.clone()).or_default();
            block.extend(described(&tree, module, item, canonical, &definitions, &impls));
        }
    }
    Ok(blocks.into_values().flatten().map(|line| line + "\n").collect())
}

/// An `impl` with its type and its trait, where they belong to a crate that was read.
struct Implementation<'a> {
    block: &'a syn::ItemImpl,
    subject: Option<Definition>,
    implemented: Option<Definition>,
}

/// The path that a reader would use: the shortest.
fn canonical(paths: &BTreeSet<String>) -> Option<&String> {
    paths.iter().min_by_key(|path| (path.matches("::").count(), path.as_str()))
}

fn described(
    tree: &Tree,
    module: usize,
    item: &Item,
    path: &str,
    exported: &BTreeMap<Definition, BTreeSet<String>>,
    impls: &[Implementation<'_>],
) -> Vec<String> {
    let Some(mut entry) = Entry::of(item) else {
        return Vec::new();
    };
    let definition = Definition { module, name: entry.name.clone() };
    let mut foreign_impls = BTreeSet::new();
    if matches!(item, Item::Struct(_) | Item::Enum(_) | Item::Trait(_)) {
        for Implementation { block, subject, implemented } in impls {
            if implemented.as_ref().is_some_and(|name| tree.is_private_trait(name)) {
                continue;
            }
            if subject.as_ref() == Some(&definition) {
                entry.attach(block);
            } else if subject.as_ref().is_none_or(|subject| !exported.contains_key(subject))
                && implemented.as_ref() == Some(&definition)
                && let Some((_, implemented, _)) = &block.trait_
            {
                let implemented = compact::last_segment(implemented);
                foreign_impls
                    .insert(format!("impl {implemented} for {}", compact::rust_type(&block.self_ty)));
            }
        }
    }
    let named = replace_name(&entry.head, &entry.name, path);
    let is_item = |line: &&String| is_associated_item(line);
    let traits: Vec<&str> = entry.features.iter().filter(|line| !is_item(line)).map(String::as_str).collect();
    let mut lines = vec![format!("{named}{}", conditions(tree, module))];
    if !traits.is_empty() {
        lines.push(format!("    impl {}", traits.join(" + ")));
    }
    let own = entry.members.iter().chain(entry.features.iter().filter(is_item)).chain(&foreign_impls);
    lines.extend(own.map(|line| format!("    {line}")));
    lines
}

/// The head of an item with the path it is reached by in place of its name.
fn replace_name(head: &str, name: &str, path: &str) -> String {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let found = head.match_indices(name).find(|(at, _)| {
        !is_part(head[..*at].chars().next_back()) && !is_part(head[at + name.len()..].chars().next())
    });
    match found {
        Some((at, _)) => format!("{}{path}{}", &head[..at], &head[at + name.len()..]),
        None => format!("{head} {path}"),
    }
}

/// The conditions that the modules around an item put on it.
fn conditions(tree: &Tree, module: usize) -> String {
    tree.attributes_around(module).map(joined_marks).collect()
}

/// The items that can be reached from the root of a crate, and their public paths.
#[derive(Default)]
struct Exports {
    /// Items of the crates that were read, with all their public paths.
    definitions: BTreeMap<Definition, BTreeSet<String>>,
    /// Re-exports from crates that were not read, as path and line.
    foreign: BTreeMap<String, String>,
    /// Public modules, as path and line.
    modules: BTreeMap<String, String>,
}

fn exports(tree: &Tree) -> Exports {
    let mut walk = Walk { tree, exports: Exports::default(), seen: BTreeSet::new() };
    walk.module(0, "");
    walk.exports
}

struct Walk<'a> {
    tree: &'a Tree,
    exports: Exports,
    seen: BTreeSet<(usize, String)>,
}

impl Walk<'_> {
    /// Everything public in a module, under the public path `prefix`.
    fn module(&mut self, module: usize, prefix: &str) {
        if !self.seen.insert((module, prefix.to_owned())) {
            return;
        }
        for item in self.tree.all_items(module) {
            match item {
                Item::Mod(inner)
                    if matches!(inner.vis, Visibility::Public(_)) && !is_hidden(&inner.attrs) =>
                {
                    let name = inner.ident.to_string();
                    if let Some(child) = self.tree.child(module, &name) {
                        self.named_module(child, &join(prefix, &name), &inner.attrs);
                    }
                }
                Item::Use(item) if matches!(item.vis, Visibility::Public(_)) && !is_hidden(&item.attrs) => {
                    for import in flat(&item.tree) {
                        self.import(module, prefix, &import, &item.attrs);
                    }
                }
                Item::Macro(item)
                    if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) =>
                {
                    if let Some(name) = item.ident.as_ref().filter(|_| !is_hidden(&item.attrs)) {
                        self.definition(Definition { module, name: name.to_string() }, name.to_string());
                    }
                }
                item if is_public(item) => {
                    if let Some(name) = name_of(item) {
                        self.definition(Definition { module, name: name.clone() }, join(prefix, &name));
                    }
                }
                _ => {}
            }
        }
    }

    fn import(&mut self, module: usize, prefix: &str, import: &Import, attributes: &[syn::Attribute]) {
        let Import { path, name } = import;
        let name = name.as_deref();
        match (resolve(self.tree, module, path), name) {
            (Some(Target::Module(inner)), None) => self.module(inner, prefix),
            (Some(Target::Module(inner)), Some(name)) => {
                self.named_module(inner, &join(prefix, name), attributes)
            }
            (Some(Target::Item(item)), Some(name)) if !self.is_hidden(&item) => {
                self.definition(item, join(prefix, name))
            }
            (Some(Target::Item(_)), Some(_)) => {}
            (Some(Target::Item(item)), None) => {
                let path = join(prefix, "*");
                let line = format!("use {}::* in {path}", item.name);
                self.exports.foreign.insert(format!("{path} {}", item.name), line);
            }
            (None, name) => {
                let source = path.join("::") + if name.is_none() { "::*" } else { "" };
                let path = join(prefix, name.unwrap_or("*"));
                let marks = joined_marks(attributes);
                let line = format!("use {source} as {path}{marks}");
                self.exports.foreign.insert(format!("{path} {source}"), line);
            }
        }
    }

    fn named_module(&mut self, module: usize, path: &str, attributes: &[syn::Attribute]) {
        let marks = joined_marks(attributes);
        self.exports.modules.insert(path.to_owned(), format!("mod {path}{marks}"));
        self.module(module, path);
    }

    fn definition(&mut self, definition: Definition, path: String) {
        self.exports.definitions.entry(definition).or_default().insert(path);
    }

    fn is_hidden(&self, definition: &Definition) -> bool {
        self.tree.items(definition.module, &definition.name).any(|item| match item {
            Item::Macro(item) => is_hidden(&item.attrs),
            item => !is_public(item),
        })
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn api(files: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        public_api(&folder.path().join("lib.rs"), &[]).unwrap()
    }

    #[test]
    fn only_what_can_be_reached_is_listed() {
        let lib = "
            mod inner; pub mod open; mod never { pub struct Never; }
            #[cfg(test)] mod tests { pub struct Test; }
            pub use inner::{Thing, deep::Deep as Renamed};
            pub use serde_json::Value;
            pub use open::*;
            pub fn free(x: crate::Thing) -> inner::deep::Deep { todo!() }
            #[doc(hidden)] pub fn hidden() {}
            pub(crate) fn private() {}
            #[macro_export] macro_rules! answer { () => {} }
            macro_rules! own { () => {} }
        ";
        let inner = "
            pub mod deep { pub struct Deep { pub a: u8, b: u8 } impl super::Mark for Deep {} }
            pub(crate) trait Mark {}
            #[derive(Clone)] pub struct Thing<T>(T);
            impl<T> Thing<T> { pub fn new(inner: T) -> Self { Self(inner) } fn secret(&self) {} }
            impl<T> std::fmt::Debug for Thing<T> {}
            pub struct Unreached;
        ";
        let open = "
            pub trait Site: Sized { const CODE: &'static str; fn name(&self) -> String { String::new() } fn raw(&self); }
            impl Site for [u8; 2] {}
            #[non_exhaustive] pub enum Kind { A, Unknown(Box<str>) }
        ";
        assert_eq!(
            api(&[("lib.rs", lib), ("inner.rs", inner), ("open.rs", open)]),
            "\
enum Kind non_exhaustive
    A
    Unknown(Box<str>)
struct Renamed
    a: u8
    ..
trait Site: Sized
    const CODE: &'static str
    fn name(&self) -> String provided
    fn raw(&self)
    impl Site for [u8; 2]
struct Thing<T>(..)
    impl Clone + Debug
    fn new(inner: T) -> Self
use serde_json::Value as Value
macro answer!
fn free(x: Thing) -> inner::deep::Deep
mod open
use Kind as open::Kind
use Site as open::Site
"
        );
    }

    #[test]
    fn files_folders_conditions_and_globs_of_private_modules() {
        let lib = "mod a; pub use a::*; #[cfg(feature = \"blocking\")] pub mod blocking { pub struct Call; }";
        let a = "mod b; pub use b::B; pub use self::b::c as sub; pub use std::time::Duration;";
        let b =
            "pub struct B; impl B { pub fn of(c: super::b::c::C) -> Self { B } } pub mod c { pub struct C; }";
        assert_eq!(
            api(&[("lib.rs", lib), ("a.rs", a), ("a/b.rs", b)]),
            "\
struct B
    fn of(c: super::b::c::C) -> Self
use std::time::Duration as Duration
mod blocking cfg(feature = \"blocking\")
struct blocking::Call cfg(feature = \"blocking\")
mod sub
struct sub::C
"
        );
    }

    #[test]
    fn a_missing_module_and_broken_source_are_findings() {
        let folder = tempfile::tempdir().unwrap();
        let lib = folder.path().join("lib.rs");
        fs::write(&lib, "mod gone;\nmod bad;").unwrap();
        fs::write(folder.path().join("bad.rs"), "pub struct {").unwrap();
        let said = public_api(&lib, &[]).unwrap_err().to_string();
        assert!(said.contains("lib.rs: the module `gone` has no file"), "{said}");
        assert!(said.contains("bad.rs: not valid Rust: "), "{said}");
        assert!(public_api(&folder.path().join("nowhere.rs"), &[]).is_err());
    }
}
