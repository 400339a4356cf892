//! Writes documentation as `/// text`, a line each, instead of `///text` and `/** … */`.

use syn::visit_mut::VisitMut;
use syn::{Attribute, parse_quote};

use super::Pass;

pub(super) const PASS: Pass = Pass { name: "line_docs", apply };

fn apply(file: &mut syn::File) -> usize {
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

/// The text of a documentation attribute.
pub(super) fn doc_text(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value else {
        return None;
    };
    meta.path.is_ident("doc").then(|| text.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_written_in_lines() {
        let mut file = syn::parse_file(
            "#[doc = \"Title.\\n\\nMore  \\n\\n\"] pub struct A {\n #[doc = \"field\"] pub a: u8,\n /// done\n pub b: u8 }",
        )
        .unwrap();
        assert_eq!(apply(&mut file), 2);
        assert_eq!(
            prettyplease::unparse(&file),
            "/// Title.\n///\n/// More\npub struct A {\n    /// field\n    pub a: u8,\n    /// done\n    pub b: u8,\n}\n"
        );
    }
}
