//! Lets every type of the contract have a JSON Schema, if the crate is built with the feature `schemars`.
//!
//! The text is the same with the feature and without: a setting of the generator could not be conditional.

use syn::{Attribute, Item, parse_quote};

use super::Pass;

pub(super) const PASS: Pass = Pass { name: "json_schema", apply };

fn apply(file: &mut syn::File) -> usize {
    let types = file.items.iter_mut().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_mut(),
        _ => None,
    });
    types.flat_map(|(_, items)| items).filter_map(attributes).map(derive).count()
}

/// Of a type: not of the error of a conversion, which stands in a module of its own.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_get_a_schema_by_a_feature() {
        let mut file = syn::parse_file(
            "pub mod types {
                /// A report.
                #[derive(Clone)] #[serde(transparent)] pub struct Report(pub String);
                pub mod error { pub struct ConversionError; }
            }
            pub struct Client;",
        )
        .unwrap();
        assert_eq!(apply(&mut file), 1);
        let text = prettyplease::unparse(&file);
        assert!(
            text.contains(
                "    #[derive(Clone)]\n    #[cfg_attr(feature = \"schemars\", derive(::schemars::JsonSchema))]\n    \
                 #[serde(transparent)]\n    pub struct Report"
            ),
            "{text}"
        );
    }
}
