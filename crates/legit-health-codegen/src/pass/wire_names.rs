//! Restores the names on the wire of members and parameters that have another name in Rust.

use heck::ToUpperCamelCase;
use syn::visit_mut::VisitMut;
use syn::{ExprStruct, Fields, ImplItem, Item, LitStr, parse_quote};

use super::items_of;
use crate::error::Findings;
use crate::prepare::WireNames;
use crate::spec::Pointer;

/// Restores them in a generated client. A name that is nowhere to be found is a finding: it would go out under another.
pub(super) fn restore(file: &mut syn::File, names: &WireNames, findings: &mut Findings) {
    for ((schema, field), member) in &names.members {
        let structs = items_of(file, "types").into_iter().flatten();
        let found = structs.filter_map(|item| match item {
            Item::Struct(it) if it.ident == schema => Some(&mut it.fields),
            _ => None,
        });
        for fields in found {
            let Fields::Named(fields) = fields else { continue };
            let Some(field) =
                fields.named.iter_mut().find(|one| one.ident.as_ref().is_some_and(|one| one == field))
            else {
                lost(&Pointer::to_schema(schema).then("properties").then(member), findings);
                continue;
            };
            field.attrs.push(parse_quote!(#[serde(rename = #member)]));
        }
    }
    for ((operation, argument), parameter) in &names.parameters {
        let mut text = Text { from: argument, to: parameter, changed: 0 };
        for item in &mut file.items {
            let Item::Impl(block) = item else { continue };
            let methods = block.items.iter_mut().filter_map(|item| match item {
                ImplItem::Fn(method) if method.sig.ident == operation => Some(method),
                _ => None,
            });
            methods.for_each(|method| text.visit_block_mut(&mut method.block));
        }
        if text.changed == 0 {
            lost(&Pointer::root().then("paths").then(operation).then(parameter), findings);
        }
    }
}

/// Restores them in generated mocks.
pub(super) fn restore_in_mocks(file: &mut syn::File, names: &WireNames) {
    for ((operation, argument), parameter) in &names.parameters {
        let when = format!("{}When", operation.to_upper_camel_case());
        for item in items_of(file, "operations").into_iter().flatten() {
            let Item::Impl(block) = item else { continue };
            if matches!(&*block.self_ty, syn::Type::Path(path) if path.path.is_ident(&when)) {
                Text { from: argument, to: parameter, changed: 0 }.visit_item_impl_mut(block);
            }
        }
    }
}

fn lost(at: &Pointer, findings: &mut Findings) {
    findings.add(
        at,
        "its name on the wire cannot be restored",
        "see what progenitor generates now, and correct the pass",
    );
}

/// Replaces a text wherever it is an argument.
struct Text<'a> {
    from: &'a str,
    to: &'a str,
    changed: usize,
}

impl VisitMut for Text<'_> {
    fn visit_lit_str_mut(&mut self, text: &mut LitStr) {
        if text.value() == self.from {
            *text = LitStr::new(self.to, text.span());
            self.changed += 1;
        }
    }

    /// The name of the operation, which may be the same text.
    fn visit_expr_struct_mut(&mut self, _: &mut ExprStruct) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_parameters_have_their_own_name_on_the_wire() {
        let mut file = syn::parse_file(
            "pub mod types { pub struct Label { pub foo_bar: u8, pub foo_bar_member: u8 } }
             impl Client { pub async fn call(&self, body_parameter: u8) {
                 request.query(&progenitor_client::QueryParam::new(\"body_parameter\", &body_parameter));
                 let info = OperationInfo { operation_id: \"call\" };
             } }",
        )
        .unwrap();
        let mut names = WireNames::default();
        names.members.insert(("Label".into(), "foo_bar_member".into()), "fooBar".into());
        names.parameters.insert(("call".into(), "body_parameter".into()), "body".into());
        let mut findings = Findings::of("x.yaml");
        restore(&mut file, &names, &mut findings);
        assert!(findings.is_empty());
        let text = prettyplease::unparse(&file);
        assert!(text.contains("#[serde(rename = \"fooBar\")]\n        pub foo_bar_member: u8"), "{text}");
        assert!(text.contains("new(\"body\", &body_parameter)"), "{text}");

        names.members.insert(("Label".into(), "gone".into()), "Gone".into());
        restore(&mut file, &names, &mut findings);
        let said = findings.into_result().unwrap_err().to_string();
        assert!(
            said.contains(
                "/components/schemas/Label/properties/Gone: its name on the wire cannot be restored"
            ),
            "{said}"
        );
    }
}
