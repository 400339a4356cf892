//! Names the map of members that a type does not know `unknown_fields`, which says more than the generator's `extra`.

use syn::{Fields, Item};

use super::Pass;

pub(super) const PASS: Pass = Pass { name: "unknown_fields", apply };

fn apply(file: &mut syn::File) -> usize {
    let types = file.items.iter_mut().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_mut(),
        _ => None,
    });
    types.flat_map(|(_, items)| items).map(rename).filter(|renamed| *renamed).count()
}

/// Only the flattened map has no name in JSON, so that renaming it changes nothing on the wire.
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
    fn only_the_flattened_map_is_renamed() {
        let mut file = syn::parse_file(
            "pub mod types {
                pub struct Report { #[serde(rename = \"a\")] pub extra_a: u8, #[serde(flatten)] pub extra: Map }
                pub struct Plain { pub extra: u8 }
            }",
        )
        .unwrap();
        assert_eq!(apply(&mut file), 1);
        let text = prettyplease::unparse(&file);
        assert!(text.contains("pub unknown_fields: Map") && text.contains("pub extra: u8"), "{text}");
    }
}
