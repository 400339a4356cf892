//! What the contract says of an operation, as far as mocks need it.

use heck::ToUpperCamelCase;

use crate::document::{Document, Node};

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

    /// The generated type of its answers.
    pub(super) fn then(&self) -> String {
        format!("{}Then", self.id.to_upper_camel_case())
    }

    pub(super) fn takes_a_form(&self) -> bool {
        self.node.at(&["requestBody", "content", "application/x-www-form-urlencoded"]).is_some()
    }

    /// What a status means.
    pub(super) fn answer(&self, status: &str) -> Option<&'a str> {
        let response = self.node.at(&["responses", status])?;
        let named = |reference: &str| {
            let name = reference.rsplit('/').next()?;
            self.document.root().at(&["components", "responses", name])
        };
        response.text("$ref").map_or(Some(response), named)?.text("description")
    }

    /// What a parameter is.
    pub(super) fn parameter(&self, name: &str) -> Option<&'a str> {
        self.node
            .list("parameters")
            .iter()
            .find(|parameter| parameter.says("name", name))?
            .text("description")
    }
}

/// Words of the contract as they stand within a sentence of ours: no capital, no full stop.
pub(super) fn within(words: &str) -> String {
    let words = words.trim_end_matches('.');
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    // An abbreviation keeps its capitals.
    let is_abbreviation = letters.clone().next().is_some_and(char::is_uppercase);
    if is_abbreviation { words.to_owned() } else { first + letters.as_str() }
}
