//! A text outline of a source file: its public items without docs, bodies and repetition.
//!
//! Meant for snapshots of generated files: one more field in the contract is one more line here.

pub(crate) mod compact;
pub(crate) mod entry;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use syn::{Item, UseTree, Visibility};

use crate::error::{Findings, Result};
use crate::outline::entry::{Entry, is_associated_item, is_public};

/// Returns the outline of a source text; `file` is the name that a finding carries.
///
/// # Errors
/// Fails if the text is not valid Rust.
pub fn outline(file: &str, source: &str) -> Result<String> {
    let parsed = syn::parse_file(source).map_err(|error| {
        Findings::of(file).fatal(
            "",
            format!("not valid Rust: {error}"),
            "correct the source, or generate it again",
        )
    })?;
    let modules = modules(&parsed.items);
    let repetition = Repetition::of(modules.iter().flat_map(|module| &module.entries));
    let mut lines: Vec<String> = repetition.heading().into_iter().collect();
    for module in &modules {
        if !module.name.is_empty() {
            lines.push(format!("mod {}", module.name));
        }
        lines.extend(module.uses.iter().cloned());
        for entry in &module.entries {
            lines.extend(repetition.lines(entry));
        }
        lines.extend(module.macros.iter().cloned());
    }
    Ok(lines.join("\n") + "\n")
}

/// The public items of a module.
pub(crate) struct Module {
    /// Its path; empty for the file itself.
    pub(crate) name: String,
    uses: Vec<String>,
    pub(crate) entries: Vec<Entry>,
    /// Calls of macros that are not for one of the entries.
    pub(crate) macros: Vec<String>,
}

/// The modules of a file, itself first.
pub(crate) fn modules(items: &[Item]) -> Vec<Module> {
    let mut modules = Vec::new();
    collect("", items, &mut modules);
    modules
}

fn collect(name: &str, items: &[Item], modules: &mut Vec<Module>) {
    let mut module =
        Module { name: name.to_owned(), uses: Vec::new(), entries: Vec::new(), macros: Vec::new() };
    module.entries.extend(items.iter().filter(|item| is_public(item)).filter_map(Entry::of));
    for item in items {
        match item {
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => {
                module.uses.extend(flat(&item.tree).into_iter().map(|path| format!("use {path}")));
            }
            Item::Impl(block) => {
                let subject = compact::self_name(block);
                if let Some(entry) =
                    module.entries.iter_mut().find(|entry| Some(&entry.name) == subject.as_ref())
                {
                    entry.attach(block);
                }
            }
            Item::Macro(item) if item.ident.is_none() => {
                let (name, arguments) =
                    (compact::last_segment(&item.mac.path), compact::tokens(&item.mac.tokens));
                let entry = module.entries.iter_mut().find(|entry| entry.name == arguments);
                match entry {
                    Some(entry) => entry.has(format!("{name}!")),
                    None => module.macros.push(format!("{name}!({arguments})")),
                }
            }
            _ => {}
        }
    }
    modules.push(module);
    for item in items {
        if let Item::Mod(inner) = item
            && let (Visibility::Public(_), Some((_, items))) = (&inner.vis, &inner.content)
        {
            let inner = inner.ident.to_string();
            collect(
                &if name.is_empty() { inner.clone() } else { format!("{name}::{inner}") },
                items,
                modules,
            );
        }
    }
}

/// One name that a `use` brings into a module, or a glob.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// `None` for a glob.
    pub(crate) name: Option<String>,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path.join("::"))?;
        match &self.name {
            Some(name) if self.path.last() == Some(name) => Ok(()),
            Some(name) => write!(f, " as {name}"),
            None => f.write_str(if self.path.is_empty() { "*" } else { "::*" }),
        }
    }
}

/// The names that a `use` brings, each on its own.
pub(crate) fn flat(tree: &UseTree) -> Vec<Import> {
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

/// Fewer types than this are described one by one.
const FEW: usize = 6;

/// The features that more than two thirds of the types have, so that one more type does not change the list. Empty for few types.
pub(super) struct Repetition(BTreeSet<String>);

impl Repetition {
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let types: Vec<&Entry> = entries.filter(|entry| is_type(entry)).collect();
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        for feature in types.iter().flat_map(|entry| &entry.features) {
            *counts.entry(feature).or_default() += 1;
        }
        let common =
            counts.into_iter().filter(|(_, count)| types.len() >= FEW && *count * 3 > types.len() * 2);
        Self(common.map(|(feature, _)| feature.clone()).collect())
    }

    pub(super) fn heading(&self) -> Option<String> {
        let list = self.0.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        (!list.is_empty()).then(|| format!("types, unless said otherwise: {list}"))
    }

    pub(super) fn lines(&self, entry: &Entry) -> Vec<String> {
        let is_item = |feature: &&String| is_associated_item(feature);
        let own = || entry.features.difference(&self.0);
        let sign = if self.0.is_empty() { "" } else { "+ " };
        let mut notes: Vec<String> =
            own().filter(|own| !is_item(own)).map(|own| format!("{sign}{own}")).collect();
        if is_type(entry) {
            notes.extend(self.0.difference(&entry.features).map(|missing| format!("- {missing}")));
        }
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        let mut lines = vec![format!("{}{notes}", entry.head)];
        lines.extend(entry.members.iter().chain(own().filter(is_item)).map(|member| format!("  {member}")));
        lines
    }
}

fn is_type(entry: &Entry) -> bool {
    entry.head.starts_with("struct ") || entry.head.starts_with("enum ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_outlined_without_docs_bodies_and_repetition() {
        let source = r#"
            //! Doc.
            pub use other::{A, b::C as D};
            use private::X;
            pub mod types {
                /// Doc.
                #[derive(::serde::Serialize, Clone)]
                pub struct Report {
                    #[serde(rename = "bodySite", skip_serializing_if = "::std::option::Option::is_none")]
                    pub body_site: ::std::option::Option<::legit_health_api::codes::BodySite>,
                    #[serde(flatten)]
                    pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                }
                #[derive(::serde::Serialize, Clone)]
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                pub struct Views(pub ::std::vec::Vec<::std::collections::BTreeMap<u8, f64>>);
                #[derive(Clone, Copy)]
                #[non_exhaustive]
                pub enum Kind { A, B(u8), C { x: u8 } }
                impl ::std::fmt::Debug for Kind { fn fmt(&self) {} }
                pub struct Unit;
                struct Hidden;
            }
            pub struct Client { inner: u8 }
            impl Client {
                pub async fn call<'a>(&'a self, body: &'a types::Report) -> Result<Reply<types::Views>, Error<()>> { todo!() }
                fn private(&self) {}
            }
            ::legit_health_api::code_list::text_enum!(Client);
            ::legit_health_api::scale::scale_set!(One, Set, "manual", [A, B]);
        "#;
        assert_eq!(
            outline("x.rs", source).unwrap(),
            "\
use other::A
use other::b::C as D
struct Client (text_enum!)
  ..
  async fn call<'a>(&'a self, body: &'a types::Report) -> Result<Reply<types::Views>, Error<()>>
scale_set!(One, Set, \"manual\", [A, B])
mod types
struct Report (Clone, Serialize)
  body_site: Option<codes::BodySite> \"bodySite\"
  extra: serde_json::Map<String, serde_json::Value> flatten
struct Views(pub Vec<BTreeMap<u8, f64>>) (Clone, JsonSchema cfg(feature = \"schemars\"), Serialize)
enum Kind non_exhaustive (Clone, Copy, Debug)
  A
  B(u8)
  C { x: u8 }
struct Unit
"
        );
    }

    #[test]
    fn invalid_rust_is_a_finding() {
        let said = outline("x.rs", "pub struct A;\npub struct {").unwrap_err().to_string();
        assert!(said.starts_with("x.rs: not valid Rust: "), "{said}");
    }

    #[test]
    fn features_of_most_types_are_listed_once() {
        let plain = |name: &str| format!("#[derive(Clone, PartialEq)] pub struct {name};");
        let source: String = ["A", "B", "C", "D", "E"].map(plain).concat()
            + "#[derive(Clone, Copy)] pub struct Odd; impl Odd { pub fn own(&self) {} }";
        let text = crate::outline("x.rs", &source).unwrap();
        assert_eq!(
            text,
            "types, unless said otherwise: Clone, PartialEq\nstruct A\nstruct B\nstruct C\nstruct D\nstruct E\n\
             struct Odd (+ Copy, - PartialEq)\n  fn own(&self)\n"
        );
    }
}
