//! Passes over the generated types: their `Debug`, their JSON Schema, and the name of unknown fields.

use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Item, Path, Token, parse_quote};

use super::items_of;

/// Replaces every derived `Debug`, which would print conditions, answers and parameters, all of them about patients.
pub(super) fn quiet_debug(file: &mut syn::File) -> usize {
    let modules = ["types", "options"].into_iter();
    let inside: usize = modules.filter_map(|name| items_of(file, name).map(quieten)).sum();
    // The client holds a `reqwest::Client`, which prints its default headers, and with them perhaps a token.
    inside + quieten(&mut file.items)
}

fn quieten(items: &mut Vec<Item>) -> usize {
    let mut replaced = 0;
    let generated = std::mem::take(items);
    for mut item in generated {
        let quiet = match &mut item {
            Item::Struct(it) => quiet(&mut it.attrs, &it.ident, &it.generics),
            Item::Enum(it) => quiet(&mut it.attrs, &it.ident, &it.generics),
            _ => None,
        };
        items.push(item);
        replaced += usize::from(quiet.is_some());
        items.extend(quiet);
    }
    replaced
}

/// Removes `Debug` from the derives and returns the implementation that replaces it.
fn quiet(attributes: &mut [Attribute], name: &syn::Ident, generics: &syn::Generics) -> Option<Item> {
    let derives = attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive"));
    let mut derived = false;
    for attribute in derives {
        let Ok(traits) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else {
            continue;
        };
        let is_debug = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "Debug");
        let kept: Vec<&Path> = traits.iter().filter(|path| !is_debug(path)).collect();
        if kept.len() < traits.len() {
            derived = true;
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
    let (params, arguments, bounds) = generics.split_for_impl();
    let shown = format!("{name} {{ .. }}");
    derived.then(|| {
        parse_quote! {
            impl #params ::std::fmt::Debug for #name #arguments #bounds {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str(#shown)
                }
            }
        }
    })
}

/// Derives `JsonSchema` for every type, if the crate is built with the feature `schemars`.
///
/// The generated text is the same with the feature and without; a setting of the generator could not be conditional.
pub(super) fn json_schema(file: &mut syn::File) -> usize {
    items_of(file, "types").into_iter().flatten().filter_map(attributes).map(derive).count()
}

/// The attributes of a struct or enum.
fn attributes(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    match item {
        Item::Struct(it) => Some(&mut it.attrs),
        Item::Enum(it) => Some(&mut it.attrs),
        _ => None,
    }
}

/// Behind the other derives: attributes of serde have to come after the derive that reads them.
fn derive(attributes: &mut Vec<Attribute>) {
    let derives = attributes.iter().rposition(|attribute| attribute.path().is_ident("derive"));
    let schema = parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]);
    attributes.insert(derives.map_or(attributes.len(), |last| last + 1), schema);
}

/// Renames the map of unknown members from the generator's `extra` to `unknown_fields`.
pub(super) fn unknown_fields(file: &mut syn::File) -> usize {
    items_of(file, "types").into_iter().flatten().map(rename).filter(|renamed| *renamed).count()
}

/// Renames the flattened map, which has no name in JSON, so that nothing changes on the wire.
fn rename(item: &mut Item) -> bool {
    let Item::Struct(it) = item else { return false };
    let Fields::Named(fields) = &mut it.fields else { return false };
    let is_flattened = |field: &syn::Field| {
        field.attrs.iter().any(|attribute| {
            matches!(&attribute.meta, syn::Meta::List(list)
                if list.path.is_ident("serde") && list.tokens.to_string().contains("flatten"))
        })
    };
    let map = fields.named.iter_mut().find(|field| is_flattened(field));
    map.map(|field| field.ident = Some(super::ident("unknown_fields"))).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_derived_debug_is_replaced() {
        let mut file = syn::parse_file(
            "pub mod types {
                #[derive(Clone, Debug, PartialEq)] pub struct Report { pub text: String }
                #[derive(::std::fmt::Debug)] pub enum Kind { A }
                #[derive(Clone)] pub struct Silent;
            }
            pub mod options { #[derive(Clone, Debug, Default)] pub struct ListOptions { pub code: Option<String> } }
            #[derive(Debug)] pub struct Client;",
        )
        .unwrap();
        assert_eq!(quiet_debug(&mut file), 4);
        let text = prettyplease::unparse(&file);
        assert!(text.contains("#[derive(Clone, PartialEq)]\n    pub struct Report"), "{text}");
        assert!(text.contains("impl ::std::fmt::Debug for Report"), "{text}");
        assert!(text.contains("f.write_str(\"Report { .. }\")"), "{text}");
        assert!(text.contains("f.write_str(\"ListOptions { .. }\")"), "{text}");
        assert!(text.contains("f.write_str(\"Client { .. }\")"), "{text}");
        assert_eq!(text.matches("derive(Debug").count(), 0, "{text}");
    }

    #[test]
    fn types_derive_a_json_schema_under_the_feature() {
        let mut file = syn::parse_file(
            "pub mod types {
                /// A report.
                #[derive(Clone)] #[serde(transparent)] pub struct Report(pub String);
                pub mod error { pub struct ConversionError; }
            }
            pub struct Client;",
        )
        .unwrap();
        assert_eq!(json_schema(&mut file), 1);
        let text = prettyplease::unparse(&file);
        assert!(
            text.contains(
                "    #[derive(Clone)]\n    #[cfg_attr(feature = \"schemars\", derive(::schemars::JsonSchema))]\n    \
                 #[serde(transparent)]\n    pub struct Report"
            ),
            "{text}"
        );
    }

    #[test]
    fn only_the_flattened_map_is_renamed() {
        let mut file = syn::parse_file(
            "pub mod types {
                pub struct Report { #[serde(rename = \"a\")] pub extra_a: u8, #[serde(flatten)] pub extra: Map }
                pub struct Plain { pub extra: u8 }
            }",
        )
        .unwrap();
        assert_eq!(unknown_fields(&mut file), 1);
        let text = prettyplease::unparse(&file);
        assert!(text.contains("pub unknown_fields: Map") && text.contains("pub extra: u8"), "{text}");
    }
}
