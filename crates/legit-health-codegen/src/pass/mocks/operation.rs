//! What the contract says of an operation, as far as mocks need it.

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::spec::{Document, Node};

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

    pub(super) fn has_values_in_its_path(&self) -> bool {
        self.request.contains('{')
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
    /// What it is part of, in words.
    pub(super) place: &'static str,
    pub(super) description: Option<&'a str>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_contract_stand_within_a_sentence() {
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
