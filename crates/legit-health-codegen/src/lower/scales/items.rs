//! The answers of a scale, read off the schema of its `questionnaireResponse`.

use std::collections::BTreeSet;

use heck::ToSnakeCase;

use crate::document::{Document, Node, Pointer, target};
use crate::error::Findings;
use crate::scale::{AnswerKind, Item};

pub(super) fn read(schema: &Node, at: &Pointer, document: &Document, findings: &mut Findings) -> Vec<Item> {
    if !schema.has("properties") {
        return Vec::new();
    }
    let at = at.then("properties").then("questionnaireResponse").then("properties").then("item");
    let Some(item) = schema.at(&["properties", "questionnaireResponse", "properties", "item"]) else {
        findings.add(
            at,
            "missing",
            "answers go under questionnaireResponse.item; without answers leave properties out",
        );
        return Vec::new();
    };
    let codes: Vec<&str> = item.members("properties").map(|(code, _)| code).collect();
    if codes.is_empty() || codes != item.texts("required").collect::<Vec<_>>() {
        let remedy = "list every answer under `required`, in the same order";
        findings.add(&at, "required and properties differ", remedy);
    }
    let mut items = Vec::new();
    let mut fields = BTreeSet::new();
    for (code, property) in item.members("properties") {
        let at = at.then("properties").then(code);
        let field = code.to_snake_case();
        if syn::parse_str::<syn::Ident>(&field).is_err() || !fields.insert(field.clone()) {
            findings.add(
                &at,
                format!("`{field}` is no Rust field, or is one twice"),
                "this code needs a rule of its own",
            );
        }
        let bounds =
            property.list("allOf").first().and_then(target).and_then(|name| document.named_schema(name));
        match (property.text("title"), bounds.and_then(AnswerKind::of)) {
            (Some(label), Some(kind)) => {
                items.push(Item { code: code.to_owned(), label: label.to_owned(), kind })
            }
            (None, _) => findings.add(at, "an answer without a label", "add `title`"),
            (_, None) => {
                findings.add(at, "an answer without bounds", "add `allOf: [{$ref: …}]` to a bounded number")
            }
        }
    }
    items
}
