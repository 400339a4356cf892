//! Renders the operations, and the members that the contract names in the successful response of each.
//!
//! They are read from the document before lowering, which replaces schemas by types and so hides their members.

use heck::ToShoutySnakeCase;
use indexmap::IndexSet;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;
use crate::lower::SpecKind;
use crate::spec::{Document, Node, target};

/// One module with the operations of these documents, each in a module of its own.
pub(crate) fn render(documents: &[(SpecKind, &Document)]) -> TokenStream {
    let parts = documents.iter().map(|(kind, document)| module(*kind, document));
    quote! {
        //! The operations, and the shape of the successful response of each.
        #(#parts)*
    }
}

fn module(kind: SpecKind, document: &Document) -> TokenStream {
    let mut shapes = Shapes { document, named: IndexSet::new() };
    let operations: Vec<TokenStream> = document
        .operations()
        .filter_map(|(path, method, _, operation)| {
            let id = operation.text("operationId")?;
            let response = response(operation).map_or_else(|| quote!(&Any), |schema| shapes.of(schema));
            let (name, doc) = (constant(id), format!(" `{} {path}`.", method.to_uppercase()));
            Some(quote!(#[doc = #doc] pub static #name: Operation = Operation { id: #id, response: #response };))
        })
        .collect();
    let named = shapes.into_statics();
    let (name, doc) = (ident(kind.module()), format!(" Those of [`{0}`](crate::{0}).", kind.module()));
    quote! {
        #[doc = #doc]
        pub mod #name {
            #[allow(unused_imports)]
            use ::legit_health_api::shape::{Operation, Shape::Any};
            #(#operations)*

            mod shapes {
                #[allow(unused_imports)]
                use super::shapes;
                #[allow(unused_imports)]
                use ::legit_health_api::shape::Shape::{self, Any, List, Object};
                #(#named)*
            }
        }
    }
}

/// The schema of the successful response, of which there is one.
fn response(operation: &Node) -> Option<&Node> {
    let (_, success) = operation.members("responses").find(|(status, _)| status.starts_with('2'))?;
    success.at(&["content", "application/json", "schema"])
}

struct Shapes<'a> {
    document: &'a Document,
    /// The named schemas that have been referred to.
    named: IndexSet<&'a str>,
}

impl<'a> Shapes<'a> {
    /// A reference to the shape of a schema.
    fn of(&mut self, schema: &'a Node) -> TokenStream {
        match self.resolved(schema) {
            (_, schema) if is_taken_whole(schema) => quote!(&Any),
            (Some(name), _) => {
                self.named.insert(name);
                let name = constant(name);
                quote!(&shapes::#name)
            }
            (None, schema) => {
                let shape = self.literal(schema);
                quote!(&#shape)
            }
        }
    }

    /// The schema after following references, with its name if it has one.
    fn resolved(&self, schema: &'a Node) -> (Option<&'a str>, &'a Node) {
        let mut seen = IndexSet::new();
        let (mut name, mut schema) = (None, schema);
        while let Some(next) = referred(schema)
            && let Some(found) = self.document.named_schema(next)
            && seen.insert(next)
        {
            (name, schema) = (Some(next), found);
        }
        (name, schema)
    }

    fn literal(&mut self, schema: &'a Node) -> TokenStream {
        if let Some(items) = schema.get("items") {
            let items = self.of(items);
            return quote!(List(#items));
        }
        let members = schema.members("properties").map(|(name, schema)| {
            let shape = self.of(schema);
            quote!((#name, #shape))
        });
        let members: Vec<TokenStream> = members.collect();
        let others = match typed_additional(schema) {
            Some(values) => {
                let values = self.of(values);
                quote!(Some(#values))
            }
            None => quote!(None),
        };
        quote!(Object { members: &[#(#members),*], others: #others })
    }

    /// Every named shape, and those that they refer to.
    fn into_statics(mut self) -> Vec<TokenStream> {
        let mut statics = Vec::new();
        while let Some(name) = self.named.get_index(statics.len()).copied() {
            let (_, schema) = self.resolved(self.document.named_schema(name).unwrap_or(&Node::Null));
            let (name, shape) = (constant(name), self.literal(schema));
            statics.push(quote!(pub(super) static #name: Shape = #shape;));
        }
        statics
    }
}

/// The schema that this one is another name for, `nullable` or not.
fn referred(schema: &Node) -> Option<&str> {
    target(schema).or_else(|| match schema.list("allOf") {
        [only] => target(only),
        _ => None,
    })
}

/// Whether a hand-written type or a plain value reads all of it.
fn is_taken_whole(schema: &Node) -> bool {
    let has_inside = schema.has("items") || schema.has("properties") || typed_additional(schema).is_some();
    schema.has("x-scalar") || !has_inside
}

/// The schema of members of any name; `{}` allows them without a type.
fn typed_additional(schema: &Node) -> Option<&Node> {
    schema.get("additionalProperties").filter(|values| values.entries().next().is_some())
}

fn constant(name: &str) -> Ident {
    ident(&name.to_shouty_snake_case())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(schemas: &str) -> String {
        let text = format!(
            "
paths:
  /reports:
    get:
      operationId: find_report
      responses:
        '422': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Fault'}}}}}}}}
        '200': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Report'}}}}}}}}
    delete: {{operationId: forget, responses: {{'204': {{description: d}}}}}}
components:
  schemas:
{schemas}"
        );
        let document = Document::parse("x.yaml", &text).unwrap();
        let text = prettyplease::unparse(&syn::parse2(render(&[(SpecKind::Device, &document)])).unwrap());
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("[ (", "[(")
            .replace(", ]", "]")
            .replace(", }", " }")
    }

    #[test]
    fn named_members_are_listed_and_untyped_ones_are_not() {
        let text = rendered(
            "
    Report:
      type: object
      additionalProperties: {}
      properties:
        status: {type: string}
        share: {$ref: '#/components/schemas/Percent'}
        odd: {$ref: '#/components/schemas/Odd'}
        finds: {type: array, nullable: true, items: {$ref: '#/components/schemas/Find'}}
        scores: {nullable: true, allOf: [{$ref: '#/components/schemas/Scores'}]}
        free: {type: object, additionalProperties: {}}
    Percent: {type: number, minimum: 0, maximum: 100}
    Odd: {x-scalar: odd, oneOf: [{type: object, properties: {a: {type: string}}}, {type: string}]}
    Find: {type: object, properties: {inner: {$ref: '#/components/schemas/Find'}}}
    Scores: {type: object, additionalProperties: {nullable: true, allOf: [{$ref: '#/components/schemas/Find'}]}}
    Fault: {type: object, properties: {detail: {type: string}}}",
        );
        for passage in [
            "pub mod device {",
            "/// `GET /reports`. pub static FIND_REPORT: Operation = Operation { id: \"find_report\", response: &shapes::REPORT };",
            "/// `DELETE /reports`. pub static FORGET: Operation = Operation { id: \"forget\", response: &Any };",
            "static REPORT: Shape = Object { members: &[(\"status\", &Any), (\"share\", &Any), (\"odd\", &Any), \
             (\"finds\", &List(&shapes::FIND)), (\"scores\", &shapes::SCORES), (\"free\", &Any)], others: None };",
            "static FIND: Shape = Object { members: &[(\"inner\", &shapes::FIND)], others: None };",
            "static SCORES: Shape = Object { members: &[], others: Some(&shapes::FIND) };",
        ] {
            assert!(text.contains(passage), "{passage} is missing in\n{text}");
        }
        assert!(!text.contains("FAULT"), "errors are read elsewhere\n{text}");
    }

    #[test]
    fn references_are_followed_and_circles_end() {
        let text = rendered(
            "
    Report: {$ref: '#/components/schemas/Other'}
    Other: {type: object, properties: {round: {$ref: '#/components/schemas/Round'}}}
    Round: {$ref: '#/components/schemas/Back'}
    Back: {$ref: '#/components/schemas/Round'}",
        );
        assert!(text.contains("response: &shapes::OTHER }"), "{text}");
        assert!(
            text.contains("static OTHER: Shape = Object { members: &[(\"round\", &Any)], others: None };"),
            "{text}"
        );
    }
}
