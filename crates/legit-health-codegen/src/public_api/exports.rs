//! What can be reached from the root of a crate, and under which paths.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, Visibility};

use super::resolve::{Target, flat, resolve};
use super::tree::{Definition, Tree, name_of};
use crate::outline::entry::{is_hidden, is_public, marks};

/// Everything that users can name.
#[derive(Default)]
pub(super) struct Exports {
    /// Items of the crate with all their public paths.
    pub(super) definitions: BTreeMap<Definition, BTreeSet<String>>,
    /// Re-exports from other crates, as path and line.
    pub(super) foreign: BTreeMap<String, String>,
    /// Public modules, as path and line.
    pub(super) modules: BTreeMap<String, String>,
}

pub(super) fn exports(tree: &Tree) -> Exports {
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
                        self.import(module, prefix, &import.path, import.name.as_deref(), &item.attrs);
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

    fn import(
        &mut self,
        module: usize,
        prefix: &str,
        path: &[String],
        name: Option<&str>,
        attributes: &[syn::Attribute],
    ) {
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
                self.exports
                    .foreign
                    .insert(format!("{path} {}", item.name), format!("use {}::* in {path}", item.name));
            }
            (None, name) => {
                let source = path.join("::") + if name.is_none() { "::*" } else { "" };
                let path = join(prefix, name.unwrap_or("*"));
                let marks: String = marks(attributes).iter().map(|mark| format!(" {mark}")).collect();
                self.exports
                    .foreign
                    .insert(format!("{path} {source}"), format!("use {source} as {path}{marks}"));
            }
        }
    }

    fn named_module(&mut self, module: usize, path: &str, attributes: &[syn::Attribute]) {
        let marks: String = marks(attributes).iter().map(|mark| format!(" {mark}")).collect();
        self.exports.modules.insert(path.to_owned(), format!("mod {path}{marks}"));
        self.module(module, path);
    }

    fn definition(&mut self, definition: Definition, path: String) {
        self.exports.definitions.entry(definition).or_default().insert(path);
    }

    fn is_hidden(&self, definition: &Definition) -> bool {
        self.tree.items(definition.module, &definition.name).any(|item| !is_public(item))
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}
