//! The modules of a crate with their items, from its files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, ItemImpl, ItemMod, parse_quote};

use crate::error::{Findings, Result};

/// Where something is defined: a module of the tree and a name in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Definition {
    pub(super) module: usize,
    pub(super) name: String,
}

/// All modules of a crate. The root is module 0.
pub(super) struct Tree {
    modules: Vec<Module>,
}

struct Module {
    parent: usize,
    attributes: Vec<Attribute>,
    items: Vec<Item>,
    children: BTreeMap<String, usize>,
}

impl Tree {
    pub(super) fn read(lib: &Path) -> Result<Self> {
        let mut tree = Self { modules: Vec::new() };
        let mut findings = Findings::of(&lib.display().to_string());
        if let Some(items) = parse(lib, &mut findings) {
            tree.add(0, Vec::new(), items, lib, &folder_of(lib), &mut findings);
        }
        findings.into_result()?;
        Ok(tree)
    }

    /// `file` is where the module stands, `folder` where the files of its modules are looked for.
    fn add(
        &mut self,
        parent: usize,
        attributes: Vec<Attribute>,
        items: Vec<Item>,
        file: &Path,
        folder: &Path,
        findings: &mut Findings,
    ) -> usize {
        let id = self.modules.len();
        self.modules.push(Module { parent, attributes, items: Vec::new(), children: BTreeMap::new() });
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
                let child = self.add(id, module.attrs.clone(), items, &file, &folder, findings);
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

    /// True of a trait that nobody outside the crate can name.
    pub(super) fn is_private_trait(&self, name: &Definition) -> bool {
        let private =
            |item: &Item| matches!(item, Item::Trait(it) if !matches!(it.vis, syn::Visibility::Public(_)));
        self.items(name.module, &name.name).any(private)
    }

    /// Every `impl` of the crate with the module it stands in.
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
        let step = |module: &usize| (*module != 0).then(|| self.parent(*module));
        std::iter::successors(Some(module), step).map(|module| self.modules[module].attributes.as_slice())
    }
}

/// The name under which an item can be named, if it has one. Modules are found by [`Tree::child`].
pub(super) fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Struct(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::Fn(it) => &it.sig.ident,
        Item::Const(it) => &it.ident,
        Item::Static(it) => &it.ident,
        Item::Type(it) => &it.ident,
        Item::Macro(it) => it.ident.as_ref()?,
        _ => return None,
    };
    Some(ident.to_string())
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
    let parsed = text.and_then(|text| syn::parse_file(&text).map_err(|error| format!("no Rust: {error}")));
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

/// Where a root module looks for the files of its modules.
fn folder_of(lib: &Path) -> PathBuf {
    lib.parent().map(Path::to_owned).unwrap_or_default()
}
