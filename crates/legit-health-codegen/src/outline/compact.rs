//! Types, signatures and paths on one line, in their shortest usual form.

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{ItemImpl, Path, PathSegment, Signature, Type, parse_quote};

/// A type, with the paths shortened.
pub(crate) fn rust_type(rust_type: &Type) -> String {
    let mut rust_type = rust_type.clone();
    Shorten.visit_type_mut(&mut rust_type);
    let text = printed(parse_quote!(type X = #rust_type;));
    text.trim_start_matches("type X = ").trim_end_matches(';').to_owned()
}

/// A signature without a body.
pub(crate) fn signature(signature: &Signature) -> String {
    let mut signature = signature.clone();
    Shorten.visit_signature_mut(&mut signature);
    printed(parse_quote!(#signature {})).trim_end_matches(" {}").trim_end_matches(',').to_owned()
}

/// An item without a body, such as the head of a trait.
pub(crate) fn head(item: syn::Item) -> String {
    let mut item = item;
    Shorten.visit_item_mut(&mut item);
    printed(item).trim_end_matches(" {}").trim_end_matches([';', ',']).to_owned()
}

/// A path, shortened.
pub(crate) fn path(path: &Path) -> String {
    rust_type(&Type::Path(syn::TypePath { qself: None, path: path.clone() }))
}

/// The last segment of a path with its arguments: how a trait or a macro is called where it is used.
pub(crate) fn last_segment(path: &Path) -> String {
    let last = path.segments.last().cloned().into_iter();
    self::path(&Path { leading_colon: None, segments: last.collect() })
}

/// Tokens with the usual spaces.
pub(crate) fn tokens(tokens: &proc_macro2::TokenStream) -> String {
    let text = one_line(&tokens.to_string());
    text.replace(" ,", ",").replace("[ ", "[").replace(" ]", "]")
}

/// The name of the type that an `impl` is for.
pub(crate) fn self_name(block: &ItemImpl) -> Option<String> {
    let mut subject = &*block.self_ty;
    while let Type::Reference(reference) = subject {
        subject = &reference.elem;
    }
    match subject {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// An expression on one line.
pub(crate) fn expression(expression: &syn::Expr) -> String {
    tokens(&expression.to_token_stream())
}

fn printed(item: syn::Item) -> String {
    one_line(&prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items: vec![item] }))
}

/// Joins the lines of formatted text.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ").replace("( ", "(").replace(" )", ")").replace("< ", "<").replace(" >", ">");
    text.replace(",)", ")").replace(",>", ">")
}

/// Removes well-known prefixes: `::std::option::`, the name of this crate, leading colons.
struct Shorten;

impl VisitMut for Shorten {
    /// Removes `mut`, which is not part of the signature for callers.
    fn visit_receiver_mut(&mut self, receiver: &mut syn::Receiver) {
        if receiver.reference.is_none() {
            receiver.mutability = None;
        }
        visit_mut::visit_receiver_mut(self, receiver);
    }

    fn visit_pat_ident_mut(&mut self, name: &mut syn::PatIdent) {
        name.mutability = None;
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        const EVERYDAY: [&str; 9] =
            ["borrow", "boxed", "collections", "convert", "future", "option", "result", "string", "vec"];
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let skip = match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["std" | "core" | "alloc", module, ..] if names.len() > 2 => {
                1 + usize::from(EVERYDAY.contains(&module))
            }
            ["legit_health_api" | "crate", _, ..] => 1,
            _ => 0,
        };
        if skip > 0 || path.leading_colon.is_some() {
            let segments: Vec<PathSegment> = path.segments.iter().skip(skip).cloned().collect();
            *path = Path { leading_colon: None, segments: segments.into_iter().collect() };
        }
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_signatures_are_short_and_on_one_line() {
        let short = |text: &str| rust_type(&syn::parse_str(text).unwrap());
        assert_eq!(
            short("::std::option::Option<::std::vec::Vec<crate::report::Score>>"),
            "Option<Vec<report::Score>>"
        );
        assert_eq!(short("::std::fmt::Formatter<'_>"), "fmt::Formatter<'_>");
        assert_eq!(short("dyn Fn(u8) -> u8 + Send"), "dyn Fn(u8) -> u8 + Send");
        let method: syn::ImplItemFn = syn::parse_str("fn with(mut self, mut a: u8) {}").unwrap();
        assert_eq!(signature(&method.sig), "fn with(self, a: u8)");
        let long = "::std::collections::BTreeMap<::legit_health_api::codes::ScoringSystemCode,
            ::std::option::Option<::legit_health_api::device::types::GlobalEvolution>>";
        assert_eq!(short(long), "BTreeMap<codes::ScoringSystemCode, Option<device::types::GlobalEvolution>>");
        let long = "pub(crate) async fn call_with_a_long_name<'a, T>(&'a self, the_first_argument: &'a T, second: u8)
            -> Result<(), Error> where T: Into<String>";
        assert_eq!(
            signature(&syn::parse_str::<syn::ImplItemFn>(&format!("{long} {{}}")).unwrap().sig),
            "async fn call_with_a_long_name<'a, T>(&'a self, the_first_argument: &'a T, second: u8) \
             -> Result<(), Error> where T: Into<String>"
        );
    }
}
