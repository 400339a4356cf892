//! Lets an optional list in an answer be null.
//!
//! An absent list and a null one mean the same to the reader, but the generated field takes null only if the schema
//! says so, and one null would fail a whole report. Requests stay as they are: they never send null by mistake.

use super::{Lowered, Rule};
use crate::error::Findings;
use crate::spec::{Document, Node, reachable, targets};

pub(super) const RULE: Rule = Rule { name: "null_tolerant_lists", apply };

fn apply(lowered: &mut Lowered, _: &mut Findings) -> usize {
    let received: Vec<String> = received(&lowered.document).into_iter().map(str::to_owned).collect();
    let mut changed = 0;
    for (name, schema) in lowered.document.named_schemas_mut() {
        if !received.iter().any(|received| received == name) {
            continue;
        }
        let required: Vec<String> = schema.texts("required").map(str::to_owned).collect();
        for (property, node) in schema.at_mut(&["properties"]).into_iter().flat_map(Node::entries_mut) {
            let optional_list = node.says("type", "array") && !required.iter().any(|name| name == property);
            if let Some(map) = node.as_map_mut().filter(|map| optional_list && !map.contains_key("nullable"))
            {
                map.insert("nullable".into(), Node::Bool(true));
                changed += 1;
            }
        }
    }
    changed
}

/// What can come back: from good responses, and from the error bodies that are decoded beside the generated client.
fn received(document: &Document) -> impl IntoIterator<Item = &str> {
    let good = document.operations().filter_map(|(_, _, _, operation)| operation.get("responses"));
    let bad = document.root().at(&["components", "responses"]);
    reachable(document, good.chain(bad).flat_map(targets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{SpecKind, tests::apply};

    fn document(list: &str) -> String {
        format!(
            "
paths:
  /a:
    post:
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Sent'}}}}}}}}
      responses: {{'200': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Report'}}}}}}}}}}
components:
  schemas:
    Sent: {{properties: {{list: {{type: array}}}}}}
    Report: {{properties: {{inner: {{allOf: [{{$ref: '#/components/schemas/Inner'}}]}}}}}}
    Inner: {{required: [must], properties: {{must: {{type: array}}, list: {list}, word: {{type: string}}}}}}"
        )
    }

    #[test]
    fn only_optional_lists_that_are_received_change() {
        let (count, lowered, _) = apply(&RULE, SpecKind::Device, &document("{type: array}"));
        assert_eq!(count, 1);
        let schemas = lowered.document.root().at(&["components", "schemas"]).unwrap();
        assert!(schemas.at(&["Inner", "properties", "list"]).unwrap().is_true("nullable"));
        for untouched in [["Inner", "must"], ["Inner", "word"], ["Sent", "list"]] {
            let property = schemas.at(&[untouched[0], "properties", untouched[1]]).unwrap();
            assert!(!property.has("nullable"), "{untouched:?}");
        }
    }

    #[test]
    fn when_every_list_says_it_already_the_rule_does_not_fire() {
        assert_eq!(apply(&RULE, SpecKind::Device, &document("{type: array, nullable: true}")).0, 0);
    }
}
