//! What a path in a module names, if it is something of the same crate.

use syn::{Item, ItemImpl, Type, UseTree};

use super::tree::{Definition, Tree};

/// Something of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Module(usize),
    Item(Definition),
}

/// One name that a `use` brings into a module, or a glob.
pub(super) struct Import {
    pub(super) path: Vec<String>,
    /// `None` for a glob.
    pub(super) name: Option<String>,
}

/// Imports that lead in a circle are given up here; real chains are short.
const DEPTH: usize = 16;

/// The target of a path; `None` for another crate.
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
        "crate" => Target::Module(0),
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
    let imports: Vec<Import> = imports(tree.all_items(module)).collect();
    let named = imports.iter().find(|import| import.name.as_deref() == Some(name));
    if let Some(import) = named {
        // `use serde;` names the crate, not itself.
        return if import.path == [name] { None } else { step(tree, module, &import.path, depth) };
    }
    imports.iter().filter(|import| import.name.is_none()).find_map(|glob| {
        match step(tree, module, &glob.path, depth)? {
            Target::Module(inner) if inner != module => lookup(tree, inner, name, depth),
            _ => None,
        }
    })
}

fn imports(items: &[Item]) -> impl Iterator<Item = Import> {
    items.iter().flat_map(|item| match item {
        Item::Use(item) => flat(&item.tree),
        _ => Vec::new(),
    })
}

/// The names that a `use` brings, each on its own.
pub(super) fn flat(tree: &UseTree) -> Vec<Import> {
    match tree {
        UseTree::Path(path) => {
            let mut inner = flat(&path.tree);
            for import in &mut inner {
                import.path.insert(0, path.ident.to_string());
                // `a::{self}` is `a`.
                if import.path.last().is_some_and(|last| last == "self") {
                    import.path.pop();
                    if import.name.as_deref() == Some("self") {
                        import.name = import.path.last().cloned();
                    }
                }
            }
            inner
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            vec![Import { path: vec![name.clone()], name: Some(name) }]
        }
        UseTree::Rename(rename) => {
            vec![Import { path: vec![rename.ident.to_string()], name: Some(rename.rename.to_string()) }]
        }
        UseTree::Glob(_) => vec![Import { path: Vec::new(), name: None }],
        UseTree::Group(group) => group.items.iter().flat_map(flat).collect(),
    }
}
