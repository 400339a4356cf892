//! Passes over the whole generated module: the constructor of the client, and the form of the documentation.

use syn::visit_mut::VisitMut;
use syn::{Attribute, ImplItem, Item, parse_quote};

use super::doc_text;

/// Removes the constructor that makes an HTTP client of its own.
///
/// That client ends every call after 15 s, follows redirects, and panics if it cannot be built. A call may be billed and
/// takes longer than that, so the HTTP client is always given.
pub(super) fn given_client(file: &mut syn::File) -> usize {
    let mut removed = 0;
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_none()
            && matches!(&*block.self_ty, syn::Type::Path(path) if path.path.is_ident("Client"))
        {
            let before = block.items.len();
            block.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
            removed += before - block.items.len();
        }
    }
    removed
}

/// Writes documentation as `/// text`, a line each, instead of `///text` and `/** … */`.
pub(super) fn line_docs(file: &mut syn::File) -> usize {
    let mut lines = Lines(0);
    lines.visit_file_mut(file);
    lines.0
}

struct Lines(usize);

impl VisitMut for Lines {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes =
            std::mem::take(attributes).into_iter().flat_map(|attribute| self.lines(attribute)).collect();
    }
}

impl Lines {
    fn lines(&mut self, attribute: Attribute) -> Vec<Attribute> {
        let Some(text) = doc_text(&attribute) else {
            return vec![attribute];
        };
        if text.is_empty() || (text.starts_with(' ') && !text.contains('\n')) {
            return vec![attribute];
        }
        self.0 += 1;
        let lines: Vec<String> = text
            .trim_matches('\n')
            .lines()
            .map(str::trim_end)
            .map(|line| if line.is_empty() { String::new() } else { format!(" {line}") })
            .collect();
        lines.iter().map(|line| parse_quote!(#[doc = #line])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_constructor_without_a_client_is_removed() {
        let mut file = syn::parse_file(
            "impl Client { pub fn new() -> Self { panic!() } pub fn new_with_client(c: C) -> Self { Self(c) } }
             impl Other { pub fn new() -> Self { Self } }",
        )
        .unwrap();
        assert_eq!(given_client(&mut file), 1);
        let text = prettyplease::unparse(&file);
        assert!(
            text.contains("new_with_client") && text.contains("impl Other {\n    pub fn new()"),
            "{text}"
        );
    }

    #[test]
    fn documentation_is_written_in_lines() {
        let mut file = syn::parse_file(
            "#[doc = \"Title.\\n\\nMore  \\n\\n\"] pub struct A {\n #[doc = \"field\"] pub a: u8,\n /// done\n pub b: u8 }",
        )
        .unwrap();
        assert_eq!(line_docs(&mut file), 2);
        assert_eq!(
            prettyplease::unparse(&file),
            "/// Title.\n///\n/// More\npub struct A {\n    /// field\n    pub a: u8,\n    /// done\n    pub b: u8,\n}\n"
        );
    }
}
