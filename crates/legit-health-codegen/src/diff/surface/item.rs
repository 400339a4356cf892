//! One public item and what its users can name of it.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Fields, ImplItem, Item, ItemImpl, Lit, Meta, Token, Visibility};

use crate::outline::{compact, entry};

/// A struct or an enum.
#[derive(Debug, Clone, Default)]
pub(crate) struct RustItem {
    /// `#[non_exhaustive]`: it may gain members.
    pub(super) open: bool,
    /// Fields, variants, functions and constants by name.
    pub(super) members: IndexMap<String, Member>,
    /// Traits it derives or implements.
    pub(super) traits: BTreeSet<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(super) kind: MemberKind,
    /// Its type or signature; the payload of a variant.
    pub(super) text: String,
    pub(super) on_the_wire: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberKind {
    Field,
    Variant,
    /// A function or a constant.
    Associated,
}

impl RustItem {
    pub(super) fn of(item: &Item) -> Option<(String, Self)> {
        let (visibility, name, attributes) = match item {
            Item::Struct(it) => (&it.vis, &it.ident, &it.attrs),
            Item::Enum(it) => (&it.vis, &it.ident, &it.attrs),
            _ => return None,
        };
        if !is_public(visibility) {
            return None;
        }
        let mut found = Self { open: marked(attributes), traits: derives(attributes), ..Self::default() };
        match item {
            Item::Struct(it) => found.fields(&it.fields),
            Item::Enum(it) => {
                for variant in &it.variants {
                    let text = variant.fields.iter().map(|field| compact::rust_type(&field.ty));
                    let text = text.collect::<Vec<_>>().join(", ");
                    found.add(variant.ident.to_string(), MemberKind::Variant, text, None);
                }
            }
            _ => {}
        }
        Some((name.to_string(), found))
    }

    /// The two enums and sets that `scale_set!` defines.
    pub(super) fn of_scale_set(call: &syn::ItemMacro) -> Vec<(String, Self)> {
        let words = compact::tokens(&call.mac.tokens);
        let is_set = call.mac.path.segments.last().is_some_and(|last| last.ident == "scale_set");
        // The sheets are the one list in brackets, whatever else the macro is told.
        let Some((names, sheets)) = words.split_once('[').filter(|_| is_set) else { return Vec::new() };
        let [one, set, ..] = names.split(", ").collect::<Vec<_>>()[..] else { return Vec::new() };
        let mut input = Self { open: true, ..Self::default() };
        for sheet in sheets.trim_end_matches(']').split(", ") {
            input.add(sheet.to_owned(), MemberKind::Variant, sheet.to_owned(), None);
        }
        vec![(one.to_owned(), input), (set.to_owned(), Self { open: true, ..Self::default() })]
    }

    /// Adds what an `impl` of this type gives it.
    pub(super) fn attach(&mut self, block: &ItemImpl) {
        if let Some((_, path, _)) = &block.trait_ {
            self.traits.insert(compact::last_segment(path));
            return;
        }
        for item in &block.items {
            match item {
                ImplItem::Fn(it) if is_public(&it.vis) => {
                    let name = it.sig.ident.to_string();
                    self.add(name, MemberKind::Associated, compact::signature(&it.sig), None);
                }
                ImplItem::Const(it) if is_public(&it.vis) => {
                    let text = compact::rust_type(&it.ty);
                    self.add(it.ident.to_string(), MemberKind::Associated, text, None);
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, fields: &Fields) {
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            self.add(name, MemberKind::Field, compact::rust_type(&field.ty), renamed(&field.attrs));
        }
    }

    fn add(&mut self, name: String, kind: MemberKind, text: String, on_the_wire: Option<String>) {
        let on_the_wire = on_the_wire.unwrap_or_else(|| name.clone());
        self.members.insert(name, Member { kind, text, on_the_wire });
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// `#[non_exhaustive]`, also where a feature takes it away.
fn marked(attributes: &[Attribute]) -> bool {
    entry::marks(attributes).iter().any(|mark| mark == "non_exhaustive")
}

fn derives(attributes: &[Attribute]) -> BTreeSet<String> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let parsed = lists
        .filter_map(|list| list.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated).ok());
    parsed.flatten().map(|path| compact::last_segment(&path)).collect()
}

/// The name in `#[serde(rename = "…")]`.
fn renamed(attributes: &[Attribute]) -> Option<String> {
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let metas =
        serde.filter_map(|list| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok());
    metas.flatten().find_map(|meta| match meta {
        Meta::NameValue(pair) if pair.path.is_ident("rename") => match pair.value {
            Expr::Lit(literal) => match literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}
