//! Matches a form as a form: the generator would compare it as JSON, which it never is.

use syn::visit_mut::VisitMut;
use syn::{ExprMethodCall, Item, ItemImpl, parse_quote};

use super::{Operation, Pass};

pub(super) const PASS: Pass = Pass {
    name: "form_bodies",
    is_needed: |operations| operations.iter().any(Operation::takes_a_form),
    apply,
};

fn apply(file: &mut syn::File, operations: &[Operation<'_>]) -> usize {
    let forms: Vec<String> =
        operations.iter().filter(|operation| operation.takes_a_form()).map(Operation::when).collect();
    let mut bodies = Bodies { forms, changed: 0 };
    bodies.visit_file_mut(file);
    bodies.changed
}

struct Bodies {
    forms: Vec<String>,
    changed: usize,
}

impl VisitMut for Bodies {
    fn visit_item_mut(&mut self, item: &mut Item) {
        let is_of_a_form = |block: &ItemImpl| {
            matches!(&*block.self_ty, syn::Type::Path(path)
                if self.forms.iter().any(|form| path.path.is_ident(form)))
        };
        match item {
            Item::Impl(block) if !is_of_a_form(block) => {}
            _ => syn::visit_mut::visit_item_mut(self, item),
        }
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if call.method == "json_body_obj" {
            call.method = parse_quote!(form_body_obj);
            self.changed += 1;
        }
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}
