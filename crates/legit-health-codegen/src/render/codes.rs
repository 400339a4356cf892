//! Renders lists of codes: an enum of the known codes, and a variant for those that this version does not know.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::ident;
use crate::lower::{CodeList, Values, sentence};

/// One module with all lists, in the given order.
pub(crate) fn render<'a>(lists: impl IntoIterator<Item = &'a CodeList>) -> TokenStream {
    let lists = lists.into_iter().map(|list| match &list.values {
        Values::Texts(values) => texts(list, values),
        Values::Numbers(values) => numbers(list, values),
    });
    quote! {
        //! Lists of codes. A code that this version does not know is kept as sent.
        #(#lists)*
    }
}

fn texts(list: &CodeList, values: &[(String, String)]) -> TokenStream {
    let (name, doc) = (ident(&list.name), doc(&sentence(&list.title)));
    let variants: Vec<_> = values.iter().map(|(variant, _)| ident(variant)).collect();
    let codes: Vec<_> = values.iter().map(|(_, code)| code).collect();
    let docs = codes.iter().map(|code| format!(" `{code}`"));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #variants,)*
            /// A value this version does not know, kept as sent.
            Unknown(Box<str>),
        }
        impl #name {
            /// Every value this version knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as it is written in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #codes,)*
                    Self::Unknown(code) => code,
                }
            }
        }
        impl From<&str> for #name {
            fn from(code: &str) -> Self {
                match code {
                    #(#codes => Self::#variants,)*
                    other => Self::Unknown(other.into()),
                }
            }
        }
        ::legit_health_api::code_list::text_enum!(#name);
    }
}

fn numbers(list: &CodeList, values: &[(String, i64)]) -> TokenStream {
    let title = sentence(&list.title);
    let (name, doc) =
        (ident(&list.name), doc(&format!("{title} A value this version does not know has no order.")));
    let variants: Vec<_> = values.iter().map(|(variant, _)| ident(variant)).collect();
    let codes: Vec<_> = values.iter().map(|(_, code)| Literal::i64_unsuffixed(*code)).collect();
    let docs = values.iter().map(|(_, code)| format!(" `{code}`"));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #variants,)*
            /// A value this version does not know, kept as sent.
            Unknown(i64),
        }
        impl #name {
            /// Every value this version knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The number as it is written in JSON.
            pub const fn code(self) -> i64 {
                match self {
                    #(Self::#variants => #codes,)*
                    Self::Unknown(code) => code,
                }
            }

            /// Whether this version knows the value.
            pub const fn is_known(self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }
        impl From<i64> for #name {
            fn from(code: i64) -> Self {
                match code {
                    #(#codes => Self::#variants,)*
                    other => Self::Unknown(other),
                }
            }
        }
        ::legit_health_api::code_list::int_enum!(#name);
    }
}

fn doc(text: &str) -> TokenStream {
    let text = format!(" {text}");
    quote!(#[doc = #text])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_in_the_enum_and_in_both_directions() {
        let texts = CodeList {
            name: "Modality".into(),
            title: "Kind of picture".into(),
            values: Values::Texts(vec![
                ("None".into(), "None".into()),
                ("Clinical".into(), "clinical".into()),
            ]),
        };
        let numbers = CodeList {
            name: "Level".into(),
            title: "Rough level".into(),
            values: Values::Numbers(vec![("Low".into(), -1)]),
        };
        let text = prettyplease::unparse(&syn::parse2(render([&texts, &numbers])).unwrap());
        for line in [
            "/// Kind of picture.",
            "    /// `clinical`\n    Clinical,",
            "Self::Clinical => \"clinical\",",
            "\"clinical\" => Self::Clinical,",
            "::legit_health_api::code_list::text_enum!(Modality);",
            "Self::Low => -1,",
            "-1 => Self::Low,",
            "::legit_health_api::code_list::int_enum!(Level);",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
