//! Matches a value in a path as it is: the generator would read it as a regular expression.

use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprCall, ExprMacro, Token, parse_quote};

use super::{Operation, Pass};

pub(super) const PASS: Pass = Pass {
    name: "literal_values",
    is_needed: |operations| operations.iter().any(Operation::has_values_in_its_path),
    apply: |file, _| apply(file),
};

fn apply(file: &mut syn::File) -> usize {
    let mut values = Values { changed: 0 };
    values.visit_file_mut(file);
    values.changed
}

struct Values {
    changed: usize,
}

impl VisitMut for Values {
    /// `regex::Regex::new(&format!("…{}…", value.to_string()))`.
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let argument = match call.args.first_mut() {
            Some(Expr::Reference(reference)) => &mut *reference.expr,
            _ => return,
        };
        let Expr::Macro(ExprMacro { mac, .. }) = argument else { return };
        if let Some(escaped) = with_escaped_values(mac).filter(|_| mac.path.is_ident("format")) {
            *mac = escaped;
            self.changed += 1;
        }
    }
}

/// The same pattern, with `regex::escape` around what is put into it.
fn with_escaped_values(format: &syn::Macro) -> Option<syn::Macro> {
    let parts = format.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok()?;
    let mut parts = parts.iter();
    let pattern = parts.next()?;
    let values = parts.map(|value| -> Expr { parse_quote!(regex::escape(&#value)) });
    Some(parse_quote!(format!(#pattern, #(#values),*)))
}
