//! Renders lists of codes: an enum of the known codes, and a variant for those that this version does not know.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use super::ident;
use crate::lower::{CodeList, Values, sentence};

/// One module with all lists, in the given order.
pub(crate) fn render<'a>(lists: impl IntoIterator<Item = &'a CodeList>) -> TokenStream {
    let lists = lists.into_iter().map(code_list);
    quote! {
        //! Lists of codes. A code that this version does not know is kept as sent.
        #(#lists)*
    }
}

fn code_list(list: &CodeList) -> TokenStream {
    let name = ident(&list.name);
    let variants: Vec<_> = list.variants().into_iter().map(ident).collect();
    let (codes, shown): (Vec<TokenStream>, Vec<String>) = match &list.values {
        Values::Texts(values) => values.iter().map(|(_, code)| (quote!(#code), code.clone())).unzip(),
        Values::Numbers(values) => {
            let number = |code: i64| Literal::i64_unsuffixed(code).into_token_stream();
            values.iter().map(|(_, code)| (number(*code), code.to_string())).unzip()
        }
    };
    let docs = shown.iter().map(|code| format!(" `{code}`"));
    let title = sentence(&list.title);
    let (doc, derives, unknown, code, accessors, other, implement) = match &list.values {
        Values::Texts(_) => (
            format!(" {title}"),
            quote!(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash),
            quote!(Box<str>),
            quote!(&str),
            quote! {
                /// The value as it is written in JSON.
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#variants => #codes,)*
                        Self::Unknown(code) => code,
                    }
                }
            },
            quote!(other.into()),
            quote!(text_enum),
        ),
        Values::Numbers(_) => (
            format!(" {title} A value this version does not know has no order."),
            quote!(Clone, Copy, Debug, PartialEq, Eq, Hash),
            quote!(i64),
            quote!(i64),
            quote! {
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
            },
            quote!(other),
            quote!(int_enum),
        ),
    };
    quote! {
        #[doc = #doc]
        #[derive(#derives)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #variants,)*
            /// A value this version does not know, kept as sent.
            Unknown(#unknown),
        }
        impl #name {
            /// Every value this version knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            #accessors
        }
        impl From<#code> for #name {
            fn from(code: #code) -> Self {
                match code {
                    #(#codes => Self::#variants,)*
                    other => Self::Unknown(#other),
                }
            }
        }
        ::legit_health_api::code_list::#implement!(#name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_enum_and_both_conversions() {
        let texts = CodeList {
            name: "Modality".into(),
            title: "Kind of image".into(),
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
            "/// Kind of image.",
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
