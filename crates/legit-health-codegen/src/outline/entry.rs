//! The short form of one public item, as users see it.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Fields, ImplItem, Item, ItemImpl, Meta, Path, Token, TraitItem, Visibility, parse_quote,
};

use super::compact;

/// A public item in short form.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its own name.
    pub(crate) name: String,
    /// Kind, name, generics; for functions and constants the whole of it.
    pub(crate) head: String,
    /// Fields, variants or the items of a trait.
    pub(crate) members: Vec<String>,
    /// Traits it implements, macros it is given to, inherent functions and constants.
    pub(crate) features: BTreeSet<String>,
}

impl Entry {
    /// The short form of an item; `None` for what has none, such as a module or an `impl`.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        if let Item::Macro(it) = item {
            let name = it.ident.as_ref()?.to_string();
            let head = format!("macro {name}!{}", joined_marks(&it.attrs));
            return Some(Self { name, head, members: Vec::new(), features: BTreeSet::new() });
        }
        let (name, _, attributes) = item_parts(item)?;
        let (head, members) = match item {
            Item::Struct(it) => {
                let (ident, generics) = (&it.ident, &it.generics);
                let head = compact::head(parse_quote!(struct #ident #generics;));
                let (inline, members) = fields(&it.fields);
                (format!("{head}{inline}"), members)
            }
            Item::Enum(it) => {
                let (ident, generics) = (&it.ident, &it.generics);
                let members = it.variants.iter().map(variant).collect();
                (compact::head(parse_quote!(enum #ident #generics {})), members)
            }
            Item::Trait(it) => {
                let members = it.items.iter().filter_map(trait_item).collect();
                let mut bare = it.clone();
                (bare.items, bare.attrs, bare.vis) = (Vec::new(), Vec::new(), Visibility::Inherited);
                (compact::head(Item::Trait(bare)), members)
            }
            Item::Fn(it) => (compact::signature(&it.sig), Vec::new()),
            Item::Const(it) => (format!("const {name}: {}", compact::rust_type(&it.ty)), Vec::new()),
            Item::Static(it) => (format!("static {name}: {}", compact::rust_type(&it.ty)), Vec::new()),
            Item::Type(it) => {
                let (generics, ty) = (&it.generics, &it.ty);
                (compact::head(parse_quote!(type #name #generics = #ty;)), Vec::new())
            }
            _ => return None,
        };
        let head = format!("{head}{}", joined_marks(attributes));
        Some(Self {
            name: name.to_string(),
            head,
            members,
            features: derives(attributes).into_iter().collect(),
        })
    }

    /// Adds what an `impl` of this type gives it.
    pub(crate) fn attach(&mut self, block: &ItemImpl) {
        let marks = joined_marks(&block.attrs);
        if let Some((not, path, _)) = &block.trait_ {
            let not = not.map_or("", |_| "!");
            self.has(format!("{not}{}{marks}", compact::last_segment(path)));
            return;
        }
        for item in &block.items {
            let (text, attributes) = match item {
                ImplItem::Fn(it) if is_visible(&it.vis) => (compact::signature(&it.sig), &it.attrs),
                ImplItem::Const(it) if is_visible(&it.vis) => {
                    (format!("const {}: {}", it.ident, compact::rust_type(&it.ty)), &it.attrs)
                }
                _ => continue,
            };
            if !is_hidden(attributes) {
                self.has(format!("{text}{marks}"));
            }
        }
    }

    /// Adds a trait, a macro or a function.
    pub(crate) fn has(&mut self, feature: String) {
        self.features.insert(feature);
    }
}

/// Whether an item is public and documented. Macros are public by an attribute, and not among these.
pub(crate) fn is_public(item: &Item) -> bool {
    item_parts(item)
        .is_some_and(|(_, visibility, attributes)| is_visible(visibility) && !is_hidden(attributes))
}

/// The name, visibility and attributes of an item that has a name and is neither a module nor a macro.
pub(crate) fn item_parts(item: &Item) -> Option<(&syn::Ident, &Visibility, &[Attribute])> {
    Some(match item {
        Item::Struct(it) => (&it.ident, &it.vis, &it.attrs),
        Item::Enum(it) => (&it.ident, &it.vis, &it.attrs),
        Item::Trait(it) => (&it.ident, &it.vis, &it.attrs),
        Item::Fn(it) => (&it.sig.ident, &it.vis, &it.attrs),
        Item::Const(it) => (&it.ident, &it.vis, &it.attrs),
        Item::Static(it) => (&it.ident, &it.vis, &it.attrs),
        Item::Type(it) => (&it.ident, &it.vis, &it.attrs),
        _ => return None,
    })
}

fn is_visible(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether it is `#[doc(hidden)]`, and so not part of the public API.
pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    let hidden: Attribute = parse_quote!(#[doc(hidden)]);
    attributes.iter().any(|attribute| attribute.meta == hidden.meta)
}

/// Attributes that a user has to know: `#[non_exhaustive]`, `#[must_use]`, and under which condition it is there.
fn marks(attributes: &[Attribute]) -> Vec<String> {
    let mark = |attribute: &Attribute| match &attribute.meta {
        Meta::Path(path) if path.is_ident("non_exhaustive") => Some("non_exhaustive".to_owned()),
        // A feature may remove the attribute; without it, users have to expect it.
        Meta::List(list)
            if list.path.is_ident("cfg_attr")
                && compact::tokens(&list.tokens).ends_with(", non_exhaustive") =>
        {
            Some("non_exhaustive".to_owned())
        }
        Meta::List(list) if list.path.is_ident("cfg") => {
            Some(format!("cfg({})", compact::tokens(&list.tokens)))
        }
        _ => None,
    };
    attributes.iter().filter_map(mark).collect()
}

/// The same as text, each after a space.
pub(crate) fn joined_marks(attributes: &[Attribute]) -> String {
    marks(attributes).iter().map(|mark| format!(" {mark}")).collect()
}

/// Whether the description of something associated is one of a function or constant, not of a trait.
pub(crate) fn is_associated_item(feature: &str) -> bool {
    ["fn ", "const ", "async ", "unsafe "].iter().any(|word| feature.starts_with(word))
}

/// Derived traits, and those that are derived under a condition, with it.
fn derives(attributes: &[Attribute]) -> Vec<String> {
    attributes.iter().flat_map(|attribute| derived(&attribute.meta)).collect()
}

fn derived(meta: &Meta) -> Vec<String> {
    let Meta::List(list) = meta else { return Vec::new() };
    if list.path.is_ident("derive") {
        let paths = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        let name = |path: &Path| path.segments.last().map(|last| last.ident.to_string());
        return paths.into_iter().flatten().filter_map(|path| name(&path)).collect();
    }
    if !list.path.is_ident("cfg_attr") {
        return Vec::new();
    }
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let mut parts = parts.into_iter().flatten();
    let Some(condition) = parts.next() else { return Vec::new() };
    let condition = compact::tokens(&condition.to_token_stream());
    parts.flat_map(|part| derived(&part)).map(|name| format!("{name} cfg({condition})")).collect()
}

/// Fields: in line for a tuple, a line each for names. Private ones are one `..`.
fn fields(fields: &Fields) -> (String, Vec<String>) {
    let all_private = !fields.iter().any(|field| is_visible(&field.vis));
    match fields {
        Fields::Unit => (String::new(), Vec::new()),
        Fields::Unnamed(_) if all_private => ("(..)".into(), Vec::new()),
        Fields::Unnamed(fields) => {
            let shown = |field: &syn::Field| match is_visible(&field.vis) {
                true => format!("pub {}", compact::rust_type(&field.ty)),
                false => "_".into(),
            };
            (format!("({})", fields.unnamed.iter().map(shown).collect::<Vec<_>>().join(", ")), Vec::new())
        }
        Fields::Named(fields) => {
            let named =
                fields.named.iter().filter(|field| is_visible(&field.vis) && !is_hidden(&field.attrs));
            let mut lines: Vec<String> = named.map(named_field).collect();
            if lines.len() < fields.named.len() {
                lines.push("..".into());
            }
            (String::new(), lines)
        }
    }
}

fn named_field(field: &syn::Field) -> String {
    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut line = format!("{name}: {}", compact::rust_type(&field.ty));
    for note in wire_notes(&field.attrs) {
        line = format!("{line} {note}");
    }
    line + &joined_marks(&field.attrs)
}

/// How a field is written in JSON, as far as name and type do not say it.
fn wire_notes(attributes: &[Attribute]) -> Vec<String> {
    let mut notes = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let parsed = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        for meta in parsed.into_iter().flatten() {
            match meta {
                Meta::NameValue(it) if it.path.is_ident("rename") => {
                    notes.push(compact::expression(&it.value))
                }
                Meta::Path(path) => notes.push(compact::path(&path)),
                _ => {}
            }
        }
    }
    notes
}

fn variant(variant: &syn::Variant) -> String {
    let name = &variant.ident;
    let field = |field: &syn::Field| {
        let ty = compact::rust_type(&field.ty);
        field.ident.as_ref().map_or_else(|| ty.clone(), |name| format!("{name}: {ty}"))
    };
    let list = variant.fields.iter().map(field).collect::<Vec<_>>().join(", ");
    match &variant.fields {
        Fields::Unit => name.to_string(),
        Fields::Unnamed(_) => format!("{name}({list})"),
        Fields::Named(_) => format!("{name} {{ {list} }}"),
    }
}

fn trait_item(item: &TraitItem) -> Option<String> {
    let (text, attributes) = match item {
        TraitItem::Fn(it) => {
            let provided = it.default.as_ref().map_or("", |_| " provided");
            (format!("{}{provided}", compact::signature(&it.sig)), &it.attrs)
        }
        TraitItem::Const(it) => (format!("const {}: {}", it.ident, compact::rust_type(&it.ty)), &it.attrs),
        TraitItem::Type(it) => (format!("type {}", it.ident), &it.attrs),
        _ => return None,
    };
    (!is_hidden(attributes)).then_some(text)
}
