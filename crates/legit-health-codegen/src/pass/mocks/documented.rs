//! Documents everything public in the words of the contract.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, ImplItem, ImplItemFn, Item, ItemImpl, LitInt, parse_quote};

use super::operation::{Parameter, within};
use super::{Operation, Pass, always};

pub(super) const PASS: Pass = Pass { name: "documented", is_needed: always, apply };

fn apply(file: &mut syn::File, operations: &[Operation<'_>]) -> usize {
    file.items.iter_mut().map(|item| document(item, operations)).sum()
}

fn document(item: &mut Item, operations: &[Operation<'_>]) -> usize {
    match item {
        Item::Mod(module) => {
            module.attrs = docs(&[
                "What a request to each operation has to be like, and what is answered to it.",
                "",
                "They are made by the methods of [`MockDevice`](crate::MockDevice). Each can be taken apart with",
                "`into_inner()`, to deviate from the contract on purpose.",
            ]);
            module
                .content
                .iter_mut()
                .flat_map(|(_, items)| items)
                .map(|item| document(item, operations))
                .sum()
        }
        Item::Struct(it) => {
            let name = it.ident.to_string();
            let of = |operation: &&Operation<'_>| [operation.when(), operation.then()].contains(&name);
            let Some(operation) = operations.iter().find(of) else { return 0 };
            let request = &operation.request;
            it.attrs.extend(docs(&[&if operation.when() == name {
                format!("What a request to `{request}` has to be like.")
            } else {
                format!("What is answered to `{request}`.")
            }]));
            1
        }
        Item::Impl(block) => methods(block, operations),
        _ => 0,
    }
}

fn methods(block: &mut ItemImpl, operations: &[Operation<'_>]) -> usize {
    let subject = block.self_ty.to_token_stream().to_string();
    let of = |operation: &&Operation<'_>| [operation.when(), operation.then()].contains(&subject);
    let of_subject = operations.iter().find(of);
    let mut documented = 0;
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        let name = function.sig.ident.to_string();
        let text = match of_subject {
            Some(operation) if operation.when() == subject => matcher(operation, &name, function),
            Some(operation) => answer(operation, &name, function),
            None => operations.iter().find(|operation| operation.id == name).map(mock),
        };
        if let Some(text) = text {
            function.attrs.extend(docs(&[&text]));
            documented += 1;
        }
    }
    documented
}

fn mock(operation: &Operation<'_>) -> String {
    format!("Mocks `{}`: {}.", operation.request, within(operation.summary))
}

fn matcher(operation: &Operation<'_>, name: &str, function: &ImplItemFn) -> Option<String> {
    Some(match name {
        "new" => format!("Expects `{}`, and nothing more yet.", operation.request),
        "into_inner" => "The matcher itself, for what the contract does not say.".into(),
        "body" if operation.takes_a_form() => {
            "Expects this body, as a form: the same fields, in any order.".into()
        }
        "body" => "Expects this body: the same JSON, in any order of its members.".into(),
        _ => {
            let Some(Parameter { name, place, description }) = operation.parameter(name) else {
                return Some("Expects this parameter.".into());
            };
            let what = description.map(|what| format!(": {}", within(what))).unwrap_or_default();
            let is_optional = !function.sig.generics.params.is_empty();
            let absent = if is_optional { " `None` expects that it is absent." } else { "" };
            format!("Expects the {place} `{name}`{what}.{absent}")
        }
    })
}

fn answer(operation: &Operation<'_>, name: &str, function: &ImplItemFn) -> Option<String> {
    match name {
        "new" => return Some("Answers nothing yet.".into()),
        "into_inner" => return Some("The answer itself, for what the contract does not say.".into()),
        _ => {}
    }
    let Some(status) = Statuses::of(function) else {
        return Some("Answers with this status.".into());
    };
    let what = operation.answer(&status).map(|what| format!(": {}", within(what))).unwrap_or_default();
    Some(format!("Answers {status}{what}."))
}

/// The number that the method answers with, as it stands in the generated code.
#[derive(Default)]
struct Statuses(Option<String>);

impl Statuses {
    fn of(function: &ImplItemFn) -> Option<String> {
        let mut statuses = Self::default();
        statuses.visit_impl_item_fn(function);
        statuses.0
    }
}

impl<'ast> Visit<'ast> for Statuses {
    fn visit_lit_int(&mut self, number: &'ast LitInt) {
        self.0.get_or_insert_with(|| number.base10_digits().to_owned());
    }
}

fn docs(lines: &[&str]) -> Vec<Attribute> {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    lines.map(|line| parse_quote!(#[doc = #line])).collect()
}
