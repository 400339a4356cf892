//! The modules of a crate, and of the crates that it re-exports from, read from their files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, ItemImpl, ItemMod, Type, parse_quote};

use super::macros::Macros;
use crate::error::{Findings, Result};
use crate::outline::entry::item_parts;
use crate::outline::{Import, flat};

/// Where something is defined: a module of the tree and a name in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Definition {
    pub(super) module: usize,
    pub(super) name: String,
}

/// All modules of a crate, whose root is module 0, and of its dependencies.
pub(super) struct Tree {
    modules: Vec<Module>,
    /// The root modules, by the name of the crate in Rust.
    roots: BTreeMap<String, usize>,
}

struct Module {
    root: usize,
    parent: usize,
    attributes: Vec<Attribute>,
    items: Vec<Item>,
    children: BTreeMap<String, usize>,
}

impl Tree {
    /// Reads the crate with the root file `lib`, and the crates whose re-exports are followed.
    pub(super) fn read(lib: &Path, dependencies: &[&Path]) -> Result<Self> {
        let mut tree = Self { modules: Vec::new(), roots: BTreeMap::new() };
        let mut findings = Findings::of(&lib.display().to_string());
        for lib in std::iter::once(&lib).chain(dependencies) {
            let root = tree.modules.len();
            tree.roots.insert(crate_name(lib), root);
            if let Some(items) = parse(lib, &mut findings) {
                let folder = lib.parent().map(Path::to_owned).unwrap_or_default();
                tree.add(None, Vec::new(), items, lib, &folder, &mut findings);
            }
        }
        findings.into_result()?;
        tree.expand_macros();
        Ok(tree)
    }

    /// Adds what calls of `macro_rules!` macros define to the modules that they are made in.
    fn expand_macros(&mut self) {
        let mut macros = Macros::default();
        for (name, root) in &self.roots {
            let modules = self.modules.iter().filter(|module| module.root == *root);
            modules.flat_map(|module| &module.items).for_each(|item| macros.define(name, item));
        }
        for module in &mut self.modules {
            let made: Vec<Item> = module.items.iter().flat_map(|item| macros.expand(item)).collect();
            module.items.extend(made);
        }
    }

    /// `file` is where the module stands, `folder` where the files of its modules are looked for.
    fn add(
        &mut self,
        parent: Option<usize>,
        attributes: Vec<Attribute>,
        items: Vec<Item>,
        file: &Path,
        folder: &Path,
        findings: &mut Findings,
    ) -> usize {
        let id = self.modules.len();
        let root = parent.map_or(id, |parent| self.modules[parent].root);
        let parent = parent.unwrap_or(id);
        let module = Module { root, parent, attributes, items: Vec::new(), children: BTreeMap::new() };
        self.modules.push(module);
        for item in &items {
            let Item::Mod(module) = item else { continue };
            let for_tests: Attribute = parse_quote!(#[cfg(test)]);
            if module.attrs.iter().any(|attribute| attribute.meta == for_tests.meta) {
                continue;
            }
            let name = module.ident.to_string();
            let folder = folder.join(&name);
            let found = match &module.content {
                Some((_, items)) => Some((file.to_owned(), items.clone())),
                None => from_file(module, file, &folder, findings),
            };
            if let Some((file, items)) = found {
                let child = self.add(Some(id), module.attrs.clone(), items, &file, &folder, findings);
                self.modules[id].children.insert(name, child);
            }
        }
        self.modules[id].items = items;
        id
    }

    /// The module of this name in a module.
    pub(super) fn child(&self, module: usize, name: &str) -> Option<usize> {
        self.modules[module].children.get(name).copied()
    }

    pub(super) fn parent(&self, module: usize) -> usize {
        self.modules[module].parent
    }

    pub(super) fn all_items(&self, module: usize) -> &[Item] {
        &self.modules[module].items
    }

    /// The items of this name in a module; types and values may share one.
    pub(super) fn items(&self, module: usize, name: &str) -> impl Iterator<Item = &Item> {
        self.modules[module].items.iter().filter(move |item| name_of(item).is_some_and(|own| own == name))
    }

    /// True of a trait that cannot be named outside the crate.
    pub(super) fn is_private_trait(&self, name: &Definition) -> bool {
        let private =
            |item: &Item| matches!(item, Item::Trait(it) if !matches!(it.vis, syn::Visibility::Public(_)));
        self.items(name.module, &name.name).any(private)
    }

    /// The macro with `#[macro_export]` of this name, if `module` is the root of a crate: that is where users find it.
    fn exported_macro(&self, module: usize, name: &str) -> Option<Definition> {
        let is_exported = |item: &Item| match item {
            Item::Macro(item) => item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")),
            _ => false,
        };
        let modules = self.modules.iter().enumerate().filter(|(_, inner)| inner.root == module);
        let mut homes = modules.filter(|(id, _)| self.items(*id, name).any(is_exported));
        homes.next().map(|(module, _)| Definition { module, name: name.to_owned() })
    }

    /// Every `impl` of the crates with the module it stands in.
    pub(super) fn impls(&self) -> impl Iterator<Item = (usize, &ItemImpl)> {
        self.modules.iter().enumerate().flat_map(|(id, module)| {
            module.items.iter().filter_map(move |item| match item {
                Item::Impl(block) => Some((id, block)),
                _ => None,
            })
        })
    }

    /// The attributes of a module and of those around it.
    pub(super) fn attributes_around(&self, module: usize) -> impl Iterator<Item = &[Attribute]> {
        let step = |module: &usize| Some(self.parent(*module)).filter(|parent| parent != module);
        std::iter::successors(Some(module), step).map(|module| self.modules[module].attributes.as_slice())
    }
}

/// The name under which an item can be named, if it has one. Modules are found by [`Tree::child`].
pub(super) fn name_of(item: &Item) -> Option<String> {
    match item {
        Item::Macro(it) => it.ident.as_ref().map(ToString::to_string),
        item => item_parts(item).map(|(name, ..)| name.to_string()),
    }
}

fn from_file(
    module: &ItemMod,
    file: &Path,
    folder: &Path,
    findings: &mut Findings,
) -> Option<(PathBuf, Vec<Item>)> {
    let candidates = [folder.with_extension("rs"), folder.join("mod.rs")];
    match candidates.into_iter().find(|path| path.is_file()) {
        Some(path) => parse(&path, findings).map(|items| (path, items)),
        None => {
            let mut missing = Findings::of(&file.display().to_string());
            let what = format!("the module `{}` has no file", module.ident);
            missing.add("", what, format!("put it at {}", folder.with_extension("rs").display()));
            findings.append(missing);
            None
        }
    }
}

fn parse(path: &Path, findings: &mut Findings) -> Option<Vec<Item>> {
    let text = fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"));
    let parsed =
        text.and_then(|text| syn::parse_file(&text).map_err(|error| format!("not valid Rust: {error}")));
    match parsed {
        Ok(file) => Some(file.items),
        Err(what) => {
            let mut broken = Findings::of(&path.display().to_string());
            broken.add("", what, "make the crate compile first");
            findings.append(broken);
            None
        }
    }
}

/// The name of a crate in Rust: that of the folder around `src`.
fn crate_name(lib: &Path) -> String {
    let folder = lib.ancestors().nth(2).and_then(Path::file_name).unwrap_or_default();
    folder.to_string_lossy().replace('-', "_")
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Module(usize),
    Item(Definition),
}

/// Imports that lead in a circle are given up here; real chains are short.
const DEPTH: usize = 16;

/// Returns what a path in a module names; `None` for something of a crate that was not read.
pub(super) fn resolve(tree: &Tree, module: usize, path: &[String]) -> Option<Target> {
    step(tree, module, path, DEPTH)
}

/// The type that an `impl` is for.
pub(super) fn subject(tree: &Tree, module: usize, block: &ItemImpl) -> Option<Definition> {
    let mut subject = &*block.self_ty;
    while let Type::Reference(reference) = subject {
        subject = &reference.elem;
    }
    let Type::Path(path) = subject else { return None };
    definition(tree, module, &path.path)
}

/// The trait that an `impl` implements.
pub(super) fn implemented(tree: &Tree, module: usize, block: &ItemImpl) -> Option<Definition> {
    definition(tree, module, &block.trait_.as_ref()?.1)
}

fn definition(tree: &Tree, module: usize, path: &syn::Path) -> Option<Definition> {
    let path: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match resolve(tree, module, &path)? {
        Target::Item(definition) => Some(definition),
        Target::Module(_) => None,
    }
}

fn step(tree: &Tree, module: usize, path: &[String], depth: usize) -> Option<Target> {
    let Some((first, rest)) = path.split_first() else {
        return Some(Target::Module(module));
    };
    let inner = match first.as_str() {
        "crate" => Target::Module(tree.modules[module].root),
        "self" => Target::Module(module),
        "super" => Target::Module(tree.parent(module)),
        name => lookup(tree, module, name, depth)?,
    };
    match inner {
        Target::Module(module) => step(tree, module, rest, depth),
        // What follows the name of an item is a variant or something associated.
        item @ Target::Item(_) => Some(item),
    }
}

fn lookup(tree: &Tree, module: usize, name: &str, depth: usize) -> Option<Target> {
    let depth = depth.checked_sub(1)?;
    if let Some(child) = tree.child(module, name) {
        return Some(Target::Module(child));
    }
    if tree.items(module, name).next().is_some() {
        return Some(Target::Item(Definition { module, name: name.to_owned() }));
    }
    if let Some(definition) = tree.exported_macro(module, name) {
        return Some(Target::Item(definition));
    }
    let imports: Vec<Import> = imports(tree.all_items(module)).collect();
    let named = imports.iter().find(|import| import.name.as_deref() == Some(name));
    if let Some(import) = named {
        // `use serde;` names the crate, not itself.
        return match import.path == [name] {
            true => tree.roots.get(name).map(|root| Target::Module(*root)),
            false => step(tree, module, &import.path, depth),
        };
    }
    let mut globs = imports.iter().filter(|import| import.name.is_none());
    let in_glob = |glob: &Import| match step(tree, module, &glob.path, depth)? {
        Target::Module(inner) if inner != module => lookup(tree, inner, name, depth),
        _ => None,
    };
    globs.find_map(in_glob).or_else(|| tree.roots.get(name).map(|root| Target::Module(*root)))
}

fn imports(items: &[Item]) -> impl Iterator<Item = Import> {
    items.iter().flat_map(|item| match item {
        Item::Use(item) => flat(&item.tree),
        _ => Vec::new(),
    })
}
