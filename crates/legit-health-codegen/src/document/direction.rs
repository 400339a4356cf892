//! Which way a schema travels: what is sent and what is received are judged differently.

use std::fmt;

use indexmap::IndexSet;

use super::{Document, Node, reachable, target, targets};

/// Which way a schema travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In requests.
    Sent,
    /// In answers, error bodies included.
    Received,
    /// In both.
    Both,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Both => "sent and received",
        })
    }
}

/// The schemas of a document by the way they travel.
#[derive(Debug, Clone)]
pub(crate) struct Directions<'a> {
    sent: IndexSet<&'a str>,
    received: IndexSet<&'a str>,
}

impl<'a> Directions<'a> {
    pub(crate) fn of(document: &'a Document) -> Self {
        let component = |section| document.root().at(&["components", section]).into_iter();
        let items = document.root().members("paths").filter_map(|(_, item)| item.get("parameters"));
        let operations = || document.operations().map(|(_, _, _, operation)| operation);
        let sent = operations()
            .flat_map(|operation| ["parameters", "requestBody"].map(|key| operation.get(key)))
            .flatten()
            .chain(items)
            .chain(component("parameters"))
            .chain(component("requestBodies"));
        let received = operations()
            .filter_map(|operation| operation.get("responses"))
            .chain(component("responses"))
            .chain(component("headers"));
        Self { sent: reach(document, sent), received: reach(document, received) }
    }

    /// The same for one operation, with the shared responses it refers to.
    pub(crate) fn of_operation(document: &'a Document, operation: &'a Node) -> Self {
        let sent = ["parameters", "requestBody"].into_iter().filter_map(|key| operation.get(key));
        let shared = |response: &'a Node| {
            let name = response.text("$ref")?.strip_prefix("#/components/responses/")?;
            document.root().at(&["components", "responses", name])
        };
        let received =
            operation.members("responses").map(|(_, response)| shared(response).unwrap_or(response));
        Self { sent: reach(document, sent), received: reach(document, received) }
    }

    /// The way of a named schema; `None` if nothing uses it.
    pub(crate) fn of_schema(&self, name: &str) -> Option<Direction> {
        match (self.sent.contains(name), self.received.contains(name)) {
            (true, true) => Some(Direction::Both),
            (true, false) => Some(Direction::Sent),
            (false, true) => Some(Direction::Received),
            (false, false) => None,
        }
    }
}

/// What these places lead to; the type of a map's keys travels with the map.
fn reach<'a>(document: &'a Document, from: impl Iterator<Item = &'a Node>) -> IndexSet<&'a str> {
    let found = reachable(document, from.flat_map(targets));
    let key = |name: &&str| document.named_schema(name)?.get("x-key").and_then(target);
    let keys: Vec<&str> = found.iter().filter_map(key).collect();
    found.into_iter().chain(keys).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_travel_with_what_leads_to_them_and_keys_with_their_map() {
        let text = "
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Sheet'}}}}
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Scores'}}}}
        '422': {$ref: '#/components/responses/Bad'}
components:
  responses: {Bad: {content: {application/json: {schema: {$ref: '#/components/schemas/Fault'}}}}}
  schemas:
    Sheet: {properties: {grade: {$ref: '#/components/schemas/Grade'}}}
    Grade: {type: integer}
    Scores: {x-key: {$ref: '#/components/schemas/Code'}, additionalProperties: {$ref: '#/components/schemas/Grade'}}
    Code: {type: string}
    Fault: {type: object}
    Lost: {type: object}";
        let document = Document::parse("x.yaml", text).unwrap();
        let directions = Directions::of(&document);
        let of = |name| directions.of_schema(name);
        assert_eq!(of("Sheet"), Some(Direction::Sent));
        assert_eq!(of("Grade"), Some(Direction::Both));
        assert_eq!([of("Scores"), of("Code"), of("Fault")], [Some(Direction::Received); 3]);
        assert_eq!(of("Lost"), None);
    }
}
