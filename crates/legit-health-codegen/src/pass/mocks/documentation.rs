//! Documentation of the mocks, in the words that the contract has for each operation.

use heck::{ToSnakeCase, ToUpperCamelCase};
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, ImplItem, ImplItemFn, Item, ItemImpl, LitInt, parse_quote};

use crate::spec::{Document, Node};

/// Documents everything public in the words of the contract.
pub(super) fn documented(file: &mut syn::File, operations: &[Operation<'_>]) -> usize {
    file.items.iter_mut().map(|item| document(item, operations)).sum()
}

fn document(item: &mut Item, operations: &[Operation<'_>]) -> usize {
    match item {
        Item::Mod(module) => {
            module.attrs = docs(&[
                "The matchers and responses of each operation.",
                "",
                "The methods of [`MockDevice`](crate::MockDevice) create them. `into_inner()` returns the one of httpmock,",
                "to deviate from the contract on purpose.",
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
                format!("Matches requests to `{request}`.")
            } else {
                format!("The response to `{request}`.")
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
        "into_inner" => "The matcher of httpmock, to deviate from the contract.".into(),
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
        "new" => return Some("Responds with nothing yet.".into()),
        "into_inner" => return Some("The response of httpmock, to deviate from the contract.".into()),
        _ => {}
    }
    let Some(status) = Statuses::of(function) else {
        return Some("Responds with this status.".into());
    };
    let what = operation.answer(&status).map(|what| format!(": {}", within(what))).unwrap_or_default();
    Some(format!("Responds with {status}{what}."))
}

/// The status in the generated code of the method.
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

/// The facts of the contract about an operation that mocks need.
pub(super) struct Operation<'a> {
    /// The name of its method.
    pub(super) id: &'a str,
    /// Such as `POST /login`.
    pub(super) request: String,
    pub(super) summary: &'a str,
    node: &'a Node,
    document: &'a Document,
}

impl<'a> Operation<'a> {
    pub(super) fn all(document: &'a Document) -> Vec<Self> {
        let facts = |(path, method, _, node): (&'a str, &'a str, _, &'a Node)| {
            Some(Self {
                id: node.text("operationId")?,
                request: format!("{} {path}", method.to_uppercase()),
                summary: node.text("summary").unwrap_or_default(),
                node,
                document,
            })
        };
        document.operations().filter_map(facts).collect()
    }

    /// The generated type of its matchers.
    pub(super) fn when(&self) -> String {
        format!("{}When", self.id.to_upper_camel_case())
    }

    /// The generated type of its responses.
    pub(super) fn then(&self) -> String {
        format!("{}Then", self.id.to_upper_camel_case())
    }

    pub(super) fn takes_a_form(&self) -> bool {
        self.node.at(&["requestBody", "content", "application/x-www-form-urlencoded"]).is_some()
    }

    pub(super) fn has_values_in_its_path(&self) -> bool {
        self.request.contains('{')
    }

    /// The meaning of a status.
    pub(super) fn answer(&self, status: &str) -> Option<&'a str> {
        let response = self.node.at(&["responses", status])?;
        let named = |reference: &str| {
            let name = reference.rsplit('/').next()?;
            self.document.root().at(&["components", "responses", name])
        };
        response.text("$ref").map_or(Some(response), named)?.text("description")
    }

    /// The parameter behind a generated method.
    pub(super) fn parameter(&self, method: &str) -> Option<Parameter<'a>> {
        // A keyword of Rust gets an underscore.
        let method = method.trim_end_matches('_');
        self.node.list("parameters").iter().find_map(|parameter| {
            let name = parameter.text("name").filter(|name| name.to_snake_case() == method)?;
            let place = match parameter.text("in") {
                Some("path") => "part of the path",
                Some("header") => "header",
                _ => "query parameter",
            };
            Some(Parameter { name, place, description: parameter.text("description") })
        })
    }
}

/// A parameter of an operation.
pub(super) struct Parameter<'a> {
    /// As it is on the wire.
    pub(super) name: &'a str,
    /// The part of the request, in words.
    pub(super) place: &'static str,
    pub(super) description: Option<&'a str>,
}

/// Text of the contract for the middle of a sentence: no capital, no full stop.
pub(super) fn within(words: &str) -> String {
    let words = words.trim_end_matches('.');
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    // An abbreviation keeps its capitals.
    let is_abbreviation = letters.clone().next().is_some_and(char::is_uppercase);
    if is_abbreviation { words.to_owned() } else { first + letters.as_str() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_contract_fits_into_a_sentence() {
        assert_eq!(within("Wrong credentials."), "wrong credentials");
        assert_eq!(within("ICD-11 code of a condition"), "ICD-11 code of a condition");
        assert_eq!(within(""), "");
    }

    #[test]
    fn parameters_are_found_by_the_names_of_their_methods() {
        let text = "
paths:
  /reports/{reportId}:
    get:
      operationId: report
      parameters:
        - {name: reportId, in: path, description: Which one}
        - {name: type, in: query}
        - {name: X-Trace, in: header}";
        let document = Document::parse("x.yaml", text).unwrap();
        let operation = &Operation::all(&document)[0];
        let told = |method| {
            let Parameter { name, place, description } = operation.parameter(method)?;
            Some((name, place, description))
        };
        assert_eq!(told("report_id"), Some(("reportId", "part of the path", Some("Which one"))));
        assert_eq!(told("type_"), Some(("type", "query parameter", None)));
        assert_eq!(told("x_trace"), Some(("X-Trace", "header", None)));
        assert_eq!(told("other"), None);
    }
}
