//! Turns the trait for httpmock's server into methods of the mock device: nothing to import, and it knows the names.

use syn::visit_mut::VisitMut;
use syn::{Expr, ExprMethodCall, ImplItem, Item, parse_quote};

use super::{Pass, always};

pub(super) const PASS: Pass =
    Pass { name: "methods_of_the_device", is_needed: always, apply: |file, _| apply(file) };

fn apply(file: &mut syn::File) -> usize {
    file.items.retain(|item| !matches!(item, Item::Trait(it) if it.ident == "MockServerExt"));
    let mut changed = 0;
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        let Some((_, path, _)) = &block.trait_ else { continue };
        if !path.is_ident("MockServerExt") {
            continue;
        }
        block.trait_ = None;
        *block.self_ty = parse_quote!(crate::MockDevice);
        for item in &mut block.items {
            let ImplItem::Fn(function) = item else { continue };
            function.vis = parse_quote!(pub);
            Named { operation: function.sig.ident.to_string() }.visit_block_mut(&mut function.block);
            changed += 1;
        }
    }
    changed
}

/// Tells the device which operation is mocked.
struct Named {
    operation: String,
}

impl VisitMut for Named {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        let is_self = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self"));
        if is_self && call.method == "mock" {
            let operation = &self.operation;
            call.method = parse_quote!(mock_operation);
            call.args.insert(0, parse_quote!(#operation));
        }
    }
}
