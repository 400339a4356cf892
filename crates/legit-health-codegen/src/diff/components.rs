//! Named schemas, each compared once for all that use it.

use super::change::Wire::Same;
use super::spot::{Owner, Spot, Subject, Walk};
use crate::document::{Document, Node, Pointer, target};

impl<'a> Walk<'a> {
    pub(super) fn components(&mut self) {
        for (name, is) in self.new.named_schemas() {
            let spot = self.spot_of(name);
            match self.old.named_schema(name) {
                Some(was) => {
                    self.words(was, is, &spot);
                    self.shape(was, is, &spot);
                }
                None => self.note(&spot, "schema-added", Same, "new schema"),
            }
        }
        for (name, _) in self.old.named_schemas() {
            if self.new.named_schema(name).is_none() {
                self.note(&self.spot_of(name), "api-schema-removed", Same, "the schema is gone");
            }
        }
    }

    fn spot_of(&self, name: &str) -> Spot {
        let is_body = is_body(self.old, name) || is_body(self.new, name);
        Spot {
            owner: Owner::Schema(name.to_owned(), None),
            words: format!("schema {name}"),
            at: Pointer::to_schema(name),
            subject: if is_body { Subject::Body } else { Subject::Property },
            direction: self.direction(name),
            optional: false,
            has_room: false,
        }
    }
}

/// Whether a schema is the whole of a request or an answer.
fn is_body(document: &Document, name: &str) -> bool {
    let shared = document.root().at(&["components", "responses"]).into_iter().flat_map(Node::entries);
    let own = document.operations().flat_map(|(_, _, _, operation)| {
        let responses = operation.members("responses").map(|(_, response)| response);
        responses.chain(operation.get("requestBody"))
    });
    let mut contents =
        shared.map(|(_, response)| response).chain(own).flat_map(|holder| holder.members("content"));
    contents.any(|(_, content)| content.get("schema").and_then(target) == Some(name))
}
