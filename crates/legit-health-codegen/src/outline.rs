//! A text outline of a source file: what is public in it, without docs, bodies and repetition.
//!
//! Meant for snapshots of generated files: one more field in the contract is one more line here.

pub(crate) mod compact;
pub(crate) mod entry;
mod repetition;

use syn::{Item, UseTree, Visibility};

use crate::error::{Findings, Result};
use entry::{Entry, is_public};
use repetition::Repetition;

/// The outline of a source text; `file` is the name that a finding carries.
///
/// # Errors
/// What is no Rust.
pub fn outline(file: &str, source: &str) -> Result<String> {
    let parsed = syn::parse_file(source).map_err(|error| {
        Findings::of(file).fatal("", format!("no Rust: {error}"), "correct the source, or generate it again")
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

/// The paths of a `use`, each on its own.
fn flat(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => {
            flat(&path.tree).iter().map(|rest| format!("{}::{rest}", path.ident)).collect()
        }
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(rename) => vec![format!("{} as {}", rename.ident, rename.rename)],
        UseTree::Glob(_) => vec!["*".into()],
        UseTree::Group(group) => group.items.iter().flat_map(flat).collect(),
    }
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
    fn what_is_no_rust_is_a_finding() {
        let said = outline("x.rs", "pub struct A;\npub struct {").unwrap_err().to_string();
        assert!(said.starts_with("x.rs: no Rust: "), "{said}");
    }
}
