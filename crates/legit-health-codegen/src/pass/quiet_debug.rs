//! Replaces derived `Debug`: it prints conditions and answers, and one `dbg!(report)` is a leak.

use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Path, Token, parse_quote};

use super::Pass;

pub(super) const PASS: Pass = Pass { name: "quiet_debug", apply };

fn apply(file: &mut syn::File) -> usize {
    let types = file.items.iter_mut().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_mut(),
        _ => None,
    });
    let in_types: usize = types.map(|(_, items)| quieten(items)).sum();
    // The client holds a `reqwest::Client`, which prints its default headers, and with them perhaps a token.
    in_types + quieten(&mut file.items)
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

/// Takes `Debug` off the derives and returns the implementation that stands for it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_derived_debug_of_the_types_is_replaced() {
        let mut file = syn::parse_file(
            "pub mod types {
                #[derive(Clone, Debug, PartialEq)] pub struct Report { pub text: String }
                #[derive(::std::fmt::Debug)] pub enum Kind { A }
                #[derive(Clone)] pub struct Silent;
            }
            #[derive(Debug)] pub struct Client;",
        )
        .unwrap();
        assert_eq!(apply(&mut file), 3);
        let text = prettyplease::unparse(&file);
        assert!(text.contains("#[derive(Clone, PartialEq)]\n    pub struct Report"), "{text}");
        assert!(text.contains("impl ::std::fmt::Debug for Report"), "{text}");
        assert!(text.contains("f.write_str(\"Report { .. }\")"), "{text}");
        assert!(text.contains("f.write_str(\"Client { .. }\")"), "{text}");
        assert_eq!(text.matches("derive(Debug").count(), 0, "{text}");
    }
}
